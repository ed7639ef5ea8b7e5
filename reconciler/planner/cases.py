"""Cases: each address at which D, L and A don't already agree, with its row of the table in ``model.compare``.

Only this step looks at every address of a group, and of groups that aren't known to be equal in all three states (of
record sets, only at those that aren't); all later steps see only what it finds.
"""

from collections.abc import Iterator
from dataclasses import field
from datetime import date

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, live_id_address
from reconciler.model.change import Action, Origin
from reconciler.model.compare import ADVANCE, Verdict, compare
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.errors import IncompleteReadError
from reconciler.model.fields import Value
from reconciler.model.kind import Kind
from reconciler.model.late import dataclass
from reconciler.model.state import Applied, Desired, Live
from reconciler.planner.case import Case, is_never_ours
from reconciler.planner.codes import diagnostic
from reconciler.planner.groups import Group, Grouped
from reconciler.planner.ownership import Ownership, assign
from reconciler.planner.project import Comparable, Projection
from reconciler.planner.quiet import Quiet
from reconciler.planner.renames import Renames, with_rename

_MOVE = Verdict(Action.MOVE, Origin.ASKED)


@dataclass(slots=True)
class Cases:
    """All cases, what is to be said about them, and the live values of kinds with fields under our addresses.

    ``ids`` are the account's own ids of its entries, by our addresses.
    """

    found: list[Case] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    live: dict[Address, Value] = field(default_factory=dict)
    ids: dict[Address, str] = field(default_factory=dict)

    @property
    def names(self) -> dict[Address, Address]:
        """Our address of each entry that the account reports under an id of its own."""
        return {live_id_address(kind_of(address), live_id): address for address, live_id in self.ids.items()}

    def of_kind(self, kind: str) -> Group:
        """Return the live values of one kind under our addresses."""
        return {address: value for address, value in self.live.items() if kind_of(address) == kind}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the states are compared by.

    ``renames`` are the kinds whose entries the account can rename, ``quiet`` knows the groups of record sets in which
    there is nothing to do.
    """

    desired: Desired
    live: Live
    applied: Applied
    today: date
    renames: frozenset[str] = frozenset()
    quiet: Quiet = field(default_factory=Quiet)

    def run(self, states: Grouped) -> Cases:
        """Return every case; raises ``IncompleteReadError`` for a fixed resource that isn't live."""
        cases = Cases()
        skipped = {f"record/{zone}" for zone in states.unmanaged_zones()}
        # Kinds with ids of the account's own come first: where others refer to them, our name must be known.
        for group in sorted(states.names(), key=lambda name: KINDS[kind_of(name)].natural_key is None):
            if group in skipped or KINDS[kind_of(group)].is_request or self._agree(states, group):
                continue
            before = len(cases.found), len(cases.findings)
            self._compare(KINDS[kind_of(group)], *states.states(group), cases)
            if kind_of(group) == "record" and (len(cases.found), len(cases.findings)) == before:
                self.quiet.learn(states, group)
        cases.found += self._protections({case.address for case in cases.found})
        return cases

    def _agree(self, states: Grouped, group: str) -> bool:
        return states.agree(group) or self.quiet.knows(states, group)

    def _compare(self, kind: Kind, desired: Group, live: Group, applied: Group, cases: Cases) -> None:
        if not (desired or live or applied):
            return
        if (names := cases.names) and kind.name != "record":
            live = {address: kind.renamed(value, names) for address, value in live.items()}
        renames = Renames(self.desired.renamings, self.renames)
        renamed = renames.of(kind, live, applied)
        cases.findings += renames.findings(kind, live, applied)
        owned = assign(kind, desired, live, applied, self.applied, renamed)
        cases.ids |= owned.ids
        if kind.fixed:
            cases.findings += self._demand_fixed(kind, desired, owned.live)
        if kind.name != "record":
            cases.live |= owned.live
        found = Projection(kind, self.desired, self.applied.salt, self.today).run(desired, owned.live, owned.applied)
        cases.findings += found.findings
        listed = dict(compare(found.desired, found.live, found.applied, kind.fixed))
        for address in self._beside(desired, found, owned, listed):
            listed[address] = _MOVE if address in owned.moves else ADVANCE
        listed |= {address: with_rename(listed[address]) for address in renamed if not kind.natural_key}
        taken = frozenset(new for new, old in renamed.items() if new in live and old in live)
        made = (self._case(kind, address, verdict, found, owned, taken) for address, verdict in listed.items())
        cases.found += [case for case in made if not is_never_ours(case)]

    def _beside(
        self, desired: Group, found: Comparable, owned: Ownership, listed: dict[Address, Verdict]
    ) -> Iterator[Address]:
        """Yield what agrees in all fields, but moved, or has another id or other fields than the record knows."""
        provenance = self.applied.provenance
        reborn = {
            a for a, i in owned.ids.items() if a in owned.applied and a in provenance and provenance[a].live_id != i
        }
        for address in sorted(found.stale | reborn | owned.moves.keys()):
            if address in desired and (address not in listed or listed[address] == ADVANCE):
                yield address

    def _case(
        self,
        kind: Kind,
        address: Address,
        verdict: Verdict,
        found: Comparable,
        owned: Ownership,
        taken: frozenset[Address],
    ) -> Case:
        live_id = owned.ids.get(address)
        entry = live_id_address(kind.name, live_id) if live_id else owned.moves.get(address, address)
        return Case(
            address,
            verdict,
            found.before.get(address),
            found.after.get(address),
            found.applied.get(address),
            live_id,
            self.live.versions.get(entry),
            owned.moves.get(address),
            address in owned.lost,
            address in taken,
        )

    def _demand_fixed(self, kind: Kind, desired: Group, live: Group) -> list[Diagnostic]:
        """Return errors for topics that the account doesn't have; what else is missing was not read completely."""
        absent = sorted(desired.keys() - live.keys())
        if kind.name != "notification" or not self.live.topics:
            if absent:
                raise IncompleteReadError(
                    f"The account doesn't report {', '.join(absent)}.",
                    "It always has such resources, so the read isn't complete. Try again.",
                )
            return []
        return [
            diagnostic(
                "unknown-topic",
                f"The account has no topic {kind.keys(address)[0]}.",
                f"Its topics are {', '.join(sorted(self.live.topics))}.",
                Severity.ERROR,
                address,
                self.desired.places.get(address),
            )
            for address in absent
        ]

    def _protections(self, listed: set[Address]) -> Iterator[Case]:
        """Yield what agrees, but whose protection the record doesn't know as it is declared now."""
        told, known = self.desired.metas, self.applied.provenance
        addresses = self.applied.protections ^ {address for address, meta in told.items() if meta.protect}
        for address in sorted(addresses - listed):
            if address in known and address in self.desired.state:
                yield Case(address, ADVANCE, None, None, None, live_id=known[address].live_id)
