"""Record sets as bytes: whatever they hold comes back, and equal ones are equal bytes, and one group."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cache.cache import Cache
from reconciler.cache.groups import decode, encode
from reconciler.kinds.record import RecordValue
from reconciler.model.fields import Fields
from reconciler.model.groups import Group

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
    found = decode(encode(group))
    assert found == group
    assert all(type(value) is RecordValue and type(value.values) is tuple for value in found.values())


@given(_GROUPS)
def test_equal_groups_are_equal_bytes(group: dict[str, RecordValue]) -> None:
    """In whatever order they were made, and also as a group that is made later."""
    backwards = dict(reversed(group.items()))
    assert encode(backwards) == encode(group) == encode(Group(lambda: backwards, len(group)))


def test_more_types_and_ttls_than_an_octet_tells_apart_come_back() -> None:
    """As in a zone that somebody made to try us."""
    group = {f"record/example.org/n/TYPE{n}": RecordValue(f"TYPE{n}", n, (b"",)) for n in range(1000)}
    assert decode(encode(group)) == group


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


def test_what_an_earlier_run_kept_is_decoded_once(tmp_path: Path) -> None:
    """However many ask for it: what a commit desires, what the one before it desired, and what was applied."""
    group = {"record/example.org/www/A": RecordValue("A", 300, (b"\xc0\x00\x02\x01",))}
    first = Cache(tmp_path)
    name = first.keep_group(group).id
    first.keep("zone", "example.org", (name,))
    first.write()
    later = Cache(tmp_path)
    opened = later.group(name, 1)
    assert opened.found == group
    assert later.group(name, 1).found is opened.found
