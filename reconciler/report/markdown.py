"""A plan as the Markdown comment of a pull request: what needs a look first, the rest folded, the seals last.

The same plan gives the same bytes. No text of git or of the account can act: it stands in code spans and fences only.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from reconciler.model.address import group_of
from reconciler.model.approvals import Demand
from reconciler.model.change import Change, Origin, Risk
from reconciler.model.late import dataclass
from reconciler.model.plan import Plan
from reconciler.report.changes_markdown import diff_lines, one_line, whole_change
from reconciler.report.folding import Fold, fitted
from reconciler.report.rendering import code_html, code_span
from reconciler.report.view import PlanView, in_order, plural, view_plan

#: The longest comment that GitHub takes.
LIMIT = 65_536
#: Risks that are never folded, in the order in which they are shown.
_WHOLE = (Risk.DATA_LOSS, Risk.ACCESS, Risk.MONEY, Risk.LEGAL)
_MOST_STEPS = 12
_MOST_ADDRESSES = 10
#: What a view makes of a sentence, which is cut there and not once more.
_WHOLE_TEXT = 20_000
#: So many findings are worth reading without unfolding anything.
_MOST_OPEN = 5


@dataclass(frozen=True, slots=True)
class Heading:
    """What a comment says that no plan knows: the pull request, and when the account was read."""

    pull_request: str = ""
    read_at: str = ""


NO_HEADING = Heading()


def plan_markdown(plan: Plan, heading: Heading = NO_HEADING, limit: int = LIMIT) -> str:
    """Return a plan as Markdown of at most ``limit`` characters.

    Raises ``RefusedError`` where what may not be folded is longer.
    """
    view = view_plan(plan)
    return fitted(
        [
            *_head(plan, view, heading),
            *_approvals(plan),
            *_changes(plan),
            *_by_hand(view),
            *_beside(plan, view),
            *_asked(view),
            *_guards(view),
            *_what_apply_does(plan, view),
            *_seals(plan),
        ],
        limit,
    )


def _head(plan: Plan, view: PlanView, heading: Heading) -> Iterator[str]:
    yield f"### reconciler: account {code_span(view.account)}"
    lines = []
    if heading.pull_request:
        lines.append(f"Pull request {code_span(heading.pull_request)}")
    if plan.merge:
        head, base = code_span(plan.merge.head[:12]), code_span(plan.merge.base[:12])
        lines.append(f"Head {head} merged into {code_span(plan.merge.into)} at {base}")
    read = ", ".join(code_span(text) for text in (view.read, view.record, heading.read_at) if text)
    if plan.offline:
        lines.append(f"{code_span(plan.offline.head[:12])} compared with {code_span(plan.offline.base[:12])}: {read}")
    else:
        lines.append(f"Read from {code_span(view.origin)}{f': {read}' if read else ''}")
    yield "  \n".join(lines)
    yield f"**{view.summary}**"
    if money := [change for change in plan.changes if change.risk is Risk.MONEY]:
        yield f"**Money is at stake** in {plural(len(money), 'change')} below."


def _approvals(plan: Plan) -> Iterator[str]:
    if plan.demands:
        yield "#### Who must approve"
        yield "\n".join(f"- {code_span(_demand(demand))}" for demand in plan.demands)


def _demand(demand: Demand) -> str:
    who = f" of {', '.join(demand.of)}" if demand.of else ""
    author = ", not the author" if demand.not_author else ""
    return f"{', '.join(demand.risks)}: {plural(demand.count, 'review')}{who}{author}"


def _changes(plan: Plan) -> Iterator[str | Fold]:
    """Yield the changes: what both sides changed, then risk by risk, then what is routine, folded zone by zone."""
    ordered = in_order(plan.changes)
    both = [change for change in ordered if change.origin is Origin.BOTH]
    yield from _section("Changed in git and by hand: each needs its own approval", both)
    for risk in _WHOLE:
        alike = [change for change in ordered if change.risk is risk and change.origin is not Origin.BOTH]
        yield from _section(f"Risk: {risk.label}", alike)
    routine = [change for change in ordered if change.risk not in _WHOLE and change.origin is not Origin.BOTH]
    if routine:
        yield f"#### Routine: {plural(len(routine), 'change')}"
    for group, together in groupby(routine, lambda change: group_of(change.address)):
        yield Fold("routine changes", _zone(group), "change", tuple(map(diff_lines, together)), "diff")
    yield from _section("Refused", in_order(plan.refused))


def _section(title: str, changes: list[Change]) -> Iterator[str]:
    if changes:
        yield f"#### {title}"
        yield from map(whole_change, changes)


def _zone(group: str) -> str:
    """Return a zone or kind as HTML."""
    kind, _, zone = group.partition("/")
    return f"zone {code_html(zone)}" if zone else code_html(kind)


def _beside(plan: Plan, view: PlanView) -> Iterator[str | Fold]:
    """Yield what is not part of this approval: drift that is held, what is pending, and what nobody declared."""
    if not (plan.drift or plan.pending or view.unmanaged):
        return
    yield "#### Not part of this approval"
    if plan.drift:
        name = "Drift, held (changed by hand; <code>-</code> is live, <code>+</code> as declared)"
        yield Fold("drift", name, "resource", tuple(map(diff_lines, in_order(plan.drift))), "diff")
    if plan.pending:
        name = "Pending (merged already, not yet applied)"
        yield Fold("pending changes", name, "change", tuple(map(one_line, in_order(plan.pending))))
    if view.unmanaged:
        lines = (f"{group.group}: {group.count} ({', '.join(group.examples)})" for group in view.unmanaged)
        yield Fold("unmanaged", "Unmanaged (in the account, not in git, left alone)", "place", tuple(lines))


def _by_hand(view: PlanView) -> Iterator[Fold]:
    """Yield the clicks of each change that a person makes."""
    for change in (*view.changes, *view.contested):
        if change.clicks:
            steps = tuple(f"{number}. {step}" for number, step in enumerate(change.clicks, 1))
            yield Fold("changes by hand", f"By hand: {code_html(change.address)}", "step", steps)


def _asked(view: PlanView) -> Iterator[Fold]:
    """Yield what became of requests that were submitted before."""
    if view.asked:
        lines = (f"{request.address}: {request.status} ({request.text})" for request in view.asked)
        yield Fold("requests", "Requests (submitted, and not completed)", "request", tuple(lines))


def _guards(view: PlanView) -> Iterator[str | Fold]:
    """Yield what stops the whole plan, and what was found."""
    if view.refusals or view.findings:
        yield "#### Guards and findings"
    for refusal in view.refusals:
        quote = [f"> **refused** {code_span(refusal.code)}: {code_span(refusal.detail, _WHOLE_TEXT)}"]
        if refusal.addresses:
            more = len(refusal.addresses) - _MOST_ADDRESSES
            shown = " ".join(map(code_span, refusal.addresses[:_MOST_ADDRESSES]))
            quote.append(f"> {shown}{f' and {more} more' if more > 0 else ''}")
        if refusal.help:
            quote.append(f"> {code_span(refusal.help, _WHOLE_TEXT)}")
        yield "\n>\n".join(quote)
    lines = [
        f"{found.severity}[{found.code}] {f'{found.span}: ' if found.span else ''}{found.detail}"
        for findings in view.findings
        for found in findings.shown
    ]
    lines += [f"{f.severity}[{f.code}] {f.more} more" for f in view.findings if f.more]
    if len(lines) <= _MOST_OPEN:
        yield from ("\n".join(f"- {code_span(text, _WHOLE_TEXT)}" for text in lines),) if lines else ()
    else:
        yield Fold("findings", "Found, and no obstacle", "finding", tuple(lines))


def _what_apply_does(plan: Plan, view: PlanView) -> Iterator[str]:
    yield "#### What apply will do"
    if plan.refusals:
        yield "Nothing, until what is refused above is mended."
    elif not plan.changes:
        yield f"Write the record only: {view.bookkeeping}." if view.bookkeeping else "Nothing."
    else:
        steps = list(_steps(plan.batches))
        more = len(steps) - _MOST_STEPS
        shown = ", ".join(f"{code_span(group)} ({count})" for group, count in steps[:_MOST_STEPS])
        yield (
            f"Make {plural(len(plan.changes), 'change')}, in this order: {shown}"
            f"{f' and {more} more' if more > 0 else ''}. "
            "Then read the account again: nothing of this may be left to do."
        )
        if view.bookkeeping:
            yield f"Also write to the record: {view.bookkeeping}."


def _steps(batches: Iterable[tuple[Change, ...]]) -> Iterator[tuple[str, int]]:
    """Yield zone or kind and the number of changes of each step; neighbours of one kind are one step."""
    groups = (group_of(change.address) for batch in batches for change in batch)
    yield from ((group, len(list(alike))) for group, alike in groupby(groups))


def _seals(plan: Plan) -> Iterator[str | Fold]:
    if plan.unsealed:
        yield f"**No seal**, so nothing to approve: {code_span(plan.unsealed)}"
        return
    yield f"Seal of this plan, over {plural(len(plan.changes), 'change')}: {code_span(plan.seal)}"
    if plan.changes:
        lines = (f"{change.seal} {one_line(change).strip()}" for change in in_order(plan.changes))
        yield Fold("seals", "Seal of each change", "seal", tuple(lines))
