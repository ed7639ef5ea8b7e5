"""Which kinds live and record agree in, so that the record can tell what is live while the account says: no change.

The plan over such a kind is the same, whether what is live was read or taken from the record: it is empty, or else it
is made anew over what is read. Of some kinds more is looked at than what differs, which must be known, too.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, live_id_address
from reconciler.model.fields import Fields, Value
from reconciler.model.groups import groups_of, of_kinds
from reconciler.model.kind import Kind
from reconciler.model.plan import Plan
from reconciler.model.state import Applied, Desired, Live
from reconciler.planner.groups import Group

#: The fields of some kinds that are looked at also where nothing changes: who may authorise, which passwords are set.
#: None of them is private.
LOOKED_AT = {"contact": frozenset({"may", "scope"}), "password": frozenset({"is_set"})}
_NONE: frozenset[str] = frozenset()
#: Of each kind what the record doesn't say of its live entries, though it is looked at.
Agreeing: TypeAlias = dict[str, dict[Address, Fields]]


def agreeing(live: Live, applied: Applied) -> Agreeing:
    """Return the kinds with a mark whose live entries are those of the record, as far as it says what is in them."""
    there, recorded = groups_of(live.state), groups_of(applied.state)
    names, found = dict(_names(applied)), Agreeing()
    for name in live.marks:
        entries = there.get(name, {})
        if _agree(KINDS[name], entries, recorded.get(name, {}), names, applied.salt):
            found[name] = dict(_unsaid(KINDS[name], entries, recorded.get(name, {}), names))
    return found


def _names(applied: Applied) -> Iterator[tuple[Address, Address]]:
    """Yield what the account calls each entry to which it gave an id, and our address of it."""
    for name, group in groups_of(applied.provenance).items():
        if KINDS[kind_of(name)].natural_key:
            yield from ((live_id_address(name, known.live_id), a) for a, known in group.items() if known.live_id)


def _agree(kind: Kind, live: Group, recorded: Group, names: Mapping[Address, Address], salt: str) -> bool:
    if len(live) != len(recorded):
        return False
    ours = {names.get(address, address): kind.renamed(value, names) for address, value in live.items()}
    return ours.keys() == recorded.keys() and all(
        _is_as_recorded(kind, ours[address], value, salt) for address, value in recorded.items()
    )


def _is_as_recorded(kind: Kind, live: Value, recorded: Value, salt: str) -> bool:
    seen = kind.project(kind.with_versions(live, recorded), kind.field_names(recorded))
    return kind.sealed(seen, salt) == recorded


def _unsaid(
    kind: Kind, live: Group, recorded: Group, names: Mapping[Address, Address]
) -> Iterator[tuple[Address, Fields]]:
    wanted = LOOKED_AT.get(kind.name, _NONE)
    for address, value in live.items() if wanted else ():
        more = kind.project(value, wanted - kind.field_names(recorded[names.get(address, address)]))
        if isinstance(more, Fields) and more:
            yield address, more


def as_declared(desired: Desired, applied: Applied) -> bool:
    """Tell whether what is declared beside record sets is what was applied, so that nothing of it will be changed."""
    wanted = of_kinds(desired.state, KINDS.keys() - {"record"})
    known = of_kinds(applied.state, KINDS.keys() - {"record"})
    return wanted.keys() == known.keys() and all(
        KINDS[kind_of(address)].sealed(value, applied.salt) == known[address] for address, value in wanted.items()
    )


def is_elsewhere(plan: Plan) -> bool:
    """Tell whether a plan is about record sets alone, so that nothing of other kinds was looked into."""
    addresses = [change.address for change in (*plan.changes, *plan.refused, *plan.drift)]
    addresses += [note.address for note in plan.notes]
    return not plan.refusals and all(kind_of(address) == "record" for address in addresses)
