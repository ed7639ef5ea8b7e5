"""What an earlier run found stands as long as nothing has changed: the same findings, without a look into any zone."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from check.written import ACCOUNT, TODAY
from planner.in_groups import looked_into
from reconciler.cache.cache import Cache
from reconciler.check.dns.checking import check_dns
from reconciler.check.rules import check
from reconciler.load.desired import load_desired
from reconciler.load.tree import WorkTree
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError
from reconciler.model.findings import few_of
from reconciler.model.state import Desired

ZONES = ("example.org", "sub.example.org", "example.com")
#: Record sets that say something about each other, within a zone and across zones.
ENTRIES = (
    "'': {type: MX, value: 10 mx.example.com.}",
    "'': [{type: TXT, value: v=spf1 include:spf.example.com -all}, {type: MX, value: 10 mx.example.net.}]",
    "'': {type: NS, values: [ns1.example.org., ns2.example.com.]}",
    "mx: {type: A, value: 192.0.2.25}",
    "mx: {type: CNAME, value: www.example.org.}",
    "www: {type: CNAME, value: www.example.com.}",
    "www: {type: CNAME, value: mx.example.org.}",
    "www: {type: A, values: [10.0.0.1], ttl: 5}",
    "spf: {type: TXT, value: 'v=spf1 a a a a a a a a a a include:spf.example.org ~all'}",
    "spf: {type: TXT, value: 'v=spf1 include:example.org all -all'}",
    "policy: {type: TXT, value: 'v=DMARC1\\; p=none'}",
    "_dmarc: {type: CNAME, value: policy.example.org.}",
    "_dmarc: {type: TXT, value: 'v=DMARC1\\; p=none\\; rua=mailto:a@example.com'}",
    "example.org._report._dmarc: {type: TXT, value: v=DMARC1}",
    "_mta-sts: {type: TXT, value: 'v=STSv1\\; id=1\\;'}",
    "mta-sts: {type: A, value: 192.0.2.1}",
    "'*': {type: A, value: 192.0.2.2}",
    "sub: {type: NS, values: [ns1.sub.example.org., ns2.example.net.]}",
    "ns1: {type: TXT, value: no address}",
    "imap: {type: SRV, value: 0 0 1 www.example.org.}",
)
REST = (
    "",
    "mail: {example.org: {mailboxes: {info: {password: {secret: env/P, version: 1}}}}}\n",
    "mail: {example.org: {mailboxes: {a: {password: {secret: env/P, version: 1}}}}, "
    "example.com: {mailboxes: {b: {password: {secret: env/P, version: 1}}}}}\n",
    "policy: {ignore: [{match: record/example.com/*/*, reason: others}]}\n",
    "policy: {ignore: [{match: record/example.com/*/*, reason: others, until: 2026-01-01}]}\n",
    "policy: {silence: [{code: missing-target, match: record/example.org/*/*, reason: known}]}\n",
    "zones: {example.org: {lenient: true}}\n",
    "zones: {example.com: {use: [{hosting-mail: {host: mx.example.net.}}]}}\n"
    "mail: {example.org: {mailboxes: {info: {password: {secret: env/P, version: 1}}}}}\n",
)

zone_text = st.lists(
    st.sampled_from(ENTRIES), min_size=1, max_size=6, unique_by=lambda text: text.partition(":")[0]
).map(lambda lines: "".join(f"{line}\n" for line in lines))
texts = st.one_of(zone_text, zone_text.map(lambda text: f"# moved down\n\n{text}"))
accounts = st.tuples(st.dictionaries(st.sampled_from(ZONES), texts, min_size=1), st.sampled_from(REST)).map(
    lambda drawn: {
        "account.yaml": ACCOUNT + drawn[1],
        **{f"zones/{zone}.yaml": text for zone, text in drawn[0].items()},
    }
)


def loaded(folder: Path, files: Mapping[str, str], cache: Cache) -> Desired:
    """Return what files declare, none of them older than this call."""
    for old in (folder / "zones").glob("*"):
        old.unlink()
    (folder / "zones").mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        (folder / path).write_text(text, encoding="utf-8")
    return load_desired(WorkTree(folder), cache=cache)


def outcome(folder: Path, files: Mapping[str, str], cache: Cache) -> tuple[Desired | None, list[Diagnostic]]:
    """Return what is declared and what is found; None where that is an error."""
    try:
        desired = loaded(folder, files, cache)
        return desired, list(check(desired, TODAY, cache))
    except DiagnosticsError as error:
        return None, list(error.diagnostics)


def run(folder: Path, files: Mapping[str, str]) -> tuple[Desired | None, list[Diagnostic]]:
    """Return what a run of its own finds, over what earlier ones left."""
    cache = Cache(folder / "cache")
    found = outcome(folder / "account", files, cache)
    cache.write(TODAY.toordinal())
    return found


@settings(max_examples=30)
@given(st.lists(accounts, min_size=2, max_size=4), st.data())
def test_whatever_was_kept_the_same_is_found(histories: list[Mapping[str, str]], data: st.DataObject) -> None:
    """Zones edited, moved in their files, added, removed, restored; settings changed: nothing is stale."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        for files in [*histories, data.draw(st.sampled_from(histories))]:
            desired, found = run(folder, files)
            fresh, anew = outcome(folder / "fresh", files, Cache())
            assert (desired is None, found) == (fresh is None, anew)


@settings(max_examples=15)
@given(st.lists(st.dictionaries(st.sampled_from(range(20)), texts, min_size=1), min_size=1, max_size=2))
def test_the_first_of_each_sort_are_known(histories: list[Mapping[int, str]]) -> None:
    """How many there are of each sort, and which come first by place, is what one would count in all of them."""
    with TemporaryDirectory() as place:
        for zones in histories:
            files = _account({f"zones/z{n}.example.yaml": text for n, text in zones.items()})
            cache = Cache(Path(place) / "cache")
            try:
                desired = loaded(Path(place) / "account", files, cache)
            except DiagnosticsError:
                continue
            found = check_dns(desired, TODAY, cache)
            cache.write(TODAY.toordinal())
            assert few_of(found) == few_of(tuple(found))
            assert list(few_of(found)) == list(few_of(tuple(found)))


def _account(changed: Mapping[str, str] = {}, rest: str = "") -> dict[str, str]:  # only read
    zones = {f"zones/z{n}.example.yaml": "www: {type: CNAME, value: gone.z0.example.}\n" for n in range(20)}
    return {"account.yaml": ACCOUNT + rest, **zones, **changed}


def _judged(folder: Path, files: Mapping[str, str]) -> tuple[int, Iterable[str]]:
    """Return how much is found, and into which zones somebody had to look for that."""
    desired, found = run(folder, files)
    assert desired is not None
    into = looked_into(desired.state)
    return len(found), {name.removeprefix("record/") for name in into if name.startswith("record/")}


def test_nothing_is_looked_into_where_nothing_has_changed(tmp_path: Path) -> None:
    """The second run finds the same 20 dangling names, and looks into no zone."""
    first, _ = _judged(tmp_path, _account())
    assert _judged(tmp_path, _account()) == (first, set())


def test_a_zone_that_changed_is_judged(tmp_path: Path) -> None:
    """It alone; those that point at it only ask it again."""
    _judged(tmp_path, _account())
    other = {"zones/z3.example.yaml": "www: {type: A, value: 192.0.2.3}\n"}
    assert _judged(tmp_path, _account(other))[1] == {"z3.example"}


def test_who_asked_a_zone_that_changed_is_judged_again(tmp_path: Path) -> None:
    """A name that comes into being mends all who point at it; one beside it concerns nobody."""
    found, _ = _judged(tmp_path, _account())
    beside = {"zones/z0.example.yaml": "www: {type: CNAME, value: gone.z0.example.}\nx: {type: TXT, value: x}\n"}
    assert _judged(tmp_path, _account(beside)) == (found, {"z0.example"})
    there = {
        "zones/z0.example.yaml": "www: {type: CNAME, value: gone.z0.example.}\ngone: {type: A, value: 192.0.2.1}\n"
    }
    left, into = _judged(tmp_path, _account(there))
    assert left < found
    assert len(set(into)) == 20


def test_a_mailbox_is_not_kept(tmp_path: Path) -> None:
    """A finding names it, and no file of the cache does."""
    files = {
        "account.yaml": ACCOUNT + REST[1],
        "zones/example.org.yaml": "'': {type: MX, value: 10 mx.example.net.}\n",
    }
    for _ in range(2):
        _, found = run(tmp_path, files)
        assert [one.code for one in found if "info@example.org" in one.detail] == ["mail-elsewhere"]
    kept = [path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert any(b"mail-elsewhere" in data for data in kept)
    assert not any(b"info" in data for data in kept)
