"""Drift: where the account differs from what was applied, as a table, as Markdown for an issue, and as JSON."""

from collections.abc import Iterator
from dataclasses import replace

from reconciler.model.address import group_of
from reconciler.model.change import Action, Change, Origin
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.expectation import Unmet
from reconciler.model.fields import Json
from reconciler.model.findings import of_codes
from reconciler.model.late import dataclass
from reconciler.model.plan import Plan
from reconciler.model.text import neutral
from reconciler.report.diagnostics import diagnostic_lines, diagnostics_json
from reconciler.report.fields import masked_json, view_fields
from reconciler.report.ink import EMPTY, Line, Tone, columns, line
from reconciler.report.rendering import render
from reconciler.report.view import GroupView, groups_of, in_order, neutral_diagnostic, plural

FORMAT_VERSION = 1
_MAX_CELL = 60
#: Findings that say why something isn't in the table, or why it is.
_ABOUT_RULES = frozenset(
    {"attestation-old", "expectation-unknown", "ignored", "ignore-near", "ignore-passed", "never-attested"}
)


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One field of one resource: what git says it should be, what it is, and whether git changed too.

    ``applied`` is what was applied last, where that isn't what git says now.
    """

    address: str
    field: str
    expected: str
    live: str
    origin: str
    applied: str = ""

    def cells(self, with_applied: bool) -> tuple[str, ...]:
        """Return the columns of the table."""
        applied = (self.applied,) if with_applied else ()
        return (self.address, self.field, *map(_cut, (*applied, self.expected, self.live)), self.origin)


def drifted(plan: Plan) -> tuple[Change, ...]:
    """Return every change whose cause, alone or beside git, is a hand in the account, in the order shown."""
    return tuple(in_order(plan.drifted))


def drift_rows(plan: Plan) -> tuple[DriftRow, ...]:
    """Return the rows of the table of drift."""
    rows = (row for change in drifted(plan) for row in _rows(change))
    return (*rows, *map(_unmet_row, plan.unmet))


def drift_lines(plan: Plan, with_unmanaged: bool = False) -> Iterator[Line]:
    """Yield the table of drift, with ``with_unmanaged`` what nobody declared, and the last line."""
    for finding in _findings(plan):
        yield from diagnostic_lines(finding)
    yield from _table(drift_rows(plan))
    if with_unmanaged:
        yield from _unmanaged(groups_of(plan.undeclared))
    seen = attested(plan)
    yield from (line((text, Tone.DIM)) for text in (*seen, *([""] if seen else [])))
    found = drifted(plan)
    yield line((_summary(plan, with_unmanaged), Tone.BOLD))
    if found:
        yield line((_advice(found), Tone.DIM))
    elif with_unmanaged and plan.undeclared:
        yield line(("Declare it with `reconciler adopt --unmanaged`, or delete it by hand.", Tone.DIM))


def attested(plan: Plan) -> tuple[str, ...]:
    """Return how old it is what people saw, a line for each group; nothing where nobody has to look."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for address, days in plan.hands.ages.items():
        groups.setdefault(group_of(address), []).append((-days, neutral(address)))
    oldest = {group: min(seen) for group, seen in sorted(groups.items())}
    return tuple(
        f"Attested by hand: {len(groups[group])} in {neutral(group)}, the oldest {plural(-days, 'day')} ago: {address}"
        for group, (days, address) in oldest.items()
    )


def drift_markdown(plan: Plan, with_unmanaged: bool) -> str:
    """Return the same as Markdown for an issue, in which no text of the account can act; private fields masked."""
    return render(
        "drift.md.j2",
        summary=_summary(plan, with_unmanaged),
        account=plan.account,
        origin=plan.origin,
        record=plan.record,
        rows=drift_rows(plan),
        groups=groups_of(plan.undeclared) if with_unmanaged else (),
        findings=_findings(plan),
        advice=_advice(drifted(plan)) if plan.drifted else "",
        attested=attested(plan),
    )


def drift_json(plan: Plan) -> Json:
    """Return drift as JSON types, private fields masked."""
    return {
        "format_version": FORMAT_VERSION,
        "account": plan.account,
        "read": plan.read,
        "record": plan.record,
        "drift": [
            {
                "address": change.address,
                "origin": change.origin.value,
                "applied": masked_json(change.address, change.applied),
                "desired": masked_json(change.address, change.after),
                "live": masked_json(change.address, change.before),
            }
            for change in drifted(plan)
        ],
        "expectations": [
            {
                "address": one.address,
                "field": one.field,
                "expected": one.expected,
                "actual": one.actual,
                "known": not one.unknown,
                "reason": one.unknown,
            }
            for one in plan.unmet
        ],
        "unmanaged": list(plan.undeclared),
        "attested": [
            {"address": address, "days": days, "overdue": address in plan.hands.overdue}
            for address, days in plan.hands.ages.items()
        ],
        "findings": diagnostics_json(_findings(plan)),
    }


def _table(rows: tuple[DriftRow, ...]) -> Iterator[Line]:
    if not rows:
        return
    with_applied = any(row.applied for row in rows)
    heads = DriftRow("ADDRESS", "FIELD", "EXPECTED", "LIVE", "ORIGIN", "APPLIED")
    cells = [row.cells(with_applied) for row in (heads, *rows)]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    for number, row in enumerate(cells):
        text = "  ".join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        yield line((text, Tone.DIM if number == 0 else Tone.PLAIN))
    yield EMPTY


def _unmanaged(groups: tuple[GroupView, ...]) -> Iterator[Line]:
    for group in groups:
        more = ", ..." if group.count > len(group.examples) else ""
        yield line(f"Unmanaged: {group.count} in {group.group}  ", (", ".join(group.examples) + more, Tone.DIM))
    if groups:
        yield EMPTY


def _summary(plan: Plan, with_unmanaged: bool) -> str:
    parts = []
    if count := len(plan.drifted):
        parts.append(f"{plural(count, 'resource')} changed by hand")
    if count := len(plan.broken):
        parts.append(f"{plural(count, 'expectation')} broken")
    if count := len(plan.unmet) - len(plan.broken):
        parts.append(f"{plural(count, 'expectation')} that nobody can judge")
    if with_unmanaged and plan.undeclared:
        parts.append(f"{plural(len(plan.undeclared), 'resource')} that nobody declared")
    if count := len(plan.hands.overdue):
        parts.append(f"{plural(count, 'resource')} to look at again by hand")
    return f"Drift: {', '.join(parts)}." if parts else "No drift. Everything that was applied is still so."


def _advice(changes: tuple[Change, ...]) -> str:
    """Return what to do; where git changed too, ``--include-drift`` alone isn't allowed to decide."""
    if any(change.origin is Origin.DRIFT for change in changes):
        return "Repair it with `reconciler apply --include-drift`, or keep it with `reconciler adopt --drift`."
    return "Git changed it, too: look at both sides with `reconciler plan`, which says how to go on."


def _findings(plan: Plan) -> tuple[Diagnostic, ...]:
    return tuple(map(neutral_diagnostic, of_codes(plan.findings, _ABOUT_RULES)))


def _rows(change: Change) -> Iterator[DriftRow]:
    row = DriftRow(neutral(change.address), "", "", "", change.origin.value)
    if change.before is None:
        yield replace(row, expected="present", live="gone")
        return
    if change.action is Action.DELETE:
        yield replace(row, expected="removed in git", live="changed by hand")
        return
    both = change.origin is Origin.BOTH
    for field in view_fields(change, with_applied=both):
        if field.is_list:
            expected, live = ", ".join(field.added + field.kept), ", ".join(field.removed + field.kept)
        else:
            expected, live = field.after or "(not set)", field.before or "(not set)"
        applied = (field.applied or "(not set)") if both else ""
        yield replace(row, field=field.name, expected=expected, live=live, applied=applied)


def _unmet_row(one: Unmet) -> DriftRow:
    origin = "can't be judged" if one.unknown else "expectation"
    return DriftRow(neutral(one.address), one.field, neutral(one.expected), neutral(one.actual), origin)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 3] + "..."
