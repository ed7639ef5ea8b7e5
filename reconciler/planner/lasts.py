"""Guards over what an account mustn't be without: a zone's MX and NS, and somebody who may authorise."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from reconciler.kinds import KINDS
from reconciler.model.address import Address, group_of, kind_of
from reconciler.model.change import Action, Change
from reconciler.model.fields import Fields, Value
from reconciler.model.plan import Options, Refusal
from reconciler.planner.groups import Group, Grouped

_TYPES = ("/MX", "/NS")


def lasts_of_zones(changes: Iterable[Change], states: Grouped, help: str) -> Iterator[Refusal]:
    """Yield a refusal for each zone that would lose its last MX or NS record set."""
    deletions = [c for c in changes if c.action is Action.DELETE and c.address.endswith(_TYPES)]
    gone = {change.address for change in deletions if kind_of(change.address) == "record"}
    suspects = sorted({(group_of(c.address), c.address[-3:]) for c in deletions if not c.approved_in_git})
    for group, rtype in suspects:
        there = chain(states.live.get(group, ()), states.desired.get(group, ()))
        if not any(address.endswith(rtype) and address not in gone for address in there):
            listed = tuple(sorted(a for a in gone if group_of(a) == group and a.endswith(rtype)))
            zone = group.removeprefix("record/")
            yield Refusal("last-of-zone", f"The zone {zone} would lose its last {rtype[1:]} record set.", help, listed)


def last_authority(changes: Iterable[Change], live: Group, options: Options) -> Iterator[Refusal]:
    """Yield a refusal when no internal contact who may authorise would be left, and one was there.

    What ``removed:`` or ``--override`` names was meant. ``live`` are the live contacts under our addresses.
    """
    of_contacts = [change for change in changes if kind_of(change.address) == "contact"]
    meant = {c.address for c in of_contacts if c.approved_in_git or c.address in options.override}
    before, after = who_may(live), after_changes(of_contacts, live)
    if before - meant and not who_may({a: value for a, value in after.items() if value is not None}):
        yield Refusal(
            "last-authority",
            "No internal contact who may authorise would be left.",
            "Give another internal contact `may: [authorise]`, or name the contact under `removed:`"
            " or with `--override ADDRESS`.",
            tuple(sorted(before)),
        )


def who_may(contacts: Mapping[Address, Value]) -> set[Address]:
    """Return the contacts who are internal and may authorise."""
    if not contacts:
        return set()
    from reconciler.kinds.contact import may_authorise

    return {address for address, value in contacts.items() if may_authorise(value)}


def after_changes(changes: Iterable[Change], live: Group) -> dict[Address, Value | None]:
    """Return the contacts as they will be, None for those that go; ``live`` are those that there are."""
    of_contacts = [change for change in changes if kind_of(change.address) == "contact"]
    return {**live, **{change.address: later_value(change, live.get(change.address)) for change in of_contacts}}


def later_value(change: Change, live: Value | None) -> Value | None:
    """Return a whole entry as it will be, or None where it goes; a new one has its kind's defaults."""
    if change.action is Action.DELETE:
        return None
    if not isinstance(change.after, Fields) or not change.action.writes:
        return live
    known = live if isinstance(live, Fields) else Fields.of(KINDS[kind_of(change.address)].defaults)
    return known.replaced(**dict(change.after))
