"""Our plan beside octoDNS's: both are compared by what each would leave in the account, record set by record set."""

from reconciler.kinds.record import RecordValue
from reconciler.model.address import Address, decode_part, kind_of, matches
from reconciler.model.change import Action, Change, Origin
from reconciler.model.findings import of_codes
from reconciler.model.plan import Plan
from reconciler.model.shadow import Disagreement, Shadow, Sort, TheirPlan, Theirs

_NOT_THERE = "octoDNS's configuration doesn't have the zone."
_NOT_OURS = "Our zone folder doesn't have the zone."
_UNMANAGED = "Nobody declared it: policy decides; octoDNS deletes whatever its files don't have."
_LEFT_OUT = "Our provider doesn't serve its type or its options; it is left out of our plan."
_SPELLING = "octoDNS's files spell it otherwise (a target without its last dot, letter case); it means what is there."
#: Why the other side would do nothing, by what the one would do.
_THEY_DO_NOT = {
    Action.CREATE: "octoDNS's files don't have it.",
    Action.UPDATE: "For octoDNS, what is there is what its files say.",
    Action.DELETE: "octoDNS's files have it, as it is there.",
}
_WE_DO_NOT = {
    Action.CREATE: "Our files don't have it.",
    Action.UPDATE: "For us, what is there is what our files say.",
    Action.DELETE: "Our files have it, as it is there.",
}


def compare(plan: Plan, theirs: TheirPlan, zones: frozenset[str]) -> Shadow:
    """Return where two plans disagree; ``zones`` are those that our files declare.

    What is held as drift counts as ours: it is what git asks for, too. Of a zone that octoDNS can't plan only that is
    told.
    """
    return _Comparison(plan, theirs, zones).run()


class _Comparison:
    """Compares one plan of ours with one of octoDNS's."""

    def __init__(self, plan: Plan, theirs: TheirPlan, zones: frozenset[str]) -> None:
        self._plan = plan
        self._theirs = theirs
        self._zones = zones
        self._ours = {
            c.address: c for c in (*plan.refused, *plan.drift, *plan.changes) if kind_of(c.address) == "record"
        }
        self._unplanned = theirs.refused.keys() - set(map(_zone, theirs.changes))

    def run(self) -> Shadow:
        refused = ((zone, why) for zone, why in sorted(self._theirs.refused.items()) if zone in self._zones)
        found = [Disagreement(f"zone/{zone}", Sort.REFUSED, why) for zone, why in refused]
        agreed, remarks = 0, {}
        for address in filter(self._is_wanted, sorted({*self._ours, *self._theirs.changes})):
            ours, theirs = self._ours.get(address), self._theirs.changes.get(address)
            if ours is None or theirs is None or theirs.problem or ours.after != theirs.after:
                found.append(self._disagreement(address, ours, theirs))
                continue
            agreed += 1
            if remark := self._remark(ours):
                remarks[address] = remark
        return Shadow(agreed, tuple(found), remarks)

    def _is_wanted(self, address: Address) -> bool:
        only = self._plan.options.only
        chosen = not only or any(matches(address, glob) for glob in only)
        return chosen and _zone(address) not in self._unplanned

    def _disagreement(self, address: Address, ours: Change | None, theirs: Theirs | None) -> Disagreement:
        if ours is None:
            return self._only_theirs(address, self._theirs.changes[address])
        remark = self._remark(ours)
        if theirs is not None:
            return Disagreement(address, _differing(ours, theirs), theirs.problem or remark, ours, theirs)
        why = remark or _THEY_DO_NOT.get(ours.action, "") if _zone(address) in self._theirs.zones else _NOT_THERE
        return Disagreement(address, Sort.ONLY_OURS, why, ours)

    def _only_theirs(self, address: Address, theirs: Theirs) -> Disagreement:
        sort = Sort.ONLY_THEIRS
        if address in self._found("type-not-served"):
            sort, why = Sort.NOT_SERVED, _LEFT_OUT
        elif address in self._plan.unmanaged:
            why = _UNMANAGED
        elif theirs.is_spelling:
            why = _SPELLING
        elif address in self._found("ignored"):
            why = "A rule of our policy leaves it alone."
        else:
            why = _WE_DO_NOT[theirs.action] if _zone(address) in self._zones else _NOT_OURS
        return Disagreement(address, sort, theirs.problem or why, None, theirs)

    def _remark(self, ours: Change) -> str:
        """Return what is particular about a change of ours, if anything."""
        if ours.refused:
            return f"Refused here: {ours.refused}"
        if ours in self._plan.drift:
            return "Drift: changed by hand, held here until somebody asks for its repair."
        if ours.origin is Origin.BOTH:
            return "Changed in git and by hand: needs its own approval here."
        if ours.origin is Origin.UNMANAGED and ours.action is Action.DELETE:
            return "Nobody declared it, and policy deletes it."
        return "Takes over what was there." if ours.takes_over else ""

    def _found(self, code: str) -> set[Address | None]:
        return {finding.address for finding in of_codes(self._plan.findings, (code,))}


def _zone(address: Address) -> str:
    return decode_part(address.split("/")[1])


def _differing(ours: Change, theirs: Theirs) -> Sort:
    one, two = ours.after, theirs.after
    same = isinstance(one, RecordValue) and isinstance(two, RecordValue) and one._replace(ttl=two.ttl) == two
    return Sort.TTL if same else Sort.VALUES
