"""The applied index in groups: read once, then known by the ids of its files; never a byte of what is personal."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias, TypeVar
from weakref import ref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hand_made import fields, plan_of
from reconciler.cache.cache import NO_CACHE, Cache
from reconciler.gitrepo.objects import blob_id
from reconciler.kinds.record import RecordValue, record_value
from reconciler.model.address import Address, group_of, join
from reconciler.model.errors import RecordError
from reconciler.model.fields import Value
from reconciler.model.groups import Group, Groups, groups_of, same
from reconciler.model.outcome import Outcome, Status
from reconciler.model.state import Applied, Origins, Provenance, protected_in
from reconciler.record.cutting import updated
from reconciler.record.grouped import Part, Parts, keep_learnt, keep_part
from reconciler.record.index import Kept, encode, group_at, to_json
from reconciler.record.place import open_record
from reconciler.record.writing import Keys
from record.indexes import Index
from record.world import Folder, a, config, create, delete, desired, update, who

WWW, MAIL, OTHER = "record/example.org/www/A", "record/example.org/mail/A", "record/example.com/www/A"
CONTACT = "contact/erika"
V = TypeVar("V")


def read(folder: Folder, cache: Cache) -> Applied:
    """Return what the record says, read with a cache."""
    return open_record(folder.path, config(), cache).read().applied


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for a cache."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def applied(folder: Folder) -> Folder:
    """An account with two zones, one protected address and a contact in its record."""
    contact = fields(name="Canary Erika", email="canary@example.org", phone="+49 511 123456")
    wanted = desired(MAIL, **{WWW: "dns.yaml", MAIL: "dns.yaml", OTHER: "zones/example.com.yaml"})
    changes = [create(address, a(address)) for address in (WWW, MAIL, OTHER)]
    folder.apply(*changes, create(CONTACT, contact, live_id="17"), desired=wanted)
    return folder


def zones_of(found: Applied) -> Iterator[Group[object]]:
    """Yield what is known of the zones' record sets and of where they come from."""
    for states in (found.state, found.provenance):
        for name, group in groups_of(states).items():
            if name.startswith("record/"):
                assert isinstance(group, Group)
                yield group


def test_known_groups_are_not_looked_into(applied: Folder, cache: Path) -> None:
    """What an earlier run read is known with its number and its protected addresses; nobody has looked inside."""
    first = Cache(cache)
    before = read(applied, first)
    first.write()
    known = read(applied, Cache(cache))
    assert (len(known.state), protected_in(known.provenance)) == (4, {MAIL})
    assert not any(group.is_loaded for group in zones_of(known))
    assert known == before == read(applied, NO_CACHE)
    assert all(group.is_loaded for group in zones_of(known))


def test_where_entries_come_from_costs_no_files(applied: Folder, cache: Path) -> None:
    """The cache has the index and a file for the record sets of each zone; their origins are in the index."""
    first = Cache(cache)
    before = read(applied, first)
    first.write()
    assert len(list(cache.iterdir())) == 3
    assert dict(read(applied, Cache(cache)).provenance) == dict(before.provenance)


def test_the_same_content_has_the_same_id(applied: Folder, cache: Path) -> None:
    """A group of the record is proven to be what files or a server hold, if it is, without a look inside."""
    first = Cache(cache)
    read(applied, first)
    declared = first.keep_group({address: a(address) for address in (MAIL, WWW)})
    first.write()
    known = groups_of(read(applied, Cache(cache)).state)
    assert same(known["record/example.org"], declared)
    assert not same(known["record/example.com"], declared)


def test_an_apply_costs_the_groups_that_it_touches(applied: Folder, cache: Path) -> None:
    """After a change of one zone nothing is read of the others."""
    first = Cache(cache)
    read(applied, first)
    first.write()
    applied.apply(update(WWW, a("www"), a("www", "192.0.2.2")), desired=desired(MAIL, **{WWW: "dns.yaml"}))
    after = read(applied, Cache(cache))
    loaded = {name: group.is_loaded for name, group in groups_of(after.state).items() if isinstance(group, Group)}
    assert loaded == {"record/example.com": False, "record/example.org": True}
    assert after.state[WWW] == a("www", "192.0.2.2")
    assert after.provenance[WWW].receipt == 2


def test_what_an_apply_wrote_is_known(applied: Folder, cache: Path) -> None:
    """After an apply with a cache the record is known, in this run and in the next: nothing of it is read again."""
    first = Cache(cache)
    record, clock = open_record(applied.path, config(), first), applied.clock
    plan = plan_of(update(WWW, a("www"), a("www", "192.0.2.9")), delete(MAIL, a("mail")))
    keys = Keys(clock.nonce(), {change.address: "key" for change in plan.changes})
    intent = record.begin(record.read(), plan, keys, applied.snapshot(), who(), clock)
    done = [Outcome(change, Status.DONE, "", None) for change in plan.changes]
    record.finish(intent, (), done, desired(**{WWW: "dns.yaml"}), clock)
    again = record.read().applied
    # What it says has been in memory since it was made; where it comes from, too, would have been read again.
    assert not any(group.is_loaded for group in groups_of(again.provenance).values() if isinstance(group, Group))
    first.write()
    later, uncached = read(applied, Cache(cache)), read(applied, NO_CACHE)
    assert not any(group.is_loaded for group in zones_of(later))
    assert (again, protected_in(later.provenance)) == (uncached, set())
    assert later == uncached
    assert later.state[WWW] == a("www", "192.0.2.9")
    assert MAIL not in later.state


def test_personal_data_is_never_kept(applied: Folder, cache: Path) -> None:
    """Contacts stand in no file of the cache, not even as digests."""
    first = Cache(cache)
    found = read(applied, first)
    first.write()
    kept = b"".join(path.read_bytes() for path in cache.rglob("*") if path.is_file())
    assert b"example.org" in kept
    for word in (b"contact", b"Erika", b"canary", found.salt.encode(), str(found.state[CONTACT]).encode()):
        assert word not in kept


def test_a_file_of_another_group_is_damage(applied: Folder) -> None:
    """An address that stands in the file of another group would be overlooked, so it is an error."""
    applied.apply(create("zone/example.net", fields()))
    git, head = applied.git(), applied.record.home.known(applied.record.home.ref)
    assert head is not None
    moved = applied.content()["applied/record/example.com.json"]
    tree = git.write_tree(head, {"applied/record/example.net.json": moved})
    was = git.commit(head)
    made = git.write_commit(tree, was.parents, was.message.replace(was.tree, tree), applied.clock.now())
    assert git.update_ref(applied.record.home.ref, made, head)
    with pytest.raises(RecordError, match="hold something else"):
        applied.record.read()


@pytest.mark.parametrize("group", ["contact", "record/example.org", "record/a.json", "record/x%25y", "record/record"])
@pytest.mark.parametrize("count", [3, 1200])
def test_files_tell_their_group(group: str, count: int) -> None:
    """However a group is called and cut, each of its files is of that group."""
    entries = {f"{group}/h{number}/A": {"value": 1} for number in range(count)}
    assert {group_of(address) for address in entries} == {group}
    assert {group_at(path) for path in updated({}, lambda _: {}, {}, entries)} == {group}


def test_protection_is_known_either_way() -> None:
    """What is protected is told by groups that know it, and found in mappings that don't."""
    kept, free = Provenance(1, "c", "p", True), Provenance(1, "c", "p")
    known = Origins(lambda: pytest.fail("nobody may look inside"), 2, frozenset({OTHER}))
    assert protected_in({WWW: kept, MAIL: free, CONTACT: kept}) == {WWW, CONTACT}
    assert protected_in(Groups({"record/example.com": known, "contact": {CONTACT: kept}})) == {OTHER, CONTACT}


class Watched(dict[str, V]):
    """A mapping of which can be told whether anybody still holds it."""


@pytest.mark.parametrize("is_desired", [True, False])
def test_what_is_desired_just_so_is_in_memory_once(cache: Path, is_desired: bool) -> None:
    """What was read of the record is let go where the same is in memory already; provenance goes by its addresses."""
    first = Cache(cache)
    twin = first.keep_group({address: a(address) for address in (MAIL, WWW)}) if is_desired else None
    read_now = Watched({address: a(address) for address in (MAIL, WWW)})
    origins = Watched({MAIL: Provenance(1, "c", "p", True), WWW: Provenance(2, "d", "q")})
    held, held_origins, expected = ref(read_now), ref(origins), dict(origins)
    part = keep_part(first, "record/example.org", ["1"], Part(read_now, origins))
    del read_now, origins
    assert (held() is None, held_origins()) == (is_desired, None)
    assert twin is None or part.state is twin
    assert part.provenance == expected
    assert protected_in({**part.provenance}) == {MAIL}


NAMES = st.sampled_from(["@", "www", "a/b", "50%", "*", "ü"])
TEXTS = st.text(max_size=8)
WIRE = st.binary(min_size=4, max_size=4)
SETS = st.builds(
    lambda values, ttl, options: record_value("A", ttl, values, options),
    st.lists(WIRE, max_size=3),
    st.integers(0, 2**31 - 1),
    st.none() | st.dictionaries(TEXTS, TEXTS, max_size=2),
)
OTHERS = st.builds(lambda v: record_value("ALIAS", 60, [f'"{v}"']), st.text("abc.", max_size=5))
ORIGINS = st.builds(Provenance, st.integers(1, 9), TEXTS, TEXTS, st.booleans(), st.none() | TEXTS)
Entries: TypeAlias = dict[str, tuple[RecordValue, Provenance]]
ENTRIES = st.dictionaries(NAMES, st.tuples(SETS | OTHERS, ORIGINS), min_size=1)


@settings(deadline=None)
@given(ENTRIES, st.integers(1, 3))
def test_a_known_group_is_what_was_read(tmp_path_factory: pytest.TempPathFactory, entries: Entries, cuts: int) -> None:
    """Whatever stands in a group's files, however they are cut: from a cache it is what an uncached read finds."""
    kept = entries_of(entries)
    cut = [sorted(kept)[start::cuts] for start in range(cuts)]
    contents = [encode({address: to_json(address, kept[address]) for address in some}) for some in cut]
    files = {f"record/example.org/{number:02x}.json": blob_id(data) for number, data in enumerate(contents)}
    blobs = {blob_id(data): data for data in contents}
    folder = tmp_path_factory.mktemp("cache")
    first = Cache(folder)
    assert Parts.of(first, files).wanted == set(files.values())
    read_first = Parts.of(first, files).read(blobs)
    first.write()
    known = Parts.of(Cache(folder), files)
    assert not known.wanted
    assert told(known.read({})) == told(read_first) == told(Parts.of(NO_CACHE, files).read(blobs)) == [dict(kept)]


@settings(deadline=None)
@given(ENTRIES, ENTRIES, st.sets(NAMES), st.none() | ENTRIES)
def test_what_was_learnt_is_what_would_be_read(
    tmp_path_factory: pytest.TempPathFactory,
    before: Entries,
    learnt: Entries,
    gone: set[str],
    meant: Entries | None,
) -> None:
    """Whatever an index learns: what is kept of it at once is what an uncached read finds in its files.

    That may be what is desired, as it mostly is, or anything else.
    """
    one, folder = Index(), tmp_path_factory.mktemp("cache")
    one.learn({address: to_json(address, kept) for address, kept in entries_of(before).items()})
    known = Parts.of(NO_CACHE, ids_in(one)).read(blobs_in(one))
    applied = Applied(
        Groups({group: part.state for group, part in known.items()}),
        Groups({group: part.provenance for group, part in known.items()}),
    )
    changes = {address: to_json(address, kept) for address, kept in entries_of(learnt).items()}
    changes |= {address: None for address in applied.state if address.split("/")[2] in gone}
    one.learn(changes)
    cache, after = Cache(folder), Parts.of(NO_CACHE, ids_in(one)).read(blobs_in(one))
    wanted = after["record/example.org"].state if meant is None and after else values_of(meant or {})
    keep_learnt(cache, ids_in(one), applied, changes, Groups({"record/example.org": cache.keep_group(wanted)}))
    cache.write()
    parts = Parts.of(Cache(folder), ids_in(one))
    assert not parts.wanted
    assert told(parts.read({})) == told(after)


def values_of(found: Entries) -> dict[Address, Value]:
    """Return what entries say, by their addresses in one zone."""
    return {address: kept.value for address, kept in entries_of(found).items()}


def entries_of(found: Entries) -> dict[Address, Kept]:
    """Return entries by their addresses in one zone."""
    return {join("record", "example.org", name, value.rtype): Kept(value, o) for name, (value, o) in found.items()}


def ids_in(one: Index) -> dict[str, str]:
    """Return the blob id of each file of an index."""
    return {path: blob_id(data) for path, data in one.files.items()}


def blobs_in(one: Index) -> dict[str, bytes]:
    """Return the bytes of each file of an index by their blob ids."""
    return {blob_id(data): data for data in one.files.values()}


def told(parts: Mapping[str, Part]) -> list[dict[Address, Kept]]:
    """Return what each group says, as plain dictionaries."""
    return [{a: Kept(part.state[a], part.provenance[a]) for a in part.state} for part in parts.values()]
