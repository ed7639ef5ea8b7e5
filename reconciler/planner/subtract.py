"""Comparing the three states kind by kind, and what policy makes of each difference."""

from dataclasses import dataclass, field, replace
from typing import TypeAlias

from reconciler.kinds import KINDS
from reconciler.model.account import Policy
from reconciler.model.address import Address, kind_of, matches
from reconciler.model.change import Action, Change, Origin
from reconciler.model.compare import Verdict, compare
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fields import Value
from reconciler.model.kind import Kind
from reconciler.model.plan import Note, Options, Refusal
from reconciler.model.state import Applied, Desired, State
from reconciler.planner.left_out import LeftOut
from reconciler.planner.ownership import Ownership
from reconciler.planner.project import Comparable, Facts, project_kind

_States: TypeAlias = dict[Address, Value]


@dataclass(slots=True)
class Found:
    """What comparing finds, before deletions are judged and guards are asked."""

    changes: list[Change] = field(default_factory=list)
    drift: list[Change] = field(default_factory=list)
    unmanaged: list[Address] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Subtraction:
    """The three states and what decides about their differences."""

    desired: Desired
    owned: Ownership
    applied: Applied
    left_out: LeftOut
    options: Options
    facts: Facts

    def run(self) -> Found:
        """Return all differences."""
        found = Found(findings=list(self.left_out.findings))
        states = (self.desired.state, self.owned.live, self.applied.state)
        d, live, a = (_by_kind(self._in_scope(state)) for state in states)
        for name, kind in KINDS.items():
            of_kind = (d.get(name, {}), live.get(name, {}), a.get(name, {}))
            if any(of_kind):
                self._subtract(kind, self._comparable(kind, *of_kind), found)
        found.changes += self._moves()
        return found

    def _in_scope(self, state: State) -> State:
        """Return the state without what policy ignores, ``--only`` leaves out and the account can't hold."""
        ignored = tuple(rule.match for rule in self.desired.config.policy.ignore)
        only, skipped = self.options.only, self.left_out.addresses
        if ignored or only:
            return {
                address: value
                for address, value in state.items()
                if address not in skipped
                and not any(matches(address, pattern) for pattern in ignored)
                and (not only or any(matches(address, pattern) for pattern in only))
            }
        return {address: value for address, value in state.items() if address not in skipped} if skipped else state

    def _comparable(self, kind: Kind, d: _States, live: _States, a: _States) -> Comparable:
        if kind.name == "record":
            # Record sets are owned whole and public: there is nothing to project and nothing to seal.
            return Comparable(d, live, a, after=d, before=live)
        return project_kind(kind, d, live, a, self.facts)

    def _subtract(self, kind: Kind, states: Comparable, found: Found) -> None:
        found.findings += states.findings
        found.refusals += states.refusals
        lost_or_moved = self.owned.lost | self.owned.moves.keys() | set(self.owned.moves.values())
        for address, verdict in compare(states.desired, states.live, states.applied, kind.fixed):
            if address in lost_or_moved:
                continue
            if verdict.origin is Origin.UNMANAGED:
                self._unmanaged(kind, address, states, found)
            elif verdict.bookkeeping:
                note = Note(address, verdict.bookkeeping, states.after.get(address), self.owned.ids.get(address))
                found.notes.append(note)
            else:
                self._differing(kind, address, verdict, states, found)
        found.changes += [self._lost(a, states) for a in sorted(self.owned.lost) if kind_of(a) == kind.name]

    def _differing(self, kind: Kind, address: Address, verdict: Verdict, states: Comparable, found: Found) -> None:
        change = self._change(kind, address, verdict, states)
        policy = self.desired.config.policy.drift
        if verdict.origin is not Origin.DRIFT or self.options.include_drift or policy == "revert":
            found.changes.append(change)
            return
        found.drift.append(change)
        if policy == "refuse":
            found.refusals.append(
                Refusal(
                    "drift",
                    f"{address} was changed by hand, and policy refuses to go on.",
                    "Put it back with `--include-drift`, or write what is live into the files.",
                    (address,),
                )
            )

    def _change(self, kind: Kind, address: Address, verdict: Verdict, states: Comparable) -> Change:
        before, after = states.before.get(address), states.after.get(address)
        action = verdict.action or Action.UPDATE
        meta = self.desired.metas.get(address)
        return Change(
            address=address,
            action=action,
            origin=verdict.origin,
            before=before,
            after=after,
            applied=states.applied.get(address),
            risk=kind.risk(action, address, before, after),
            takes_over=verdict.takes_over,
            reason=meta.reason if meta else "",
            span=self.desired.places.get(address),
            live_id=self.owned.ids.get(address),
            version=self.owned.versions.get(address),
        )

    def _unmanaged(self, kind: Kind, address: Address, states: Comparable, found: Found) -> None:
        """Do as policy says with a live resource that nobody declared."""
        if _is_servers_own(address):
            return
        match self._policy.for_unmanaged(kind.name):
            case "report":
                found.unmanaged.append(address)
            case "delete" if not kind.fixed:
                verdict = Verdict(Action.DELETE, Origin.UNMANAGED)
                found.changes.append(self._change(kind, address, verdict, states))
            case "refuse" if not kind.fixed:
                found.refusals.append(
                    Refusal(
                        "unmanaged",
                        f"{address} is in the account and not in git, and policy refuses to go on.",
                        "Declare it, delete it by hand, or add a rule under `policy: {ignore: [...]}`.",
                        (address,),
                    )
                )

    @property
    def _policy(self) -> Policy:
        return self.desired.config.policy

    def _lost(self, address: Address, states: Comparable) -> Change:
        change = self._change(KINDS[kind_of(address)], address, Verdict(Action.CREATE, Origin.BOTH), states)
        return _refuse(
            change,
            "The entry that was applied is gone from the account, and nothing there resembles it. Take it out of the"
            " files and apply; then declare it again to create it anew.",
        )

    def _moves(self) -> list[Change]:
        """Return the addresses that take over the entry of one that left git, without a live write."""
        return [
            Change(
                address,
                Action.MOVE,
                Origin.ASKED,
                before=self.owned.live.get(address),
                after=self.desired.state[address],
                span=self.desired.places.get(address),
                live_id=self.owned.ids.get(address),
                moved_from=old,
            )
            for address, old in sorted(self.owned.moves.items())
        ]


def _refuse(change: Change, why: str) -> Change:
    return replace(change, refused=why)


def _is_servers_own(address: Address) -> bool:
    """Tell whether an undeclared record set is what the account keeps by itself: SOA and NS at the apex."""
    return address.startswith("record/") and address.endswith(("/@/SOA", "/@/NS"))


def _by_kind(state: State) -> dict[str, _States]:
    found: dict[str, _States] = {}
    for address, value in state.items():
        kind = address.partition("/")[0]
        if kind not in found:
            found[kind] = {}
        found[kind][address] = value
    return found
