"""A plan as one JSON object, with its schema: what ``plan --json`` prints and what a saved plan holds.

Secrets stand as their version, private fields masked.
"""

from dataclasses import asdict
from typing import Annotated, Literal

from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Origin, Risk
from reconciler.model.compare import Bookkeeping
from reconciler.model.diagnostic import Severity
from reconciler.model.fields import Json
from reconciler.model.late import pattern
from reconciler.model.marks import AfterValidator, WithJsonSchema, said
from reconciler.model.plan import Options, Plan
from reconciler.model.shadow import Sort
from reconciler.model.span import Span
from reconciler.model.state import Asked
from reconciler.model.written import Written
from reconciler.report.clicks import clicks
from reconciler.report.diagnostics import diagnostics_json
from reconciler.report.fields import masked_json
from reconciler.report.view import in_order, origins_by_section

FORMAT_VERSION = 1

_DIGEST = pattern("[0-9a-f]{64}")


def _digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise ValueError("not a digest")
    return text


Digest = Annotated[str, AfterValidator(_digest), WithJsonSchema({"pattern": "^[0-9a-f]{64}$", "type": "string"})]


class SpanPart(Written):
    """A place in a file, line and column counted from 1."""

    file: str
    line: int
    column: int


class CausePart(Written):
    """The commit that asks for a change: id, author, time (ISO 8601) and subject, as git has them."""

    commit: str
    author: str
    when: str
    subject: str


class ContentPart(Written):
    """What is deleted with a zone: how many record sets, and those of them that nobody declared."""

    count: int
    unmanaged: tuple[str, ...]


class QuotePart(Written):
    """What a request costs by the price list of the day ``since``; ``gross``, ``setup`` and ``total`` include VAT."""

    item: str
    net: str
    vat: str
    gross: str
    rate: str = said(description="VAT in percent.")
    period: str
    term: str
    notice: str
    setup: str = said(description="What is paid once.")
    total: str = said(description="What is owed until the term ends.")
    since: str


class AskedPart(Written):
    """What became of one request."""

    address: str
    status: str
    at: str
    note: str
    quote: QuotePart | None


class ChangePart(Written):
    """One change of one resource; ``before`` is live, ``after`` desired, ``applied`` what the record says."""

    address: str
    action: Action
    origin: Origin
    risk: Literal["cosmetic", "traffic", "access", "money", "legal", "data loss"]
    seal: str
    before: Json = None
    after: Json = None
    applied: Json = None
    takes_over: bool
    approved_in_git: bool
    moved_from: str | None
    needs: tuple[str, ...]
    reason: str
    refused: str
    span: SpanPart | None
    preset: str = said(default="", description="The presets that declare it, such as `hosting-mail@1`.")
    cause: CausePart | None = said(
        default=None, description="The commit that asks for it, where that is known; no seal covers it."
    )
    content: ContentPart | None = said(
        default=None, description="Only where a zone is deleted: what goes with it, beside its own SOA and NS."
    )
    quote: QuotePart | None = said(default=None, description="Only of a request that costs something.")


class RefusalPart(Written):
    """Why the plan can't be carried out."""

    code: str
    detail: str
    help: str
    addresses: tuple[str, ...]


class FindingPart(Written):
    """A warning or a note about the configuration."""

    code: str
    severity: Severity
    summary: str
    detail: str
    help: str
    address: str | None
    span: SpanPart | None
    related: tuple[SpanPart, ...]


class CountsPart(Written):
    """How many resources are added, changed and destroyed; a replacement counts as added and destroyed."""

    add: int
    change: int
    destroy: int
    submit: int = said(default=0, description="How many requests are submitted; not there for none.")


class OptionsPart(Written):
    """What the caller allowed for this plan."""

    include_drift: bool
    only: tuple[str, ...]
    override: tuple[str, ...]
    allow_deletes: int | None
    accept_empty: tuple[str, ...]
    reason: str


class SealListPart(Written):
    """What an approval of the plan is bound to."""

    format: int
    account: str
    context: str
    changes: tuple[str, ...]


class MergePart(Written):
    """What is merged into what."""

    into: str = said(description="The base, as it was named.")
    base: str = said(description="The base's commit.")
    head: str = said(description="The commit that is merged into it.")


class BetweenPart(Written):
    """Which two commits are compared."""

    base: str
    head: str


class SidePart(Written):
    """What one of two programs would do to a record set; ``after`` is null for a deletion."""

    action: Action
    after: Json = None


class DisagreementPart(Written):
    """A record set, or a zone, about which octoDNS's plan is another; null is who would do nothing."""

    address: str
    class_: Sort = said(alias="class")
    why: str
    ours: SidePart | None
    octodns: SidePart | None


class ShadowPart(Written):
    """The plan beside octoDNS's."""

    config: str
    agreed: int = said(description="How many record sets both would leave with the same value.")
    disagreements: tuple[DisagreementPart, ...]
    remarks: dict[str, str] = said(description="What is particular about our change where both agree.")


class HandPart(Written):
    """What a person does in the portal to make one change."""

    address: str
    awaiting: bool = said(description="Whether it was approved as it is and only waits for a person.")
    clicks: tuple[str, ...] = said(description="The steps, in the portal's words; private values masked.")


class PlanFile(Written):
    """A plan of reconciler."""

    format_version: Literal[1]
    account: str
    origin: str
    origins: dict[str, str] = said(
        default_factory=dict, description="Where the sections are that another provider than the default holds."
    )
    seal: Digest | None = said(description="Null where the remote that has the record couldn't be asked, and offline.")
    counts: CountsPart
    changes: tuple[ChangePart, ...]
    refused: tuple[ChangePart, ...]
    drift: tuple[ChangePart, ...]
    unmanaged: tuple[str, ...]
    refusals: tuple[RefusalPart, ...]
    findings: tuple[FindingPart, ...]
    notes: dict[Bookkeeping, int] = said(description="How many resources the record learns about without a write.")
    options: OptionsPart
    read: str
    record: str
    merge: MergePart | None = said(default=None, description="Only with `--merge-into`.")
    pending: tuple[ChangePart, ...] = said(
        default=(), description="What the base of the merge asks for already, outside the seal."
    )
    offline: BetweenPart | None = said(default=None, description="Only with `--offline`.")
    requests: tuple[AskedPart, ...] = said(default=(), description="What became of our requests, if there are any.")
    by_hand: tuple[HandPart, ...] = said(default=(), description="What a person has to do, if anything.")
    octodns: ShadowPart | None = said(default=None, description="Only with `--compare-octodns`.")
    seal_list: SealListPart | None = said(default=None, description="Only in a saved plan.")


def plan_json(plan: Plan) -> Json:
    """Return a plan as JSON types."""
    add, change, destroy = plan.counts()
    submit = sum(change.action is Action.SUBMIT for change in plan.changes)
    asked = [_asked(address, asked) for address, asked in sorted(plan.asked.items())]
    whats = [note.what for note in plan.notes]
    return {
        "format_version": FORMAT_VERSION,
        "account": plan.account,
        "origin": plan.origin,
        "origins": origins_by_section(plan),
        "seal": plan.seal or None,
        "counts": {"add": add, "change": change, "destroy": destroy, **({"submit": submit} if submit else {})},
        "changes": [{**_change(c), "seal": "" if plan.unsealed else c.seal} for c in in_order(plan.changes)],
        "refused": [_change(c) for c in in_order(plan.refused)],
        "drift": [_change(c) for c in in_order(plan.drift)],
        "unmanaged": sorted(plan.unmanaged),
        "refusals": [
            {"code": r.code, "detail": r.detail, "help": r.help, "addresses": list(r.addresses)} for r in plan.refusals
        ],
        "findings": diagnostics_json(plan.findings),
        "notes": {what.value: whats.count(what) for what in Bookkeeping},
        "options": options_json(plan.options),
        "read": plan.read,
        "record": plan.record,
        "merge": asdict(plan.merge) if plan.merge else None,
        "pending": [_change(c) for c in in_order(plan.pending)],
        "offline": asdict(plan.offline) if plan.offline else None,
        **({"requests": asked} if asked else {}),
        **({"by_hand": _by_hand(plan)} if plan.hands.clicks else {}),
    }


def options_json(options: Options) -> Json:
    """Return options as JSON types."""
    return {
        "include_drift": options.include_drift,
        "only": list(options.only),
        "override": sorted(options.override),
        "allow_deletes": options.allow_deletes,
        "accept_empty": sorted(options.accept_empty),
        "reason": options.reason,
    }


def plan_schema() -> Json:
    """Return the JSON Schema (2020-12) of a plan."""
    schema = PlanFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _change(change: Change) -> Json:
    return {
        "address": change.address,
        "action": change.action.value,
        "origin": change.origin.value,
        "risk": Risk(change.risk).label,
        "seal": change.seal,
        "before": masked_json(change.address, change.before),
        "after": masked_json(change.address, change.after),
        "applied": masked_json(change.address, change.applied),
        "takes_over": change.takes_over,
        "approved_in_git": change.approved_in_git,
        "moved_from": change.moved_from,
        "needs": list(change.needs),
        "reason": change.reason,
        "refused": change.refused,
        "span": _span(change.span),
        "preset": change.preset,
        "cause": asdict(change.cause) if change.cause else None,
        **({"content": asdict(change.content)} if change.content else {}),
        **({"quote": change.quote.to_json()} if change.quote else {}),
    }


def _by_hand(plan: Plan) -> Json:
    hands = plan.hands
    by_hand = [change for change in in_order(plan.changes) if change.address in hands.clicks]
    return [
        {
            "address": change.address,
            "awaiting": change.address in hands.awaiting,
            "clicks": list(clicks(change, hands.clicks[change.address])),
        }
        for change in by_hand
    ]


def _asked(address: Address, asked: Asked) -> Json:
    quote = asked.quote.to_json() if asked.quote else None
    return {"address": address, "status": asked.status, "at": asked.at.isoformat(), "note": asked.note, "quote": quote}


def _span(span: Span | None) -> Json:
    return None if span is None else span._asdict()
