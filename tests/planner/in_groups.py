"""States as a warm plan has them: in groups that are made when somebody looks, equal ones with the same id."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from reconciler.cache import groups
from reconciler.model.address import Address, kind_of
from reconciler.model.fields import Value
from reconciler.model.groups import Group, Groups, T, groups_of
from reconciler.model.state import Applied, Desired, Live


def in_groups(state: Mapping[Address, Value]) -> Groups[Value]:
    """Return a state in groups of which nobody has looked into any; those of record sets have ids."""
    return Groups({name: lazy(group, _id(name, group)) for name, group in groups_of(state).items()})


def lazy(found: Mapping[Address, T], id: str = "") -> Group[T]:
    """Return a group that is made when somebody looks."""
    return Group(lambda: dict(found), len(found), id)


def grouped(desired: Desired, live: Live, applied: Applied) -> tuple[Desired, Live, Applied]:
    """Return all that a plan is made of in groups, as it comes from files, account and record that are known."""
    places = Groups({name: lazy(group) for name, group in groups_of(desired.places).items()})
    provenance = Groups({name: lazy(group) for name, group in groups_of(applied.provenance).items()})
    return (
        replace(desired, state=in_groups(desired.state), places=places),
        replace(live, state=in_groups(live.state)),
        replace(
            applied, state=in_groups(applied.state), provenance=provenance, protected=frozenset(applied.protections)
        ),
    )


def looked_into(*states: Mapping[Address, object]) -> set[str]:
    """Return the names of the groups that somebody has looked into."""
    every = [part for state in states for part in groups_of(state).items()]
    return {name for name, group in every if isinstance(group, Group) and group.is_loaded}


def _id(name: str, group: Mapping[Address, Value]) -> str:
    return sha256(groups.encode(group)).hexdigest() if kind_of(name) == "record" else ""
