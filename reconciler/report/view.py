"""A plan as it is shown: sorted, masked, neutralised and counted once, so that formats only lay out.

Nothing that comes from git or from the account reaches a format except through here.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from reconciler.kinds import KINDS
from reconciler.model.address import Address, group_of, kind_of
from reconciler.model.by_hand import Hands
from reconciler.model.change import Action, Cause, Change, Content, Origin
from reconciler.model.compare import Bookkeeping
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.findings import FIRST, Sort, few_of, of_codes
from reconciler.model.late import dataclass
from reconciler.model.plan import Plan, Refusal
from reconciler.model.state import Asked
from reconciler.model.text import neutral
from reconciler.report.clicks import clicks
from reconciler.report.fields import FieldView, view_fields

#: More findings of one code than MANY are cut to FEW, and more names to MANY; JSON has all of them.
MANY, FEW = FIRST, 2

NO_HANDS = Hands()

_KIND_ORDER = {name: index for index, name in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change.

    ``labels`` are origin and risk (and what else is worth a word), ``place`` is ``file:line:column``, ``preset`` names
    the presets that declare it, ``cause`` the commit that asks for it, its author and subject, ``covers`` what a zone's
    deletion takes along, ``price`` what a request costs and binds to, ``clicks`` the steps of a person who makes it by
    hand.
    """

    symbol: str
    action: Action
    address: str
    labels: tuple[str, ...]
    place: str
    fields: tuple[FieldView, ...]
    reason: str
    refused: str
    dangerous: bool
    preset: str
    cause: str = ""
    covers: str = ""
    price: str = ""
    clicks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedView:
    """What became of one request."""

    address: str
    status: str
    text: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """What nobody declared in one zone or kind: how many, and the first addresses."""

    group: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingsView:
    """The findings of one code: those that are shown, and how many there are beside them."""

    code: str
    severity: Severity
    shown: tuple[Diagnostic, ...]
    more: int


@dataclass(frozen=True, slots=True)
class PlanView:
    """Everything that a format of a plan shows.

    ``changes`` are those that an apply makes, without ``contested`` ones (git and somebody's hand both changed the
    resource; they show the record's value too). ``asked`` are the requests that aren't completed. ``summary`` is the
    last line, ``advice`` what to do next.
    """

    account: str
    origin: str
    read: str
    record: str
    merge: str
    changes: tuple[ChangeView, ...]
    contested: tuple[ChangeView, ...]
    refused: tuple[ChangeView, ...]
    drift: tuple[ChangeView, ...]
    pending: tuple[ChangeView, ...]
    unmanaged: tuple[GroupView, ...]
    asked: tuple[AskedView, ...]
    refusals: tuple[Refusal, ...]
    findings: tuple[FindingsView, ...]
    bookkeeping: str
    summary: str
    advice: str


def view_plan(plan: Plan) -> PlanView:
    """Return the plan as it is shown."""
    ordered = in_order(plan.changes)
    return PlanView(
        account=neutral(plan.account),
        origin=neutral(_origins(plan)),
        read=neutral(plan.read),
        record=neutral(plan.record),
        merge=_merge(plan),
        changes=tuple(view_change(c, hands=plan.hands) for c in ordered if c.origin is not Origin.BOTH),
        contested=tuple(view_change(c, True, plan.hands) for c in ordered if c.origin is Origin.BOTH),
        refused=tuple(view_change(c, with_applied=c.origin is Origin.BOTH) for c in in_order(plan.refused)),
        drift=tuple(view_change(c) for c in in_order(plan.drift)),
        pending=tuple(view_change(c) for c in in_order(plan.pending)),
        unmanaged=groups_of(plan.unmanaged),
        asked=tuple(view_asked(address, asked) for address, asked in open_requests(plan)),
        refusals=tuple(neutral_refusal(refusal) for refusal in plan.refusals),
        findings=findings_by_code(plan.findings),
        bookkeeping=_bookkeeping(plan),
        summary=_summary(plan),
        advice=_advice(plan),
    )


def origins_by_section(plan: Plan) -> dict[str, str]:
    """Return the origin of each section that another provider than the default holds."""
    return {KINDS[kind].section: plan.origins[kind] for kind in KINDS if kind in plan.origins}


def _origins(plan: Plan) -> str:
    return ", ".join((plan.origin, *(f"{section}: {origin}" for section, origin in origins_by_section(plan).items())))


def _merge(plan: Plan) -> str:
    """Return in words what a plan is the merge of, or nothing for a plan of what is checked out."""
    if plan.merge is None:
        return ""
    return f"Merge of {plan.merge.head[:12]} into {neutral(plan.merge.into)} ({plan.merge.base[:12]})"


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Return changes in the order in which they are shown: by kind, then by address."""
    return sorted(changes, key=lambda change: (_KIND_ORDER[kind_of(change.address)], change.address))


def view_change(change: Change, with_applied: bool = False, hands: Hands = NO_HANDS) -> ChangeView:
    """Return one change as it is shown; ``with_applied`` adds the record's value to its fields.

    ``hands`` says what of it a person has to do.
    """
    hand = hands.clicks.get(change.address)
    awaits = ("awaiting hand",) if change.address in hands.awaiting else ("by hand",) if hand else ()
    return ChangeView(
        symbol="!" if change.refused else change.action.symbol,
        action=change.action,
        address=neutral(change.address),
        labels=(*_labels(change), *awaits),
        place=neutral(str(change.span)) if change.span else "",
        fields=view_fields(change, with_applied) if change.action.writes else (),
        reason=neutral(change.reason),
        refused=neutral(change.refused),
        dangerous=change.action.destroys,
        preset=neutral(change.preset),
        cause=cause_text(change.cause) if change.cause else "",
        covers=_content_text(change.content, change.covers) if change.content else "",
        price=neutral(change.quote.line) if change.quote else "",
        clicks=clicks(change, hand) if hand else (),
    )


def open_requests(plan: Plan) -> Iterable[tuple[Address, Asked]]:
    """Return those requests of ours of which something is still to come."""
    return ((address, asked) for address, asked in sorted(plan.asked.items()) if asked.status != "completed")


def view_asked(address: Address, asked: Asked) -> AskedView:
    """Return what became of a request as it is shown: in the account's words, when it was submitted, at which price."""
    texts = (asked.note, f"submitted {asked.at.date()}", asked.quote.line if asked.quote else "")
    return AskedView(neutral(address), neutral(asked.status), neutral(", ".join(filter(None, texts)), 500))


def _content_text(content: Content, prefix: str) -> str:
    """Return how many record sets go with a zone, how many of them are nobody's, and the first of those."""
    count = len(content.unmanaged)
    text = f"{plural(content.count, 'record set')}, {count or 'none'} of them unmanaged"
    names = ", ".join(neutral(address.removeprefix(prefix)) for address in content.unmanaged[:MANY])
    more = f" and {count - MANY} more" if count > MANY else ""
    return f"{text}: {names}{more}" if names else text


def cause_text(cause: Cause) -> str:
    """Return a commit as it is named beside what it asks for: short id, author, subject."""
    author = cause.author.partition(" <")[0] or cause.author
    return f"{cause.commit[:12]} {neutral(author, 80)}: {neutral(cause.subject, 120)}"


def neutral_diagnostic(found: Diagnostic) -> Diagnostic:
    """Return a diagnostic whose texts can be shown."""
    return found._replace(
        summary=neutral(found.summary),
        detail=neutral(found.detail, 2000),
        help=neutral(found.help, 2000),
        address=None if found.address is None else neutral(found.address),
        span=None if found.span is None else found.span._replace(file=neutral(found.span.file)),
        related=tuple(span._replace(file=neutral(span.file)) for span in found.related),
    )


def neutral_refusal(refusal: Refusal) -> Refusal:
    """Return a refusal whose texts can be shown."""
    return replace(
        refusal,
        detail=neutral(refusal.detail, 2000),
        help=neutral(refusal.help, 2000),
        addresses=tuple(neutral(address) for address in refusal.addresses),
    )


def _labels(change: Change) -> Iterable[str]:
    yield change.origin.value
    yield change.risk.label
    if change.takes_over:
        yield "takes over"
    if change.action in (Action.REPLACE, Action.MOVE, Action.FORGET):
        yield change.action.value
    if change.moved_from:
        yield f"was {neutral(change.moved_from)}"
    if change.approved_in_git:
        yield "in removed:"


def groups_of(addresses: Iterable[Address]) -> tuple[GroupView, ...]:
    """Return addresses by the unit that is read and recorded together, with a few examples of each."""
    groups: dict[str, list[str]] = {}
    for address in sorted(addresses, key=lambda a: (_KIND_ORDER[kind_of(a)], a)):
        groups.setdefault(group_of(address), []).append(address)
    return tuple(
        GroupView(neutral(group), len(members), tuple(neutral(a.removeprefix(group + "/")) for a in members[:3]))
        for group, members in groups.items()
    )


def findings_by_code(
    diagnostics: Sequence[Diagnostic], whole: Container[str] | None = frozenset()
) -> tuple[FindingsView, ...]:
    """Return the findings code by code, what breaks most first; of many alike only the first few are shown.

    All are shown of the codes in ``whole``, and of every code where that is None.
    """
    views = []
    for sort, (count, first) in sorted(few_of(diagnostics).items(), key=lambda item: _weight(item[0])):
        shown = first if count <= MANY else first[:FEW]
        if count > MANY and (whole is None or sort.code in whole):
            shown = tuple(found for found in of_codes(diagnostics, (sort.code,)) if found.severity is sort.severity)
        views.append(FindingsView(sort.code, sort.severity, tuple(map(neutral_diagnostic, shown)), count - len(shown)))
    return tuple(views)


def _weight(sort: Sort) -> tuple[int, int, str]:
    return list(Severity).index(sort.severity), sort.rank, sort.code


def _bookkeeping(plan: Plan) -> str:
    """Return in words what an apply only writes down."""
    whats = [note.what for note in plan.notes]
    parts = [
        f"{plural(count, 'resource')} {words}"
        for what, words in (
            (Bookkeeping.OWN, "taken into ownership"),
            (Bookkeeping.ADVANCE, "already as declared"),
            (Bookkeeping.DROP, "gone from git and account"),
        )
        if (count := whats.count(what))
    ]
    return ", ".join(parts)


def _summary(plan: Plan) -> str:
    """Return the last line, as Terraform writes it."""
    if not plan.changes and not plan.refused and not plan.refusals:
        return f"No changes. {_why_none(plan)}"
    add, change, destroy = plan.counts()
    parts = [f"{add} to add", f"{change} to change", f"{destroy} to destroy"]
    for action in (Action.SUBMIT, Action.MOVE, Action.FORGET):
        if count := sum(c.action is action for c in plan.changes):
            parts.append(f"{count} to {action}")
    if plan.refused:
        parts.append(f"{len(plan.refused)} refused")
    if waiting := plan.hands.awaiting:
        parts.append(f"{len(waiting)} awaiting hand")
    return f"Plan: {', '.join(parts)}."


def _why_none(plan: Plan) -> str:
    if plan.offline:
        return "The two commits ask for the same."
    if plan.pending:
        return f"{plural(len(plan.pending), 'change')} merged already and not yet applied."
    if plan.drift:
        return f"{plural(len(plan.drift), 'resource')} changed by hand, held as drift."
    if plan.notes:
        return f"The account is as declared; apply only writes the record: {_bookkeeping(plan)}."
    if plan.options.only:
        return "What `--only` chose is as declared."
    return "The account is as declared."


def _advice(plan: Plan) -> str:
    """Return what to do next, or nothing where there is nothing to do."""
    if plan.merge or plan.unsealed:
        return ""
    if plan.refusals:
        return "Nothing can be applied until what is refused above is mended."
    if plan.changes and any(change.origin is Origin.BOTH for change in plan.changes):
        return (
            "Save it with `reconciler plan --out FILE`, look at what needs its own approval, `reconciler apply FILE`."
        )
    if plan.only_awaits:
        return "Do it in the portal, then say so with `reconciler attest ADDRESS --evidence FILE`."
    if plan.changes or plan.notes:
        return "Apply it with `reconciler apply`."
    if plan.drift:
        return "Repair it with `reconciler apply --include-drift`, or keep it with `reconciler adopt --drift`."
    return ""


def plural(count: int, noun: str) -> str:
    """Return a count and its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def count_line(diagnostics: Sequence[Diagnostic]) -> str:
    """Return how many errors, warnings and notes there are, or nothing for none."""
    found = few_of(diagnostics).items()
    totals = {severity: sum(few.many for sort, few in found if sort.severity is severity) for severity in Severity}
    counts = [plural(n, severity.value) for severity, n in totals.items() if n]
    return ", ".join(counts)
