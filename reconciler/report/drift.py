"""Drift: where the account differs from what was applied, as a table and as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.model.change import Action, Change, Origin
from reconciler.model.fields import Json
from reconciler.model.plan import Plan
from reconciler.model.text import neutral
from reconciler.report.fields import masked_json, view_fields
from reconciler.report.ink import EMPTY, Line, Tone, columns, line
from reconciler.report.view import in_order, plural

FORMAT_VERSION = 1
_MAX_CELL = 60


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One field of one resource: what git and the record say it should be, what it is, and whether git changed too."""

    address: str
    field: str
    expected: str
    live: str
    origin: str


def drifted(plan: Plan) -> tuple[Change, ...]:
    """Return every change whose cause, alone or beside git, is a hand in the account, in the order shown."""
    changes = (*plan.drift, *plan.changes, *plan.refused)
    return tuple(in_order(change for change in changes if change.origin in (Origin.DRIFT, Origin.BOTH)))


def drift_rows(plan: Plan) -> tuple[DriftRow, ...]:
    """Return the rows of the table of drift."""
    return tuple(row for change in drifted(plan) for row in _rows(change))


def drift_lines(plan: Plan) -> Iterator[Line]:
    """Yield the table of drift, and its last line."""
    rows = drift_rows(plan)
    if not rows:
        yield line(("No drift. Everything that was applied is still so.", Tone.BOLD))
        return
    heads = DriftRow("ADDRESS", "FIELD", "EXPECTED", "LIVE", "ORIGIN")
    cells = [(r.address, r.field, _cut(r.expected), _cut(r.live), r.origin) for r in (heads, *rows)]
    widths = [max(columns(row[column]) for row in cells) for column in range(5)]
    for number, row in enumerate(cells):
        text = "  ".join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        yield line((text, Tone.DIM if number == 0 else Tone.PLAIN))
    yield EMPTY
    count = plural(len(drifted(plan)), "resource")
    yield line((f"Drift: {count} changed by hand.", Tone.BOLD))
    yield line((_advice(drifted(plan)), Tone.DIM))


def _advice(changes: tuple[Change, ...]) -> str:
    """Return what to do; where git changed too, ``--include-drift`` alone isn't allowed to decide."""
    if any(change.origin is Origin.DRIFT for change in changes):
        return "Repair it with `reconciler apply --include-drift`, or keep it with `reconciler adopt --drift`."
    return "Git changed it, too: look at both sides with `reconciler plan`, which says how to go on."


def drift_json(plan: Plan) -> Json:
    """Return drift as JSON types, private fields masked."""
    return {
        "format_version": FORMAT_VERSION,
        "account": plan.account,
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
    }


def _rows(change: Change) -> Iterator[DriftRow]:
    address = neutral(change.address)
    if change.before is None:
        yield DriftRow(address, "", "present", "gone", change.origin.value)
        return
    if change.action is Action.DELETE:
        yield DriftRow(address, "", "removed in git", "changed by hand", change.origin.value)
        return
    for field in view_fields(change):
        if field.is_list:
            expected, live = ", ".join(field.added + field.kept), ", ".join(field.removed + field.kept)
        else:
            expected, live = field.after or "(not set)", field.before or "(not set)"
        yield DriftRow(address, field.name, expected, live, change.origin.value)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 3] + "..."
