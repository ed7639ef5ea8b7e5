"""The files of the index: cut by how much there is, rewritten by lines, the same for the same content."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.address import Address, group_of, join
from reconciler.model.fields import Json
from reconciler.record import cutting, index
from reconciler.record.index import decode, encode, group_at, lines_of
from record.indexes import Index, hosts

#: Limits that a test can reach: one file up to 4 entries, two digits up to 12, three up to 40, then four.
SMALL = ((4, 0), (12, 2), (40, 3))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Cut finer sooner."""
    monkeypatch.setattr(cutting, "LIMITS", SMALL)
    return


def digits(files: dict[str, bytes]) -> set[int]:
    """Return by how many digits the files of example.org are cut."""
    return {len(path.removeprefix("record/example.org").removesuffix(".json").replace("/", "")) for path in files}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("count", "cut"), [(4, 0), (5, 2), (12, 2), (13, 3), (40, 3), (41, 4)])
def test_files_are_cut_by_the_number_of_entries(count: int, cut: int) -> None:
    """The more entries, the more digits of each address's digest its file has; the first two are a folder's name."""
    one = Index()
    one.learn(hosts(*range(count)))
    assert digits(one.files) == {cut}
    assert all(path.count("/") == (1 if cut == 0 else 2 if cut == 2 else 3) for path in one.files)
    assert {group_at(path) for path in one.files} == {"record/example.org"}
    assert one.entries() == hosts(*range(count))


STEPS = st.lists(
    st.dictionaries(st.integers(0, 60), st.none() | st.integers(0, 2), max_size=30).map(
        lambda given: {
            join("record", "example.org", f"h{n}", "A"): None if v is None else {"value": v} for n, v in given.items()
        }
    ),
    max_size=6,
)


@settings(deadline=None)
@given(STEPS)
def test_the_cut_depends_on_nothing_but_the_content(steps: list[dict[Address, Json | None]]) -> None:
    """Whichever way a zone came to hold what it holds, over each limit and back: its files are the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "LIMITS", SMALL)
        grown, model = Index(), dict[Address, Json]()
        for step in steps:
            grown.learn(step)
            model |= step
            model = {address: entry for address, entry in model.items() if entry is not None}
        fresh = Index()
        fresh.learn(model)
        assert (grown.entries(), grown.files) == (model, fresh.files)


@pytest.mark.usefixtures("small")
def test_a_change_costs_a_file_however_large_the_zone() -> None:
    """One change of an entry reads and writes one file, and the larger the zone, the less else stands in it."""
    one = Index()
    one.learn(hosts(*range(200)))
    one.read = 0
    written = one.learn(hosts(17, what=2))
    assert (len(written), one.read) == (1, 1)
    assert max(len(decode(data)) for data in one.files.values()) < 3


def test_a_record_of_an_older_cut_is_read_and_cut_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was cut by other limits is read as it is; the next write cuts it anew, and nothing is lost."""
    one, fresh = Index(), Index()
    monkeypatch.setattr(cutting, "LIMITS", ((4, 0), (1000, 2)))
    one.learn(hosts(*range(60)))
    assert digits(one.files) == {2}
    monkeypatch.setattr(cutting, "LIMITS", SMALL)
    one.learn(hosts(3, what=2))
    fresh.learn({**hosts(*range(60)), **hosts(3, what=2)})
    assert one.entries() == fresh.entries()
    assert one.files == fresh.files


@settings(deadline=None)
@given(STEPS, st.sets(st.integers(0, 60)))
def test_what_is_read_is_foreseen(steps: list[dict[Address, Json | None]], come_true: set[int]) -> None:
    """Whichever of the planned changes come true, no file is read that wasn't told before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "LIMITS", SMALL)
        one = Index()
        for planned in steps:
            one.learn({a: entry for a, entry in planned.items() if a in hosts(*come_true)}, planned)
            one.learn(planned)


def test_little_is_foreseen_of_a_large_zone() -> None:
    """Far from a limit it is the files of the addresses alone, so that a small apply reads little of a large record."""
    one = Index()
    one.learn(hosts(*range(2000)))
    one.learn({}, hosts(1, 2, 3))
    assert (len(one.files), len(one.foreseen)) == (256, 3)
    one.learn(hosts(*range(2000, 25_600)))
    assert len(one.files) == 256
    one.learn({}, hosts(30_000))
    assert len(one.foreseen) == 256


@pytest.mark.usefixtures("small")
def test_files_of_different_cuts_together() -> None:
    """A zone with files of several cuts, as no version writes them, is read whole and cut anew."""
    one, fresh = Index(), Index()
    one.learn(hosts(*range(20)))
    path, data = next(iter(one.files.items()))
    one.files["record/example.org.json"] = data
    del one.files[path]
    one.learn(hosts(30))
    fresh.learn(hosts(*range(20), 30))
    assert one.files == fresh.files


def test_unchanged_lines_are_never_read_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """What doesn't change is written as the bytes that it was."""
    one = Index()
    one.learn(hosts(*range(100)))
    monkeypatch.setattr(index, "decode", lambda _: pytest.fail("read as JSON"))
    before = one.files["record/example.org.json"].splitlines()
    data = cutting.updated(
        {path: path for path in one.files},
        lambda paths: {path: one.files[path] for path in paths},
        {},
        hosts(5, what=2),
    )["record/example.org.json"]
    assert data is not None
    assert [new for old, new in zip(before, data.splitlines(), strict=True) if old != new] == [
        b',"record/example.org/h5/A":{"value":2}'
    ]


ADDRESSES = st.text(st.characters(exclude_categories=()), min_size=1, max_size=8).map(lambda name: f"mailbox/{name}")


@given(st.dictionaries(ADDRESSES, st.integers() | st.text(max_size=5), max_size=5))
def test_lines_are_those_of_the_file(entries: dict[Address, Json]) -> None:
    """Whatever characters an address has, its line is found, and the lines together are the file."""
    data = encode(entries)
    lines = lines_of(data)
    assert {address: json.loads("{" + line[1:] + "}")[address] for address, line in lines.items()} == entries
    assert index.joined(lines) == data


@pytest.mark.parametrize("indent", [None, 1])
def test_a_file_that_somebody_else_wrote(indent: int | None) -> None:
    """JSON in another layout has the same lines as if it were ours."""
    entries: dict[Address, Json] = {"mailbox/b": {"value": {"b": 1, "a": [2]}}, "mailbox/a": {"value": None}}
    theirs = json.dumps({"$format": 1, **entries}, indent=indent).encode()
    assert lines_of(theirs) == lines_of(encode(entries))
    assert {group_of(address) for address in lines_of(theirs)} == {"mailbox"}


@pytest.mark.parametrize("text", ["", "{}", '{"$format":2\n}\n', '{"$format":1\n,"a:1}\n}\n', '{"$format":1\n'])
def test_what_is_no_file_of_the_index_is_not_rewritten(text: str) -> None:
    """A file that can't be read is an error, never the loss of what stood in it."""
    with pytest.raises(ValueError, match=r"format|Expecting|Unterminated|control"):
        lines_of(text.encode())
