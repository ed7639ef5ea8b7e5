"""Which kinds live and record agree in, so that the record can tell what is live while the account says: no change.

The plan over such a kind is the same, whether what is live was read or taken from the record: it is empty, or else it
is made anew over what is read. Of some kinds more is looked at than what differs; they are always read.
"""

from collections.abc import Iterator, Mapping

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, live_id_address
from reconciler.model.fields import Value
from reconciler.model.groups import groups_of
from reconciler.model.kind import Kind
from reconciler.model.plan import Plan
from reconciler.model.state import Applied, Live
from reconciler.planner.groups import Group

#: Who may authorise, who is admitted, which passwords are set: asked also where nothing changes.
LOOKED_AT = frozenset({"contact", "whitelist_entry", "password"})


def agreeing(live: Live, applied: Applied) -> frozenset[str]:
    """Return the kinds with a mark whose live entries are those of the record, as far as it says what is in them."""
    there, recorded = groups_of(live.state), groups_of(applied.state)
    names = dict(_names(applied))
    return frozenset(
        name
        for name in live.marks.keys() - LOOKED_AT
        if _agree(KINDS[name], there.get(name, {}), recorded.get(name, {}), names, applied.salt)
    )


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


def is_elsewhere(plan: Plan) -> bool:
    """Tell whether a plan is about record sets alone, so that nothing of other kinds was looked into."""
    addresses = [change.address for change in (*plan.changes, *plan.refused, *plan.drift)]
    addresses += [note.address for note in plan.notes]
    return not plan.refusals and all(kind_of(address) == "record" for address in addresses)
