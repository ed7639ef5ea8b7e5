"""Zone files in the plain form are read straight from their text, with the same outcome as by a YAML parser."""

from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest

from load.test_corpus import history as history
from load.zone_fuzz import read
from load.zone_readings import FILE, difference
from load.zone_texts import ZoneTexts
from reconciler.gitrepo.repo import GitRepo
from reconciler.load.places import Places
from reconciler.load.plain_entries import PlainEntries
from reconciler.load.plain_zone import read_plain_zone
from reconciler.load.problems import Problems
from reconciler.load.tree import CommitTree
from reconciler.load.zone_records import ZoneContent, ZoneSettings
from reconciler.model.span import Span

SETTINGS = ZoneSettings("example.org")
PLAIN = """\
# where everything is
---

'':
  - ttl: 300   # five minutes
    type: MX
    values:
      - exchange: mx1.example.net.
        preference: 10
      - exchange: mx2.example.net.  # the spare one
        preference: '20'
  # who may send
  - type: TXT
    values:
    - v=spf1 include:_spf.example.net -all
    - "site-verification=a:b#c"
'*.dev':
- type: A
  values: [203.0.113.7, 203.0.113.8]

  ttl: 60
_imaps._tcp:
  type: SRV
  value:
    port: 993
    priority: 0
    target: imap.example.org.
    weight: 1
www:
    value: a.example.net.
    type: CNAME
zz:
- ttl: 3600
  type: Route53Provider/ALIAS
  value:
    evaluate-target-health: false
    name: d1.example.net.
"""


def plain(text: str, settings: ZoneSettings = SETTINGS) -> ZoneContent:
    """Return what a file declares, having made sure that all ways agree on it."""
    assert difference(text.encode(), settings)[1] == ""
    return read_plain_zone(FILE, text.encode(), settings, Problems())


def odd_lines(text: str, settings: ZoneSettings = SETTINGS) -> list[int]:
    """Return the lines of the entries that are left to the YAML parser."""
    return [one.line for one in PlainEntries(text, settings).read()]


def test_what_people_write_needs_no_parser() -> None:
    """Lists and mappings, indented or not, keys in any order, quotes, comments, short lists: all of it is plain."""
    assert odd_lines(PLAIN) == []
    content = plain(PLAIN)
    assert isinstance(content.places, Places)
    assert dict(content.places) == {
        "record/example.org/@/MX": Span(FILE, 5, 5),
        "record/example.org/@/TXT": Span(FILE, 13, 5),
        "record/example.org/*.dev/A": Span(FILE, 18, 3),
        "record/example.org/_imaps._tcp/SRV": Span(FILE, 22, 1),
        "record/example.org/www/CNAME": Span(FILE, 29, 1),
        "record/example.org/zz/Route53Provider%2FALIAS": Span(FILE, 33, 3),
    }


@pytest.mark.parametrize(
    "entry",
    [
        "odd:\n  type: TXT\n  value: wrapped\n    on\n",
        "odd:\n  type: TXT\n  value: 'it''s'\n",
        'odd:\n  type: TXT\n  value: "tab\\there"\n',
        "odd:\n  type: TXT\n  value: |\n    block\n",
        "odd:\n  type: TXT\n  value: |+\n    kept\n\n\n",
        "odd:\n  type: TXT\n  values:\n      -all is no item\n",
        "odd: {type: TXT, value: flow}\n",
        "odd: &all\n  type: TXT\n  value: anchored\nother: *all\n",
        "odd:\n  type: TXT\n  value: müller\n",
        "odd:\n  type: A\n  value: 203.0.113.7\n  meta: {owner: erika}\n",
        "odd:\n  type: A\n  value: 203.0.113.7\n  octodns:\n    cloudflare:\n      proxied: true\n",
        "odd:\n  type: TXT\n  value: '\n\n  b:\n    c'\n",
    ],
)
def test_an_odd_entry_costs_its_own_lines_and_no_others(entry: str) -> None:
    """Only such an entry goes to the parser, wherever it stands; places and values are those of the whole file."""
    a, z = "a:\n  type: A\n  value: 203.0.113.1\n", "z:\n  type: A\n  value: 203.0.113.2\n"
    for text in (a + entry + z, entry + a + z, a + z + entry, a + entry.rstrip("\n")):
        assert len(odd_lines(text)) == sum(line[:1].isalpha() for line in entry.splitlines())
        content = plain(text)
        assert isinstance(content.places, Places)
        assert "record/example.org/a/A" in content.state
        assert any("/odd/" in address for address in content.state)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("odd: '\nb:\n  type: A\n  value: 203.0.113.1\n'\n", "what looks like an entry is part of a text"),
        ("a:\n  type: A\n  value: 203.0.113.1\na:\n  type: AAAA\n  value: 2001:db8::1\n", "a name stands twice"),
        ("a:\n  type: A\n  value: 203.0.113.1\nA:\n  type: A\n  value: 203.0.113.1\n", "a record set stands twice"),
        ("a:\n  type: A\n  value: 203.0.113.1\nA: {type: A, value: 203.0.113.1}\n", "it stands twice, once oddly"),
        ("a:\n  type: A\n  value: 203.0.113.1\na: {type: AAAA, value: 2001:db8::1}\n", "a name is odd once"),
        ("a:\n  type: A\n  value: 203.0.113.1\n---\nb:\n  type: A\n  value: 203.0.113.1\n", "a second document"),
        ("a:\n  type: A\n  value: 203.0.113.1\n...\n", "the end of the document"),
        ("a:\n  type: A\n  value: 203.0.113.1\n\ttab: b\n", "a tab"),
        ("a:\n  type: A\n  value: 203.0.113.1\n  ttl: 1\n  ttl: 2\n", "a key stands twice"),
        ("a:\n  ttl: 1\n  type: A\n  value: 203.0.113.1\n  ttl: 2\n", "a key stands twice, at the ends"),
        ("a:\n  type: A\n  value: null\n", "an empty value"),
        ("a:\n  type: TXT\n  values: [null, x]\n", "an empty value in a list"),
        ("a:\n  type: CNAME\n  values: [a.b., c.d.]\n", "two values where one may be"),
        ("a:\n  type: TXT\n  values:\n  - b\n  - a:\n", "a mapping in a list of texts"),
        ("a:\n  type: MX\n  value:\n    exchange: b.\n    preference: 1\n    exchange: b.\n", "a part stands twice"),
        ("ttl: 60\ntype: A\nvalue: 203.0.113.1\n", "no names at all"),
        ("a:\ntype: A\nvalue: 203.0.113.1\n", "nothing is indented"),
        ("a:\r\n  type: A\r\n  value: 203.0.113.1\r\n", "line ends of another system"),
        ("a:\n  type: TXT\n  value: b\u2028c\n", "a line end that isn't ours"),
        ("a:\n  type: SOA\n  value: b\n", "a type that can't be declared"),
        ("", "an empty file"),
        ("# nothing\n", "comments alone"),
        ("{}\n", "managed and empty"),
    ],
)
def test_wherever_it_could_differ_the_file_is_read_whole(text: str, why: str) -> None:
    """What is wrong, and what reaches beyond its entry, is the general way's to say, with the whole file before it."""
    content = plain(f"first:\n  type: A\n  value: 203.0.113.9\n{text}" if text else text)
    assert difference(text.encode(), SETTINGS)[1] == "", why
    assert content is not None


def test_names_at_a_zone_below_are_judged_the_general_way() -> None:
    """A record set that belongs into another zone's file is told as ever; the others needn't wait for it."""
    text = (
        "a.sub:\n  type: A\n  value: 203.0.113.1\nb:\n  type: A\n  value: 203.0.113.1\nsub:\n  type: NS\n  value: ns.\n"
    )
    settings = ZoneSettings("example.org", lenient=True, cuts=frozenset({"sub"}))
    assert odd_lines(text, settings) == [1, 7]
    assert len(plain(text, settings).state) == 3


@pytest.mark.parametrize(
    "text",
    [
        "a:\n" + "# c\n" * 20_000 + "  x: y\n",
        "a:\n  type: TXT\n  values:\n" + "  - b\n" * 20_000 + "  x: y\n",
        "a:\n  type: TXT\n  value: a" + " " * 50_000 + "\n  x: y\n",
        "a:\n  type: TXT\n  value: " + "a:" * 25_000 + " \n",
        "a:\n  value: " + "# " * 25_000 + "\n" * 20_000,
        "'" * 50_000,
        "a: b\n" * 5_000,
    ],
    ids=["comments", "values", "spaces", "colons", "signs", "quotes", "entries"],
)
def test_no_text_makes_it_slow(text: str) -> None:
    """A hostile file is given up on after one look at each of its entries, and the general way refuses it."""
    assert difference(text.encode(), SETTINGS)[1] == ""


def test_files_made_at_random_are_read_alike() -> None:
    """Of 600 files, plain, odd and wrong ones, hot path, general way and PyYAML say the same."""
    went, wrong = read("the suite", 600)
    assert wrong == []
    assert min(went["from its text"], went["whole"], went["with errors"]) > 30, went
    assert ZoneTexts(Random(1)).text() == ZoneTexts(Random(1)).text()


def test_real_zones_are_read_from_their_text(history: tuple[GitRepo, list[str]]) -> None:
    """Of 405 zones of a public repository nineteen in twenty need no parser at all, and all are read alike."""
    repo, commits = history
    tree = CommitTree(repo, commits[0], "")
    zones: Mapping[str, bytes] = {
        path: tree.read(path)
        for path in tree.paths()
        if path.startswith("hostedzones/") and not path.endswith("octodns.yaml")
    }
    without = 0
    for path, raw in zones.items():
        settings = ZoneSettings(Path(path).stem, lenient=True)
        assert difference(raw, settings)[1] == "", path
        without += not odd_lines(raw.decode(), settings)
    assert len(zones) == 405
    assert without >= 0.95 * len(zones)
