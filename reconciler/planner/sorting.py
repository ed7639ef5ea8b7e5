"""What policy makes of each case: a change to carry out, drift that is held, what nobody declared, or only a note."""

from collections.abc import Iterable
from dataclasses import field, replace
from datetime import date

from reconciler.kinds import KINDS
from reconciler.model.account import IgnoreRule
from reconciler.model.address import Address, kind_of, matches
from reconciler.model.change import Action, Change, Origin
from reconciler.model.compare import Bookkeeping
from reconciler.model.late import dataclass
from reconciler.model.meta import NO_META
from reconciler.model.plan import Note, Options, Refusal
from reconciler.model.state import Desired
from reconciler.planner.case import APEX_NS, Case
from reconciler.planner.renames import refuse_taken, with_risk


@dataclass(slots=True)
class Sorted:
    """The cases, each in its place."""

    changes: list[Change] = field(default_factory=list)
    drift: list[Change] = field(default_factory=list)
    unmanaged: list[Address] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    not_chosen: int = 0
    ignored: list[Address] = field(default_factory=list)
    spared: list[Address] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sorting:
    """What decides where a case goes; ``leaving`` are the zones that leave git, ``unsure`` kinds of which nobody can
    tell which of their unmanaged entries ``removed:`` keeps.
    """

    desired: Desired
    options: Options
    today: date
    leaving: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()

    def run(self, cases: Iterable[Case]) -> Sorted:
        """Return the cases in their places; what policy ignores or ``--only`` doesn't choose is only told."""
        into, rules = Sorted(), tuple(r for r in self.desired.config.policy.ignore if r.holds(self.today))
        for case in cases:
            if is_ignored(case.address, rules) or (case.moved_from and is_ignored(case.moved_from, rules)):
                if case.verdict.action and case.address in self.desired.state:
                    into.ignored.append(case.address)
            elif self._is_chosen(case.address):
                self._sort(case, into)
            elif case.verdict.origin is not Origin.UNMANAGED:
                into.not_chosen += 1
        into.refusals += self._refused_drift(into.drift)
        return into

    def _is_chosen(self, address: Address) -> bool:
        """Tell whether ``--only`` lets an address in; the record sets of a zone that leaves git go with their zone."""
        if not self.options.only:
            return True
        kind, _, rest = address.partition("/")
        zone = f"zone/{rest.partition('/')[0]}"
        chosen = zone if kind == "record" and zone in self.leaving else address
        return any(matches(chosen, pattern) for pattern in self.options.only)

    def _sort(self, case: Case, into: Sorted) -> None:
        verdict = case.verdict
        if case.lost:
            self._sort_lost(case, into)
        elif case.taken:
            change, refusal = refuse_taken(self._change(case))
            into.changes.append(change)
            into.refusals.append(refusal)
        elif verdict.origin is Origin.UNMANAGED:
            self._sort_unmanaged(case, into)
        elif verdict.bookkeeping is Bookkeeping.DROP:
            into.notes.append(Note(case.address, Bookkeeping.DROP))
        elif verdict.bookkeeping:
            value = self.desired.state.get(case.address)
            into.notes.append(Note(case.address, verdict.bookkeeping, value, case.live_id))
        elif verdict.origin is Origin.DRIFT and not self._repairs_drift:
            into.drift.append(self._change(case))
            if case.moved_from:
                into.changes.append(self._change(case, Action.MOVE))
        else:
            into.changes.append(self._change(case))

    @property
    def _repairs_drift(self) -> bool:
        return self.options.include_drift or self.desired.config.policy.drift == "revert"

    def _sort_lost(self, case: Case, into: Sorted) -> None:
        """Refuse to create what may have been made anew by hand under another key, unless a person says so."""
        change = self._change(case)
        if case.address in self.options.override:
            into.changes.append(replace(change, origin=Origin.BOTH))
            return
        key = KINDS[kind_of(case.address)].natural_key
        refused = (
            f"The entry that was applied is gone from the account, and none has its {key}. Let the files say so with "
            f"`reconciler adopt {case.address}`, or say `--override {case.address}` to create it anew."
        )
        into.changes.append(replace(change, refused=refused))

    def _sort_unmanaged(self, case: Case, into: Sorted) -> None:
        """Do as policy says with what nobody declared; a fixed resource at its defaults is nothing to speak of."""
        kind = KINDS[kind_of(case.address)]
        if kind.fixed and kind.is_at_rest(case.address, case.before):
            return
        what = self.desired.config.policy.for_unmanaged(kind.name)
        if what == "ignore" or (what == "delete" and self._is_let_go(case.address)):
            return
        if what == "delete" and kind.name in self.unsure:
            into.spared.append(case.address)
        elif what == "delete" and not kind.fixed:
            into.changes.append(self._change(case, Action.DELETE))
            return
        into.unmanaged.append(case.address)
        if what == "refuse":
            detail = f"{case.address} is in the account and not in git, and policy refuses to go on."
            remedy = "Declare it, delete it by hand, or add a rule under `policy: {ignore: [...]}`."
            into.refusals.append(Refusal("unmanaged-refused", detail, remedy, (case.address,)))

    def _is_let_go(self, address: Address) -> bool:
        return any(removal.keep and matches(address, removal.pattern) for removal in self.desired.removals)

    def _refused_drift(self, drift: list[Change]) -> list[Refusal]:
        if not drift or self.desired.config.policy.drift != "refuse":
            return []
        addresses = tuple(sorted(change.address for change in drift))
        detail = f"Changed by hand, and policy refuses to go on: {', '.join(addresses)}."
        remedy = "Put it back with `--include-drift`, or keep it with `reconciler adopt --drift`."
        return [Refusal("drift-refused", detail, remedy, addresses)]

    def _change(self, case: Case, action: Action | None = None) -> Change:
        kind = KINDS[kind_of(case.address)]
        chosen = action or case.verdict.action or Action.UPDATE
        if chosen is Action.DELETE and case.address.endswith(APEX_NS):
            chosen = Action.FORGET  # the apex NS is managed only while it is declared, and a zone needs one
        change = Change(
            address=case.address,
            action=chosen,
            origin=Origin.ASKED if chosen in (Action.FORGET, Action.MOVE) else case.verdict.origin,
            before=case.before,
            after=case.after,
            applied=case.applied,
            risk=kind.risk(chosen, case.address, case.before, case.after),
            takes_over=case.verdict.takes_over,
            reason=self.desired.metas.get(case.address, NO_META).reason,
            span=self.desired.places.get(case.address),
            live_id=case.live_id,
            version=case.version,
            moved_from=case.moved_from,
            preset=self.desired.presets.get(case.address, ""),
            refused=case.refused,
            quote=case.quote,
        )
        return with_risk(change)


def is_ignored(address: Address, rules: Iterable[IgnoreRule]) -> bool:
    """Tell whether a rule of the policy leaves the address alone."""
    return any(matches(address, rule.match) for rule in rules)
