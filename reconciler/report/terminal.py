"""A plan on the terminal, in Terraform's manner."""

from collections.abc import Iterable, Iterator

from reconciler.model.change import Action
from reconciler.model.plan import Plan, Refusal
from reconciler.model.text import neutral
from reconciler.report.diagnostics import diagnostic_lines
from reconciler.report.fields import FieldView
from reconciler.report.ink import EMPTY, TONES, Line, Tone, line
from reconciler.report.view import AskedView, ChangeView, FindingsView, GroupView, PlanView, view_plan

_SYMBOL_OF_SIDE = {"removed": "-", "added": "+"}
#: Two values up to this length stand on one line with an arrow between them.
_ONE_LINE = 88


def plan_lines(plan: Plan, saved_as: str = "", sealed_as: str = "", advise: bool = True) -> Iterator[Line]:
    """Yield the lines of a plan, the summary last, followed (with ``advise``) by what to do next.

    ``saved_as`` and ``sealed_as`` are the files to which the plan and its seal list were written, if any.
    """
    view = view_plan(plan)
    yield from _head(view)
    for findings in view.findings:
        yield from _findings(findings)
    yield from _section("", view.changes)
    yield from _section("Needs its own approval: changed in git and by hand", view.contested)
    yield from _section("Refused", view.refused)
    yield from _section("Drift, held: changed by hand, not in git (outside this plan)", view.drift)
    yield from _pending(view.pending)
    yield from _unmanaged(view.unmanaged)
    yield from _asked(view.asked)
    for refusal in view.refusals:
        yield from refusal_lines(refusal)
    if view.bookkeeping and view.changes:
        yield line((f"Also written to the record: {view.bookkeeping}.", Tone.DIM))
    yield line((view.summary, Tone.BOLD))
    if sealed_as:
        yield line("Seal ", (plan.seal, Tone.BOLD), f"; what it stands for is in {neutral(sealed_as)}.")
    if saved_as and not view.refusals:
        yield line((f"Saved. Apply exactly this with `reconciler apply {neutral(saved_as)}`.", Tone.DIM))
    elif advise and view.advice:
        yield line((view.advice, Tone.DIM))


def refusal_lines(refusal: Refusal) -> Iterator[Line]:
    """Yield what stops a whole plan, whom it concerns and the way out; texts are neutral."""
    yield line((f"refused[{refusal.code}]", Tone.DANGER), f": {refusal.detail}")
    for address in refusal.addresses[:10]:
        yield line(f"    {address}")
    if len(refusal.addresses) > 10:
        yield line((f"    and {len(refusal.addresses) - 10} more", Tone.DIM))
    if refusal.help:
        yield line(("  help: ", Tone.LINK), refusal.help)
    yield EMPTY


def _head(view: PlanView) -> Iterator[Line]:
    proofs = ", ".join(text for text in (view.origin, view.read, view.record) if text)
    yield line(("Account ", Tone.DIM), (view.account, Tone.BOLD), (f"  {proofs}", Tone.DIM))
    if view.merge:
        yield line((view.merge, Tone.DIM))
    yield EMPTY


def _findings(findings: FindingsView) -> Iterator[Line]:
    for finding in findings.shown:
        yield from diagnostic_lines(finding)
    if findings.more:
        yield line(
            (f"{findings.severity}[{findings.code}]", TONES["~"]), f": {findings.more} more; --json lists them all"
        )
        yield EMPTY


def _section(title: str, changes: tuple[ChangeView, ...]) -> Iterator[Line]:
    if changes and title:
        yield line((title, Tone.BOLD))
        yield EMPTY
    for change in changes:
        yield from change_lines(change)
        yield EMPTY


def change_lines(change: ChangeView) -> Iterator[Line]:
    """Yield a change: its header, its fields and what else is to say."""
    tone = TONES[change.symbol]
    yield line(
        (f"{change.symbol:>3} ", tone),
        (change.address, Tone.BOLD),
        "  (",
        (", ".join(change.labels), Tone.DANGER if change.dangerous else Tone.PLAIN),
        ")",
        (f"  {change.place}" if change.place else "", Tone.DIM),
    )
    is_new = change.action is Action.SUBMIT and all(field.before is None for field in change.fields)
    sign = "+" if is_new else {Action.CREATE: "+", Action.DELETE: "-"}.get(change.action, "~")
    width = max((len(field.name) for field in change.fields if not field.is_list), default=0)
    for field in change.fields:
        yield from _field(field, sign, width)
    if change.price:
        yield line(("        price: ", Tone.DIM), (change.price, Tone.BOLD))
    if change.covers:
        yield line(("        covers: ", Tone.DIM), change.covers)
    if change.preset:
        yield line(("        preset: ", Tone.DIM), change.preset)
    if change.cause:
        yield line(("        commit: ", Tone.DIM), change.cause)
    if change.reason:
        yield line(("        reason: ", Tone.DIM), change.reason)
    for number, step in enumerate(change.clicks, 1):
        yield line(("        by hand: " if number == 1 else "                 ", Tone.DIM), f"{number}. {step}")
    if change.refused:
        yield line(("        refused: ", Tone.DANGER), change.refused)


def _field(field: FieldView, sign: str, width: int) -> Iterator[Line]:
    remarks = [field.remark] if field.remark else []
    if field.applied is not None:
        remarks.append(f"applied: {field.applied}")
    tail = (f"  # {', '.join(remarks)}" if remarks else "", Tone.DIM)
    if field.is_list:
        yield from _list(field, sign, tail)
        return
    name = f"{field.name}:".ljust(width + 1)
    head = (f"      {sign} ", TONES[sign])
    if sign != "~":
        yield line(head, f"{name} {field.after if sign == '+' else field.before}", tail)
        return
    before = "(not set)" if field.before is None else field.before
    after = "(not set)" if field.after is None else field.after
    if len(before) + len(after) <= _ONE_LINE:
        yield line(head, f"{name} {before} ", ("->", Tone.CHANGE), f" {after}", tail)
        return
    yield line(head, name, tail)
    yield line(("          - ", Tone.DESTROY), before)
    yield line(("          + ", Tone.ADD), after)


def _list(field: FieldView, sign: str, tail: tuple[str, Tone]) -> Iterator[Line]:
    yield line((f"      {sign} ", TONES[sign]), f"{field.name}:", tail)
    for side in ("removed", "added"):
        symbol = _SYMBOL_OF_SIDE[side]
        for text in getattr(field, side):
            yield line((f"          {symbol} ", TONES[symbol]), text)
    if field.kept:
        yield line((f"            ({len(field.kept)} unchanged)", Tone.DIM))


def _pending(pending: tuple[ChangeView, ...]) -> Iterator[Line]:
    if not pending:
        return
    yield line(("Pending: merged already, not yet applied (outside this plan)", Tone.BOLD))
    for change in pending:
        yield line((f"{change.symbol:>7} ", TONES[change.symbol]), change.address, (f"  {change.place}", Tone.DIM))
    yield EMPTY


def _unmanaged(groups: Iterable[GroupView]) -> Iterator[Line]:
    groups = tuple(groups)
    if not groups:
        return
    yield line(("Unmanaged: in the account, not in git, left alone", Tone.BOLD))
    width = max(len(group.group) for group in groups)
    for group in groups:
        more = ", ..." if group.count > len(group.examples) else ""
        yield line(f"    {group.group:<{width}} {group.count:>5}  ", (", ".join(group.examples) + more, Tone.DIM))
    yield EMPTY


def _asked(requests: Iterable[AskedView]) -> Iterator[Line]:
    requests = tuple(requests)
    if not requests:
        return
    yield line(("Requests: submitted, and not completed", Tone.BOLD))
    width, wide = (max(map(len, texts)) for texts in zip(*((r.address, r.status) for r in requests), strict=True))
    for request in requests:
        yield line(f"    {request.address:<{width}}  {request.status:<{wide}}  ", (request.text, Tone.DIM))
    yield EMPTY
