"""Zone files that an earlier run read: the outcome is the same, and nothing of it is made before somebody looks."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reconciler.load.zone_cache
from load.written import ACCOUNT, TODAY, MemoryTree
from reconciler.cache.cache import Cache
from reconciler.gitrepo.objects import blob_id
from reconciler.load.desired import load_desired
from reconciler.load.memo import Memo
from reconciler.load.places import Places, pack, places_of, unpack
from reconciler.load.tree import ListedTree
from reconciler.model.account import Dns, ZoneOptions
from reconciler.model.errors import DiagnosticsError
from reconciler.model.groups import Group, groups_of, same
from reconciler.model.span import Span
from reconciler.model.state import Desired

GROUP = "record/example.org"
PATH = "zones/example.org.yaml"
ZONE = """\
# where everything is
'':
- ttl: 3600
  type: NS
  values: [ns1.example.net., ns2.example.net.]
www:
  type: A
  value: 203.0.113.7
  octodns: {cloudflare: {proxied: true}}
  meta: {owner: erika, reason: "the shop: don't touch", until: 2027-01-31, protect: true, ignore: [ttl]}
"""
Files = Mapping[str, str | bytes]


def load(folder: Path, files: Files, *, dns: Dns | None = None, believed: bool = True) -> Desired:
    """Return what files desire, read as a run of its own does: with what earlier runs left in the folder."""
    cache = Cache(folder, believed=believed)
    desired = load_desired(MemoryTree({"account.yaml": ACCOUNT, **files}), dns, cache=cache)
    cache.write(TODAY.toordinal())
    return desired


def is_read(desired: Desired) -> bool:
    """Tell whether the zone's file was read now, and not taken from the cache."""
    group = groups_of(desired.state)[GROUP]
    return isinstance(group, Group) and group.is_loaded


def shown(desired: Desired) -> tuple[object, ...]:
    """Return everything in which two loads can differ."""
    return (
        dict(desired.state),
        dict(desired.places),
        desired.metas,
        desired.findings,
        desired.declared,
        desired.files,
        desired.presets,
        desired.related,
    )


def test_a_file_that_is_the_same_again_is_not_read(tmp_path: Path) -> None:
    """The second run makes no record set before somebody looks; then everything is as the first run read it."""
    first = load(tmp_path, {PATH: ZONE})
    second = load(tmp_path, {PATH: ZONE})
    assert (is_read(first), is_read(second)) == (True, False)
    assert same(groups_of(first.state)[GROUP], groups_of(second.state)[GROUP])
    assert len(second.state) == len(first.state) == 3
    assert second.places["record/example.org/www/A"] == Span(PATH, 6, 1)
    assert shown(second) == shown(first)


def test_what_is_not_believed_is_read_again_and_kept(tmp_path: Path) -> None:
    """A run that believes no cache reads the file, and the next one needn't."""
    assert is_read(load(tmp_path, {PATH: ZONE}, believed=False))
    assert is_read(load(tmp_path, {PATH: ZONE}, believed=False))
    assert not is_read(load(tmp_path, {PATH: ZONE}))


@pytest.mark.parametrize(
    "files",
    [
        {PATH: ZONE + "# a comment\n"},
        {PATH: ZONE, "options.yaml": "zones: {example.org: {default_ttl: 60}}"},
        {PATH: ZONE, "options.yaml": "zones: {example.org: {lenient: true}}"},
        {PATH: ZONE, "options.yaml": "zones: {example.org: {escaped_semicolons: false}}"},
        {PATH: ZONE, "zones/sub.example.org.yaml": "{}"},
        {"zones/EXAMPLE.org.yaml": ZONE},
    ],
    ids=["bytes", "default-ttl", "lenient", "semicolons", "a-zone-below", "path"],
)
def test_whatever_changes_the_outcome_makes_the_file_be_read(tmp_path: Path, files: Files) -> None:
    """Other bytes, another path, other options or another zone below it: the file is read, as without a cache."""
    load(tmp_path, {PATH: ZONE})
    again = load(tmp_path, files)
    assert is_read(again)
    assert shown(again) == shown(load_desired(MemoryTree({"account.yaml": ACCOUNT, **files})))


def test_another_folder_or_version_of_the_program_makes_the_file_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Places name the file, and another version may read it differently."""
    load(tmp_path, {PATH: ZONE})
    assert is_read(load(tmp_path, {"dns/example.org.yaml": ZONE}, dns=Dns(directory="dns")))
    monkeypatch.setattr(reconciler.load.zone_cache, "__version__", "0.0.1")
    assert is_read(load(tmp_path, {PATH: ZONE}))


def test_warnings_are_told_again_with_their_lines(tmp_path: Path) -> None:
    """What was found in a file is found by every run, the text of the line included."""
    text = "www:\n- {type: CNAME, value: a.example.net.}\n- {type: A, value: 203.0.113.7}\n"
    first, second = (load(tmp_path, {PATH: text}) for _ in range(2))
    assert not is_read(second)
    assert [(found.code, found.line) for found in second.findings] == [
        ("cname-beside-others", "- {type: CNAME, value: a.example.net.}")
    ]
    assert second.findings == first.findings


def test_more_warnings_than_are_listed_are_counted_again(tmp_path: Path) -> None:
    """Of 600 warnings 500 are listed and the others are counted, by every run alike."""
    one = "n{0}:\n- {{type: CNAME, value: a.example.net.}}\n- {{type: A, value: 203.0.113.7}}\n"
    text = "".join(one.format(n) for n in range(600))
    first, second = (load(tmp_path, {PATH: text}) for _ in range(2))
    assert not is_read(second)
    assert len(second.findings) == 501
    assert second.findings == first.findings


def test_a_master_file_and_its_warnings_are_kept_too(tmp_path: Path) -> None:
    """A TTL that differs in one record set is told by every run, with the place of the other one."""
    text = "www 60 IN A 203.0.113.7\nwww 61 IN A 203.0.113.8\n"
    first, second = (load(tmp_path, {"zones/example.org.zone": text}) for _ in range(2))
    assert not is_read(second)
    assert second.findings[0].related
    assert shown(second) == shown(first)


def test_an_empty_zone_is_told_again(tmp_path: Path) -> None:
    """A file with nothing in it has no record set, and is a finding each time."""
    first, second = (load(tmp_path, {PATH: "# nothing yet\n"}) for _ in range(2))
    assert [found.code for found in second.findings] == ["empty-zone-file"]
    assert GROUP not in groups_of(second.state)
    assert shown(second) == shown(first)


def test_a_file_with_errors_is_read_until_it_has_none(tmp_path: Path) -> None:
    """The errors of a file are told by every run, however often it is asked."""
    told = []
    for _ in range(2):
        with pytest.raises(DiagnosticsError) as caught:
            load(tmp_path, {PATH: "www: {type: A, value: nowhere}\n"})
        told.append(caught.value.diagnostics)
    assert told[0] == told[1]
    assert [found.code for found in told[0]] == ["wrong-type"]


def test_templates_are_filled_in_by_every_run(tmp_path: Path) -> None:
    """A zone file with templates depends on other files, so it is read each time."""
    dns = Dns(templates=True)
    text = "www: {type: A, value: '{{ vars.web }}'}\n"
    for address in ("203.0.113.7", "203.0.113.8"):
        desired = load(tmp_path, {PATH: text, "vars.yaml": f"vars: {{web: {address}}}"}, dns=dns)
        again = load_desired(
            MemoryTree({"account.yaml": ACCOUNT, PATH: text, "v.yaml": f"vars: {{web: {address}}}"}), dns
        )
        assert is_read(desired)
        assert dict(desired.state) == dict(again.state)


def test_presets_are_added_to_what_was_kept(tmp_path: Path) -> None:
    """A preset that a zone begins or ceases to use counts at once, although the zone's file is the same."""
    uses = {"options.yaml": "zones: {example.org: {use: [letsencrypt-caa@1]}}"}
    caa = "record/example.org/@/CAA"
    for more in ({}, uses, uses, {}):
        desired = load(tmp_path, {PATH: ZONE, **more})
        plain = load_desired(MemoryTree({"account.yaml": ACCOUNT, PATH: ZONE, **more}))
        assert (caa in desired.state) is bool(more)
        assert shown(desired) == shown(plain)


def test_equal_record_sets_are_the_same_however_they_are_written(tmp_path: Path) -> None:
    """Another spelling of the same zone is known to be equal without a look at any record set."""
    one = load(tmp_path, {PATH: "www: {type: A, ttl: 60, value: 203.0.113.7}\nb: {type: A, value: 203.0.113.8}\n"})
    two = load(tmp_path, {PATH: "b:\n  value: 203.0.113.8\n  type: A\nWWW: {type: A, ttl: 60, values: [203.0.113.7]}"})
    assert same(groups_of(one.state)[GROUP], groups_of(two.state)[GROUP])


@given(st.dictionaries(st.text(), st.tuples(st.integers(1, 2**26), st.integers(1, 2**16))))
def test_places_are_kept_exactly(places: dict[str, tuple[int, int]]) -> None:
    """Lines and columns are the same after being kept, in whatever order they are asked for."""
    spans = {address: Span("file", *place) for address, place in places.items()}
    order = sorted(places)
    kept = pack(places_of("file", spans).in_order(order))
    found = Places("file", len(places), lambda: order, lambda: unpack(kept))
    assert dict(found) == spans
    assert places_of("file", found) is found


def test_a_place_that_nobody_asks_for_is_never_read() -> None:
    """How many places there are is known without reading them."""
    places = Places("file", 7, lambda: pytest.fail("addresses were read"), lambda: pytest.fail("places were read"))
    assert len(places) == 7


def test_one_process_reads_the_same_file_of_many_commits_once() -> None:
    """Trees in which a zone file is the same share what was read of it, warnings included; four versions are kept."""
    memo = Memo()
    texts = [f"{name}:\n- {{type: CNAME, value: a.}}\n- {{type: A, value: 203.0.113.7}}\n" for name in "abcde"]

    def read(text: str) -> Desired:
        return load_desired(MemoryTree({"account.yaml": ACCOUNT, PATH: text}), memo=memo)

    def group(desired: Desired) -> object:
        return groups_of(desired.state)[GROUP]

    first, second = read(texts[0]), read(texts[0])
    assert group(first) is group(second)
    assert [found.line for found in second.findings] == ["- {type: CNAME, value: a.}"]
    for text in texts[1:]:
        read(text)
    assert group(read(texts[4])) is group(read(texts[4]))
    assert group(read(texts[0])) is not group(first)


def test_a_listed_file_that_was_read_before_is_not_read_again() -> None:
    """Its id says that its bytes are the same; only a line that is to be shown is read, and says what it always did."""
    memo, asked = Memo(), list[str]()
    text = "b:\n- {type: CNAME, value: a.}\n- {type: A, value: 203.0.113.7}\n"
    texts = {"account.yaml": ACCOUNT, PATH: ZONE, "zones/b.example.yaml": text}
    bytes_of = {blob_id(text.encode()): text.encode() for text in texts.values()}
    entries = {path: ("100644", blob_id(text.encode())) for path, text in texts.items()}

    def blob(id: str) -> bytes:
        asked.append(id)
        return bytes_of[id]

    first = load_desired(MemoryTree(texts), memo=memo)
    second = load_desired(ListedTree("commit", entries, blob), memo=memo)
    assert shown(second) == shown(first)
    assert second.files == first.files
    assert first.findings
    assert asked == [entries["account.yaml"][1], entries["zones/b.example.yaml"][1]]


def test_a_listed_file_that_is_read_with_other_options_is_read_anew() -> None:
    """What its bytes declare goes by the options of its zone, too."""
    memo, asked = Memo(), list[str]()
    text = "www: {type: A, value: 203.0.113.7}\n"
    bytes_of = {blob_id(one.encode()): one.encode() for one in (ACCOUNT, text)}
    entries = {"account.yaml": ("100644", blob_id(ACCOUNT.encode())), PATH: ("100644", blob_id(text.encode()))}

    def blob(id: str) -> bytes:
        asked.append(id)
        return bytes_of[id]

    for ttl in (60, 7200):
        dns = Dns(defaults=ZoneOptions(default_ttl=ttl))
        listed = load_desired(ListedTree("commit", entries, blob), dns, memo)
        plain = load_desired(MemoryTree({"account.yaml": ACCOUNT, PATH: text}), dns)
        assert shown(listed) == shown(plain)
    assert asked.count(entries[PATH][1]) == 2
