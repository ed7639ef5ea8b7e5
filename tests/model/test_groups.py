"""Mappings in groups: they are mappings, and of what nobody needs nothing is made."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.address import matches
from reconciler.model.groups import (
    Group,
    Groups,
    Overlaid,
    covered,
    differing,
    groups_of,
    of_kind,
    of_kinds,
    opened,
    without,
)

FOUND = {
    "billing": 1,
    "mailbox/a@example.org": 2,
    "mailbox/b@example.org": 3,
    "record/example.org/@/A": 4,
    "record/example.org/www/A": 5,
    "record/example.net/www/A": 6,
    "zone/example.org": 7,
}
addresses = st.sampled_from(sorted(FOUND))
globs = st.sampled_from(
    ["billing", "mailbox/*", "mailbox/a*", "record/*/www/A", "record/example.*/*/*", "record/*/*", "*/*", "*", "zone/*"]
)


def lazy() -> Groups[int]:
    """Return the groups of ``FOUND``, none of them made yet."""
    return Groups({name: Group(partial(dict, group), len(group)) for name, group in groups_of(FOUND).items()})


def made(found: Groups[int]) -> set[str]:
    """Return the names of the groups that were made."""
    return {name for name, group in found.groups.items() if isinstance(group, Group) and group.is_loaded}


def test_they_are_a_mapping() -> None:
    """Groups are equal to the mapping that they were divided from, and know how many there are without a look."""
    assert dict(lazy()) == FOUND
    assert len(lazy()) == len(FOUND)
    assert "record/example.org/www/MX" not in lazy()
    assert "contact/erika" not in lazy()


@given(globs)
def test_a_glob_covers_what_it_covers(pattern: str) -> None:
    """In groups as in a plain mapping."""
    told = sorted(address for address in FOUND if matches(address, pattern))
    assert sorted(covered(lazy(), pattern)) == sorted(covered(FOUND, pattern)) == told


@given(st.lists(addresses, unique=True))
def test_without_some(gone: list[str]) -> None:
    """What is left is what was there, without these; no group that is left is empty."""
    left = without(lazy(), gone)
    assert dict(left) == dict(without(FOUND, gone)) == {a: n for a, n in FOUND.items() if a not in gone}
    assert all(len(group) for group in groups_of(left).values())


@given(st.dictionaries(addresses, st.integers(0, 2)), st.dictionaries(addresses, st.integers(0, 2)))
def test_what_differs_is_found(one: dict[str, int], other: dict[str, int]) -> None:
    """Each address at which two mappings don't have the same, whichever of them lacks it."""
    unlike = {address for address in one.keys() | other.keys() if one.get(address) != other.get(address)}
    assert differing(one, other) == differing(Group.of(one), other) == unlike
    assert differing(Group.of(one), Group.of(other)) == unlike


@given(
    st.dictionaries(addresses, st.integers(0, 2)),
    st.lists(st.dictionaries(addresses, st.none() | st.integers(0, 2)), min_size=1, max_size=3),
    st.dictionaries(addresses, st.integers(0, 2)),
)
def test_what_is_laid_over_a_group_is_a_mapping(
    base: dict[str, int], layers: list[dict[str, int | None]], other: dict[str, int]
) -> None:
    """It has what the plain mapping with the same changes has, and differs from others where that differs."""
    plain, laid = dict[str, int | None](base), dict(base) if len(layers) % 2 else Group.of(base)
    for changes in layers:
        plain |= changes
        laid = Overlaid(laid, changes)
    there = {address: value for address, value in plain.items() if value is not None}
    assert dict(laid) == there
    assert len(laid) == len(there)
    assert {address for address in FOUND if address in laid} == there.keys()
    unlike = {address for address in FOUND if there.get(address) != other.get(address)}
    assert differing(laid, other) == differing(other, laid) == differing(Group.of(other), Group.of(laid)) == unlike
    assert differing(laid, Overlaid(base, {})) == {a for a in FOUND if there.get(a) != base.get(a)}


def test_where_groups_are_known_to_differ_is_not_looked_for() -> None:
    """Equal ids say that nothing does, and what is near another group says where it does."""
    kept, again = lazy().groups["zone"], lazy().groups["zone"]
    one, same = Group(partial(dict, kept), 1, "a"), Group(partial(dict, again), 1, "a")
    near = Group.of({"zone/example.net": 8}, "b", ("a", {"zone/example.org", "zone/example.net"}))
    assert differing(one, same) == set()
    assert differing(one, near) == differing(near, same) == {"zone/example.org", "zone/example.net"}
    assert not (one.is_loaded or same.is_loaded)


def test_where_groups_differ_is_looked_for_once() -> None:
    """What is desired is compared with what was applied by the plan, by who asks for its causes, and by the record."""
    one, other = Group.of({"zone/a": 1, "zone/b": 2}, "a"), Group.of({"zone/a": 1, "zone/b": 3}, "b")
    found = differing(one, other)
    assert one.near == ("b", {"zone/b"})
    found.clear()
    assert differing(one, other) == differing(other, one) == {"zone/b"}
    nameless = Group.of({"zone/a": 1})
    assert differing(one, nameless) == {"zone/b"}
    assert (one.near[0], nameless.near) == ("b", None)


def test_only_what_is_asked_for_is_made() -> None:
    """A kind, a glob and an address that goes open their own groups only."""
    found = lazy()
    assert list(covered(found, "record/example.org/*/A"))
    assert list(of_kind(found, "zone"))
    assert len(without(found, ["billing"])) == len(FOUND) - 1
    assert len(of_kinds(found, ["mailbox", "record"])) == 5
    assert made(found) == {"record/example.org", "zone", "billing"}


def test_a_group_opened_is_what_it_was_made_of() -> None:
    """Nothing is copied."""
    inside = {"billing": 1}
    assert opened(Group(lambda: inside, 1)) is inside
    assert opened(inside) is inside
