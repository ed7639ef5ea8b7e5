"""The index of the cache: what is kept on is the newest, within the limits, and nothing of it is changed."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cache import index
from reconciler.cache.index import Entry, Key, names_in, weight_of, within

NAMES = [letter * 64 for letter in "abcdef"]
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=9)
    | st.binary(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
)
ENTRIES = st.dictionaries(
    st.tuples(st.sampled_from(["zone", "file"]), st.text(max_size=4)),
    st.builds(Entry, st.integers(0, 99), st.tuples(PLAIN, st.lists(st.sampled_from(NAMES)))),
)


@given(ENTRIES, st.binary(max_size=4))
def test_what_is_written_is_read(entries: Mapping[Key, Entry], made_by: bytes) -> None:
    """An index says the same again to the program that made it, and nothing to any other."""
    data = index.encode(entries, made_by)
    assert index.decode(data, made_by) == entries
    assert index.decode(data, made_by + b"!") == {}
    assert index.decode(b"", made_by) == {}


@given(ENTRIES, st.integers(0, 120), st.dictionaries(st.sampled_from(NAMES), st.integers(0, 9)))
def test_limits(entries: Mapping[Key, Entry], today: int, sizes: Mapping[str, int]) -> None:
    """What is kept was kept before, is not too old, and its blobs fit; what is left out wouldn't."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(index, "MOST_BYTES", 12)
        patched.setattr(index, "MOST_ENTRIES", 5)
        kept = within(entries, today, sizes)
    assert all(entries[key].what == entry.what for key, entry in kept.items())
    assert all(today - entry.day <= index.KEPT_DAYS and entry.day <= today for entry in kept.values())
    named = {name for entry in kept.values() for name in names_in(entry.what)} & sizes.keys()
    taken = sum(sizes[name] for name in named) + sum(weight_of(entry.what) for entry in kept.values())
    assert taken <= 12 or sum(sizes.values()) <= 12
    assert len(kept) <= 5
    for key in entries.keys() - kept.keys():
        more = (set(names_in(entries[key].what)) & sizes.keys()) - named
        is_old = today - entries[key].day > index.KEPT_DAYS
        assert is_old or len(kept) == 5 or taken + sum(sizes[name] for name in more) + weight_of(entries[key].what) > 12


def test_what_was_used_last_is_kept() -> None:
    """Where not all fits, those go first that were used longest ago."""
    entries = {("zone", str(day)): Entry(day, (NAMES[day],)) for day in range(4)}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(index, "MOST_BYTES", 5)
        assert {key[1] for key in within(entries, 3, dict.fromkeys(NAMES, 2))} == {"3", "2"}


def test_what_stands_in_entries_themselves_counts() -> None:
    """An index that has become too large loses what was used longest ago, as files do."""
    entries = {("index", str(day)): Entry(day, (NAMES[0], b"told", ["word"])) for day in range(4)}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(index, "MOST_BYTES", 18)
        assert {key[1] for key in within(entries, 3, {NAMES[0]: 2, "index": 32})} == {"3", "2"}


def test_where_all_fits_nothing_is_asked_for_its_blobs() -> None:
    """With room for everything only what is too old goes, and a day that hasn't come yet counts as today."""
    entries = {("zone", str(day)): Entry(day, (NAMES[day % 4],)) for day in (1, 50, 90)}
    assert within(entries, 60, {}) == {("zone", "50"): Entry(50, (NAMES[2],)), ("zone", "90"): Entry(60, (NAMES[2],))}


def test_what_is_gone_is_what_isnt_kept_as_it_was() -> None:
    """An entry that was left out is gone, and so is one in whose place there is another."""
    old = {("zone", name): Entry(1, [NAMES[at]]) for at, name in enumerate("abc")}
    kept = {("zone", "a"): Entry(2, old["zone", "a"].what), ("zone", "b"): Entry(2, [NAMES[3]])}
    assert index.named(index.gone(kept, old, kept)) == {NAMES[1], NAMES[2]}
