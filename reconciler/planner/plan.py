"""D, L and A become a plan: the order of the steps, each of which is a file of its own.

    booked      domains that nobody ordered, and what is in them
    by_hand     what nobody has looked at yet, where only a person can look
    groups      the three states, divided into zones and kinds
    reading     is the read proven complete?
    cases       who is who (ownership, renames), what is compared (project), what differs (model.compare)
    requests    what is submitted, once, and on which terms
    left_out    what the provider can't hold
    zones       zones that it can't make
    contents    what is deleted with a zone
    cnames      what can't stand beside a CNAME
    sorting     what policy makes of each case
    deletions   tombstones, protection, what goes with a zone
    mentions    what still refers to what goes
    authority   who may authorise, and who knows the telephone password
    order       what comes before what
    atomic      zones that are changed in several steps
    guards      too many, the last of its kind, the whitelist
    seal        what an approval is bound to

Pure: the same three states, capabilities, options and day give the same plan, in whatever order they are read, and
whatever ``quiet`` knows of zones in which there is nothing to do.
"""

from collections.abc import Iterable
from datetime import date

from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.diagnostic import Diagnostic, Severity, sort_diagnostics, with_related
from reconciler.model.errors import DiagnosticsError
from reconciler.model.facts import NO_FACTS, Facts
from reconciler.model.findings import joined
from reconciler.model.plan import Options, Plan
from reconciler.model.state import Applied, Desired, Live
from reconciler.planner.atomic import explain_parts
from reconciler.planner.authority import check_authority
from reconciler.planner.booked import leave_unbooked
from reconciler.planner.by_hand import leave_unseen
from reconciler.planner.cases import Comparison
from reconciler.planner.cnames import refuse_beside_cnames
from reconciler.planner.codes import diagnostic
from reconciler.planner.contents import with_contents
from reconciler.planner.deletions import judge_deletions
from reconciler.planner.demands import demands_of
from reconciler.planner.groups import Grouped
from reconciler.planner.guards import Guards
from reconciler.planner.left_out import explain, leave_out, refuse_deletions
from reconciler.planner.mentions import still_mentioned
from reconciler.planner.order import Ordering
from reconciler.planner.quiet import Quiet
from reconciler.planner.reading import demand_proof, demand_served, demand_together
from reconciler.planner.renames import still_used
from reconciler.planner.requests import Requests, ours
from reconciler.planner.seal import Sealing, context_of, list_seals
from reconciler.planner.sorting import Sorting
from reconciler.planner.spent import note_spent
from reconciler.planner.tombstones import kept_by_name
from reconciler.planner.whitelist import admitting, check_whitelist, refuse_private
from reconciler.planner.zones import refuse_zones
from reconciler.ports import Capabilities


def build_plan(
    desired: Desired,
    live: Live,
    applied: Applied,
    capabilities: Capabilities,
    options: Options,
    today: date,
    facts: Facts | None = NO_FACTS,
    quiet: Quiet | None = None,
) -> Plan:
    """Return what an apply would do; ``facts`` has what ``terms.facts_needed`` names (None: nobody was asked).

    Raises ``RefusedError`` for another account, ``IncompleteReadError`` where the read can't be planned on, and
    ``DiagnosticsError`` for declarations that can't be planned (a lower secret version, an unknown topic).
    """
    desired, unbooked = leave_unbooked(desired, live, applied, facts or NO_FACTS, today)
    seen = leave_unseen(desired, live, applied, today)
    desired, applied = seen.desired, seen.applied
    states = Grouped.of(desired.state, live.state, applied.state)
    demand_served(desired, states, capabilities)
    demand_together(desired, live)
    read = demand_proof(desired, live, states, options, capabilities)
    cases = Comparison(desired, live, applied, today, capabilities.renames, quiet or Quiet()).run(states)
    requests = Requests(desired, live, applied, facts, today).run(states)
    served, left_out = leave_out(cases.found + requests.cases, capabilities)
    findings = cases.findings + requests.findings + unbooked + explain(left_out, desired)
    if any(finding.is_error for finding in findings):
        raise DiagnosticsError(sort_diagnostics(findings))
    unsure = kept_by_name(desired.removals, applied.state)
    found = Sorting(desired, options, today, states.leaving_zones(), unsure).run(served)
    judged = judge_deletions(found.changes, found.unmanaged, desired, applied, today)
    changes = refuse_zones(refuse_deletions(judged.changes, left_out), capabilities)
    changes = refuse_private(changes, capabilities)
    changes = with_contents(changes, states)
    changes = refuse_beside_cnames(changes, cases.found, {*left_out, *(change.address for change in found.drift)})
    allowed = [change for change in changes if not change.refused]
    refusals = found.refusals + judged.refusals
    refusals += Guards(allowed, desired, states, applied, cases.of_kind("contact"), options).run()
    findings += still_used(allowed, cases.live)
    findings += still_mentioned(allowed, cases.live, desired)
    findings += check_authority(allowed, cases.live, desired, applied)
    ordered = Ordering(cases.live, admitting(allowed, live.caller)).run(allowed)
    sealing = Sealing(desired.config.account, live.origin_of, applied, desired.state, cases.live, states.live)
    batches = tuple(tuple(map(sealing.sealed, batch)) for batch in ordered)
    findings += judged.findings + _beside(options, found.not_chosen) + _ignored(found.ignored, desired)
    findings += _unasked(applied) + _spared(found.spared) + note_spent(desired, applied)
    findings += check_whitelist((c for batch in batches for c in batch), cases.of_kind("whitelist_entry"), live.caller)
    findings += [*explain_parts(batches, capabilities, states.live), *seen.findings]
    context = context_of(desired.config, live.origin, live.origins.values())
    return Plan(
        account=desired.config.account,
        origin=live.origin,
        origins=live.origins,
        batches=batches,
        seals=list_seals(desired.config.account, context, batches),
        refused=_by_address(change for change in changes if change.refused),
        drift=_by_address(found.drift),
        unmanaged=tuple(sorted(judged.unmanaged)),
        notes=tuple(sorted(found.notes, key=lambda note: note.address)),
        refusals=tuple(sorted(refusals, key=lambda refusal: (refusal.code, refusal.detail))),
        ids=cases.ids,
        findings=joined(desired.unsilenced(today), with_related(findings, desired.related)),
        read=read,
        record=f"record as of receipt {applied.number}" if applied.number else "nothing applied yet",
        unsealed=applied.unasked,
        options=options,
        asked=ours(desired, live, applied),
        demands=demands_of((change for batch in batches for change in batch), desired.config.policy),
        hands=seen.hands(change for batch in batches for change in batch),
    )


def _by_address(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: change.address))


def _beside(options: Options, count: int) -> list[Diagnostic]:
    """Return a finding where ``--only`` left out differences."""
    if not count:
        return []
    what = "1 difference" if count == 1 else f"{count} differences"
    detail = f"Left out: {what} outside {', '.join(options.only)}."
    return [diagnostic("only", detail, "Plan without `--only` to see them.")]


def _unasked(applied: Applied) -> list[Diagnostic]:
    """Return a finding where the record may have gone on without this clone knowing."""
    if not applied.unasked:
        return []
    detail = f"Planned over the record as of receipt {applied.number}, without a seal. {applied.unasked}"
    return [diagnostic("record-not-asked", detail, "Mend that and plan again.")]


def _ignored(addresses: Iterable[Address], desired: Desired) -> list[Diagnostic]:
    """Return a finding for each declared difference that a rule of the policy leaves alone."""
    remedy = "Take it out of the files, or narrow the rule under `policy: {ignore: [...]}`."
    return [
        diagnostic(
            "ignored",
            f"{address} is declared and differs, and a rule of the policy leaves it alone.",
            remedy,
            Severity.WARNING,
            address,
            desired.places.get(address),
        )
        for address in sorted(addresses)
    ]


def _spared(addresses: Iterable[Address]) -> list[Diagnostic]:
    """Return a finding for each unmanaged entry that isn't deleted, because it may be one that is to be kept."""
    detail = "Policy deletes what nobody declared, but {} may be what `removed:` keeps under a name of ours."
    return [
        diagnostic(
            "kept-unknown",
            detail.format(address),
            f"If it is kept, write `{address}: {{reason: TEXT, keep: true}}` in place of the name.",
            Severity.WARNING,
            address,
        )
        for address in sorted(addresses)
    ]
