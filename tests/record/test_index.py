"""The applied index: exact, readable, and rewritten only where something changed."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hand_made import fields, records
from reconciler.model.address import Address, group_of, join
from reconciler.model.fields import Digest, Json, SecretVersion, Value
from reconciler.model.state import Provenance
from reconciler.record.cutting import LIMITS
from reconciler.record.index import Kept, decode, encode, from_json, to_json
from record.indexes import Index, hosts

LIMIT = LIMITS[0][0]
TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | TEXT
VALUES = st.recursive(
    SCALARS
    | st.builds(SecretVersion, st.integers(1, 99))
    | st.builds(Digest, st.text("0123456789abcdef", max_size=64)),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple) | st.dictionaries(TEXT, inner, max_size=3).map(lambda d: fields(**d))
    ),
    max_leaves=8,
)
PROVENANCES = st.builds(Provenance, st.integers(1, 10**6), TEXT, TEXT, st.booleans(), st.none() | TEXT)
ADDRESSES = st.builds(join, st.sampled_from(["contact", "mailbox", "alias"]), TEXT.filter(bool))
KEPT = st.builds(Kept, st.dictionaries(TEXT, VALUES, max_size=4).map(lambda given: fields(**given)), PROVENANCES)


@given(st.dictionaries(ADDRESSES, KEPT, max_size=6))
def test_round_trip(entries: dict[Address, Kept]) -> None:
    """Whatever is kept is read back as it was, whatever characters are in it."""
    data = encode({address: to_json(address, kept) for address, kept in entries.items()})
    assert {address: from_json(address, entry) for address, entry in decode(data).items()} == entries


@pytest.mark.parametrize(
    ("rtype", "values"),
    [
        ("A", ["192.0.2.1", "192.0.2.2"]),
        ("AAAA", ["2001:db8::1"]),
        ("MX", ["10 mx.example.org."]),
        ("TXT", ['"v=spf1 -all"', '"semi; colon" "and \\"quotes\\" and \\195\\164"']),
        ("CAA", ['0 issue "ca.example.net"']),
        ("SRV", ["0 5 5060 sip.example.org."]),
    ],
)
def test_record_sets_round_trip(rtype: str, values: list[str]) -> None:
    """Record sets come back as the same canonical value."""
    address = f"record/example.org/@/{rtype}"
    kept = Kept(records(rtype, 300, *values), Provenance(1, "c", "zones/example.org.yaml"))
    data = encode({address: to_json(address, kept)})
    assert from_json(address, decode(data)[address]) == kept


def test_a_file_is_json_with_a_line_for_each_address() -> None:
    """A file is one JSON object; each line but the first and the last is one address, sorted."""
    entries = {f"alias/{name}@example.org": {"value": name} for name in ("b", "ä", 'q"uote', "a\nb", "c")}
    data = encode(entries)
    lines = data.decode().splitlines()
    assert json.loads(data) == {"$format": 1, **entries}
    assert (lines[0], lines[-1], len(lines)) == ('{"$format":1', "}", 2 + len(entries))
    assert [json.loads("{" + line[1:] + "}").popitem()[0] for line in lines[1:-1]] == sorted(entries)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"$format":2}', '{"$format":1', "null", "\ufeff{}", "[" * 100_000])
def test_what_is_no_file_of_the_index(text: str) -> None:
    """Anything else raises an error of reading, and is never taken for an empty index."""
    with pytest.raises((ValueError, RecursionError)):
        decode(text.encode())


def test_what_is_known_only_sometimes_is_left_out() -> None:
    """Protection and ids stand only where there are any."""
    value = fields(name="E")
    assert to_json("contact/e", Kept(value, Provenance(3, "c", "f.yaml"))) == {
        "value": {"name": "E"},
        "receipt": 3,
        "commit": "c",
        "path": "f.yaml",
    }
    assert to_json("contact/e", Kept(value, Provenance(3, "c", "f", True, "17"))).keys() >= {"protect", "live_id"}


def test_where_files_are() -> None:
    """A kind has a file, and so has each zone."""
    index = Index()
    index.learn({"contact/e": {}, "mailbox/i@example.org": {}, **hosts(1), **hosts(1, zone="example.net")})
    assert sorted(index.files) == ["contact.json", "mailbox.json", "record/example.net.json", "record/example.org.json"]


def test_above_the_limit_there_are_shards() -> None:
    """Up to 1,000 entries are one file; with more, there is a file for each first byte of the address's digest."""
    index = Index()
    index.learn(hosts(*range(LIMIT)))
    assert list(index.files) == ["record/example.org.json"]
    index.learn(hosts(LIMIT))
    assert "record/example.org.json" not in index.files
    assert len(index.files) > 200
    assert all(
        path.startswith("record/example.org/") and len(path) == len("record/example.org/ab.json")
        for path in index.files
    )
    assert index.entries() == hosts(*range(LIMIT + 1))


def test_an_apply_costs_its_changes() -> None:
    """A change in a large zone reads and writes one file of it."""
    index = Index()
    index.learn(hosts(*range(5000)))
    index.read = 0
    written = index.learn(hosts(17, what=2))
    assert (len(written), index.read) == (1, 1)
    assert index.learn(hosts(17, what=2)) == {}


def test_other_groups_are_not_touched() -> None:
    """What changes in one zone leaves the files of others and of kinds alone."""
    index = Index()
    index.learn({**hosts(1), **hosts(1, zone="example.net"), "contact/e": {}})
    assert list(index.learn(hosts(2))) == ["record/example.org.json"]


def test_empty_files_go() -> None:
    """A file without entries isn't kept."""
    index = Index()
    index.learn({**hosts(1), "contact/e": {}})
    assert index.learn(dict.fromkeys(hosts(1))) == {"record/example.org.json": None}
    assert index.learn({"contact/e": None, "contact/never": None}) == {"contact.json": None}
    assert index.learn({"contact/never": None}) == {}


SIZES = st.integers(LIMIT - 3, LIMIT + 3)


@settings(max_examples=15)
@given(SIZES, SIZES, st.randoms(use_true_random=False))
def test_crossing_the_limit_both_ways(before: int, after: int, random: object) -> None:
    """Whichever way a zone crosses the limit, its entries stay, and the layout is that of its size."""
    index = Index()
    index.learn(hosts(*range(before)))
    index.learn({**hosts(*range(before, after)), **dict.fromkeys(hosts(*range(after, before))), **hosts(0, what=2)})
    assert index.entries() == {**hosts(*range(after)), **hosts(0, what=2)}
    assert ("record/example.org.json" in index.files) == (after <= LIMIT)
    fresh = Index()
    fresh.learn(index.entries())
    assert fresh.files == index.files


OPERATIONS = st.lists(
    st.dictionaries(st.integers(0, 12), st.none() | st.integers(0, 2), max_size=6).map(
        lambda given: {
            join("record", f"z{n % 3}", f"h{n}", "A"): None if v is None else {"value": v} for n, v in given.items()
        }
    ),
    max_size=6,
)


@given(OPERATIONS)
def test_it_learns_what_a_dictionary_learns(steps: list[dict[Address, Json | None]]) -> None:
    """After any changes the index holds what a dictionary would, in files that depend on nothing but that."""
    index, model = Index(), dict[Address, Json]()
    for step in steps:
        index.learn(step)
        model.update({address: entry for address, entry in step.items() if entry is not None})
        for address in [address for address, entry in step.items() if entry is None]:
            model.pop(address, None)
    fresh = Index()
    fresh.learn(model)
    assert (index.entries(), index.files) == (model, fresh.files)


def test_names_that_look_like_files() -> None:
    """A zone named ``b.json`` with many entries doesn't meet the file of a zone named ``b``."""
    index = Index()
    index.learn({**hosts(1, zone="b"), **hosts(*range(LIMIT + 1), zone="b.json")})
    folders = {path.rpartition("/")[0] for path in index.files}
    assert not folders & index.files.keys()
    assert len(index.entries()) == LIMIT + 2
    index.learn(hosts(2, zone="b.json.json"))
    assert len(index.entries()) == LIMIT + 3


def test_slashes_in_names() -> None:
    """A zone of a classless delegation (RFC 2317) keeps its slash in one part."""
    address = join("record", "0/25.2.0.192.in-addr.arpa", "1", "PTR")
    index = Index()
    index.learn({address: {"value": 1}})
    assert list(index.files) == ["record/0%2F25.2.0.192.in-addr.arpa.json"]
    assert group_of(address) == "record/0%2F25.2.0.192.in-addr.arpa"


def test_private_values_are_not_its_business() -> None:
    """The index keeps what it is given: whoever fills it has sealed private values before."""
    value: Value = fields(email=Digest("ab" * 32))
    assert from_json("contact/e", to_json("contact/e", Kept(value, Provenance(1, "c", "f")))).value == value
