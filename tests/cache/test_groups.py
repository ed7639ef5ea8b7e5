"""Record sets as bytes: whatever they hold comes back, and equal ones are equal bytes, and one group."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cache.cache import Cache
from reconciler.cache.groups import Columns, encode
from reconciler.kinds.record import RecordValue
from reconciler.model.errors import CacheLostError
from reconciler.model.fields import Fields
from reconciler.model.groups import Group, differing

_TYPES = st.sampled_from(("A", "TXT", "Route53Provider/ALIAS", "TYPE65280"))
_TEXTS = st.text(max_size=8) | st.just("\udcff")
_VALUES = st.lists(st.binary(max_size=8) | _TEXTS, max_size=3).map(tuple)
_RECORDS = st.builds(RecordValue, _TYPES, st.integers(0, 2**31 - 1), _VALUES, st.none() | _TEXTS)
_NAMES = st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=12)
_ADDRESSES = _NAMES.map("record/example.org/{}/A".format)
_GROUPS = st.dictionaries(_ADDRESSES, _RECORDS, max_size=6)


@given(_GROUPS)
def test_what_is_kept_comes_back(group: dict[str, RecordValue]) -> None:
    """Every type, text and octet of it, however odd, as the same sorts of values."""
    found = Columns(encode(group))
    assert found == dict(found) == dict(found.items()) == group
    assert len(found) == len(group) and "record/example.org/a" not in found
    assert all(type(value) is RecordValue and type(value.values) is tuple for value in found.values())


@given(_GROUPS, _GROUPS, st.data())
def test_what_differs_is_found_in_columns_as_in_values(
    one: dict[str, RecordValue], other: dict[str, RecordValue], data: st.DataObject
) -> None:
    """Whichever of two groups is kept in columns, and where they have the same addresses, or neither all of them."""
    other |= {a: data.draw(st.sampled_from((value, other.get(a, value)))) for a, value in one.items()}
    for address in data.draw(st.sets(st.sampled_from(sorted(one)))) if one else ():
        del other[address]
    unlike = {address for address in one.keys() | other.keys() if one.get(address) != other.get(address)}
    for this, that in ((one, other), (other, one)):
        columns = Columns(encode(this))
        assert differing(this, that) == differing(columns, that) == differing(that, columns) == unlike
        assert differing(columns, Columns(encode(that))) == unlike
        assert differing(columns, this) == set()


@given(_GROUPS, _GROUPS, st.sets(_ADDRESSES))
def test_a_changed_group_is_the_same_bytes_as_one_made_anew(
    old: dict[str, RecordValue], new: dict[str, RecordValue], gone: set[str]
) -> None:
    """What came, went or is another one at some addresses is changed in columns."""
    group = {address: value for address, value in (old | new).items() if address not in gone}
    unlike = differing(old, group)
    assert Columns(encode(old)).changed(group, unlike) == encode(group)
    assert Columns(encode(old)).changed(group, unlike | old.keys()) == encode(group)


@given(_GROUPS)
def test_equal_groups_are_equal_bytes(group: dict[str, RecordValue]) -> None:
    """In whatever order they were made, and also as a group that is made later."""
    backwards = dict(reversed(group.items()))
    assert encode(backwards) == encode(group) == encode(Group(lambda: backwards, len(group)))


def test_more_types_and_ttls_than_an_octet_tells_apart_come_back() -> None:
    """As in a zone that somebody made to try us."""
    group = {f"record/example.org/n/TYPE{n}": RecordValue(f"TYPE{n}", n, (b"",)) for n in range(1000)}
    assert Columns(encode(group)) == group


def test_only_record_sets_are_kept() -> None:
    """Nothing else is public as the DNS is."""
    with pytest.raises(TypeError):
        encode({"contact/a": Fields()})


def test_equal_record_sets_are_one_group(tmp_path: Path) -> None:
    """What is desired, live and applied of a zone is encoded and kept in memory once."""
    one = {"record/example.org/www/A": RecordValue("A", 300, (b"\xc0\x00\x02\x01",))}
    other = {"record/example.org/www/A": RecordValue("A", 300, (b"\xc0\x00\x02\x02",))}
    cache = Cache(tmp_path)
    kept = cache.keep_group(dict(one))
    assert cache.keep_group(dict(one)) is kept
    assert cache.keep_group(Group.of(dict(one))) is kept
    assert cache.keep_group(other).found == other
    assert cache.keep_group(other).id != kept.id


def test_what_an_earlier_run_kept_and_this_one_reads_is_one_group(tmp_path: Path) -> None:
    """Equal record sets are the group that was kept, made once; what differs little says where it differs."""
    old = {f"record/example.org/n{n}/A": RecordValue("A", 300, (bytes(4),)) for n in range(300)}
    new = old | {"record/example.org/n7/A": RecordValue("A", 300, (b"\xc0\x00\x02\x01",))}
    other = {address: value._replace(ttl=60) for address, value in old.items()}
    name = _kept(tmp_path, old)
    cache = Cache(tmp_path)
    kept = cache.group("record/example.org", name, len(old))
    assert cache.group("record/example.org", name, len(old)) is cache.keep_group(dict(old)) is kept
    assert cache.keep_group(new).near == (name, {"record/example.org/n7/A"})
    assert cache.keep_group(new).id == _kept(tmp_path, new)
    assert cache.keep_group(other).near is None
    assert differing(kept, cache.keep_group(new)) == differing(cache.keep_group(new), kept) == differing(old, new)


def test_what_was_kept_and_is_lost_stands_in_nobodys_way(tmp_path: Path) -> None:
    """What is read is kept all the same, as after an apply."""
    group = {"record/example.org/www/A": RecordValue("A", 300, (b"\xc0\x00\x02\x01",))}
    name = _kept(tmp_path, group)
    (tmp_path / name).unlink()
    cache = Cache(tmp_path)
    lost = cache.group("record/example.org", name, 1)
    again = cache.keep_group(group)
    assert (again.id, again.found) == (name, group)
    with pytest.raises(CacheLostError):
        dict(Cache(tmp_path).group("record/example.org", name, 1))
    assert dict(lost) == group


def _kept(folder: Path, group: dict[str, RecordValue]) -> str:
    """Return the id under which an earlier run kept a group."""
    cache = Cache(folder)
    name = cache.keep_group(group).id
    cache.keep("zone", name, name)
    cache.write()
    return name
