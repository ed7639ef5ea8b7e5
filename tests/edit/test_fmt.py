"""``fmt`` changes the layout of a file and nothing else."""

import io
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from octodns.yaml import safe_dump, safe_load

from edit.documents import documents
from reconciler.edit.fmt import format_text
from reconciler.model.errors import DiagnosticsError

_ODD_FILE = """\
# head
---   # the mark
A: &A
a: &B   # beside
- b: |   # header
     text
       deep

  # below the first entry
- ? k
  : *A
-   # above
  c: # a comment
      value   # beside
  d: "multi
     line \\
       x"
  g: [a,   # one
   # two
   {b: 1,"c":2}, [x: 1], # three
   ]  # after
  h: >2
      lead
   # at the end
e:    # nothing
"""

_SAME_FILE = """\
# head
---  # the mark
A: &A
a: &B  # beside
  - b: |  # header
      text
        deep

    # below the first entry
  - k: *A
  # above
  # a comment
  - c: value  # beside
    d: "multi
      line \\
      x"
    g: [
      a,  # one
      # two
      {b: 1, "c": 2},
      [{x: 1}]  # three
    ]  # after
    h: >2
        lead
    # at the end
e:  # nothing
"""


def events(text: str) -> list[Any]:
    """Return what another YAML reader finds: structure, text of scalars, anchors, whether they are plain."""
    return [
        (type(e).__name__, getattr(e, "value", None), getattr(e, "anchor", None), getattr(e, "implicit", None))
        for e in yaml.parse(text)
    ]


def tree(text: str) -> Any:
    """Return a file as dictionaries and lists of text, so that the order of keys doesn't count."""
    return yaml.load(text, yaml.BaseLoader)


def comments(text: str) -> Counter[str]:
    """Return all comments, found by a third reader's tokens: what is neither a token nor space is a comment."""
    at, found = 0, Counter[str]()
    for token in yaml.scan(text):
        if isinstance(token, yaml.ScalarToken):
            found.update(_comments_in(text[at : token.start_mark.index]))
            at = token.end_mark.index
            if token.style in ("|", ">"):
                header = text[token.start_mark.index : at].partition("\n")[0]
                found.update(_comments_in(header))
    found.update(_comments_in(text[at:]))
    return found


def _comments_in(gap: str) -> list[str]:
    return [found.rstrip() for found in re.findall(r"(?:(?<=[\s,\[\]{}])|^)#[^\n]*", gap)]


@settings(max_examples=150)
@given(documents(), st.booleans())
@example(_ODD_FILE, False)
@example(_ODD_FILE, True)
def test_meaning_and_comments_stay(text: str, zone: bool) -> None:
    """Every scalar keeps its text and every comment is still there, whatever the layout was."""
    formatted = format_text(text, "a.yaml", zone)

    assert comments(formatted) == comments(text.replace("\r\n", "\n"))
    if zone:
        assert tree(formatted) == tree(text)
    else:
        assert events(formatted) == events(text)


@settings(max_examples=150)
@given(documents(), st.booleans())
@example(_ODD_FILE, False)
@example(_ODD_FILE, True)
def test_formatting_twice_is_formatting_once(text: str, zone: bool) -> None:
    """What is formatted stays as it is."""
    formatted = format_text(text, "a.yaml", zone)

    assert format_text(formatted, "a.yaml", zone) == formatted


@settings(max_examples=100)
@given(documents())
@example("_: no\nno: no\n")
def test_a_formatted_zone_passes_octodns(text: str) -> None:
    """octoDNS's own enforce_order accepts every formatted zone file."""
    formatted = format_text(text, "example.org.yaml", zone=True)

    assert safe_load(io.StringIO(formatted), enforce_order=True) == safe_load(io.StringIO(formatted), False)


NAME = st.from_regex(r"[a-z0-9_*.-]{1,8}", fullmatch=True)


@given(st.lists(st.tuples(NAME, st.booleans()), unique_by=lambda pair: pair[0], max_size=12))
@example([("10", False), ("9", True), ("1.5", False), ("1.6", True), ("010", False), ("2", False)])
@example([("a10", True), ("a9", True), ("a", True), ("*.b", True), ("A2", True)])
def test_names_come_in_octodns_order(names: list[tuple[str, bool]]) -> None:
    """Names sort as octoDNS demands, also those that it reads as numbers because they aren't quoted."""
    plain = re.compile(r"[0-9]+(\.[0-9]+)?\Z|[a-z][a-z0-9]*\Z")
    lines = [
        f"{n}: {{}}" if not quote and plain.match(n) and n not in ("y", "n") else f"'{n}': {{}}" for n, quote in names
    ]
    formatted = format_text("\n".join(lines) or "{}", "example.org.yaml", zone=True)

    assert safe_load(io.StringIO(formatted), enforce_order=True) is not None


def test_the_layout() -> None:
    """Two spaces a level, lists below their key indented, two spaces before a comment, one blank line in a row."""
    assert format_text(_ODD_FILE, "a.yaml", zone=False) == _SAME_FILE


def test_a_comment_moves_with_the_entry_below_it() -> None:
    """Sorting a zone takes the comment above a name along; the head of the file, set off by a blank line, stays."""
    text = "# Zone of Musterfirma\n\n# the shop\nshop: {type: A}\n# the web\n'': {type: A}   # apex\n# end\n"

    formatted = format_text(text, "example.org.yaml", zone=True)

    head, shop, apex = "# Zone of Musterfirma\n", "# the shop\nshop: {type: A}\n", "# the web\n'': {type: A}  # apex\n"
    assert formatted == f"{head}\n{apex}{shop}# end\n"


def test_other_files_keep_their_order() -> None:
    """Outside the zone folder the order of keys is the author's."""
    assert format_text("b: 1\na: 2\n", "mail.yaml", zone=False) == "b: 1\na: 2\n"


def test_a_zone_with_aliases_keeps_its_order() -> None:
    """Aliases refer back, so entries around them don't move."""
    text = "b: &web\n  type: A\n  value: 203.0.113.10\na: *web\n"

    assert format_text(text, "example.org.yaml", zone=True) == text


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: [1\nb: 2\n", "yaml-syntax", (2, 2)),
        ("a: 1\n  b: 2\n", "yaml-syntax", (2, 4)),
        ("\ta: 1\n", "yaml-syntax", (1, 1)),
        ("a: b\x07c\n", "yaml-syntax", (1, 5)),
        ("a: 'never closed\n", "yaml-syntax", (2, 1)),
        ("a: 1\n---\nb: 2\n", "not-formattable", (2, 1)),
        ("%YAML 1.1\n---\na: 1\n", "not-formattable", (1, 1)),
        ("? [a, b]\n: 1\n", "not-formattable", (1, 3)),
        ("just text\n", "not-formattable", (1, 1)),
        ("a: " + "[" * 600 + "]" * 600, "not-formattable", (1, 1)),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, code: str, place: tuple[int, int]) -> None:
    """A file that can't be read or written again is reported at its place instead of being destroyed."""
    with pytest.raises(DiagnosticsError) as caught:
        format_text(text, "zones/example.org.yaml", zone=True)

    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.span) == (code, ("zones/example.org.yaml", *place))
    assert diagnostic.line is not None


@given(documents(), st.data())
def test_damaged_files_never_lose_anything(text: str, data: st.DataObject) -> None:
    """Whatever a slip of the hand makes of a file: it is refused, or formatted without any loss."""
    at = data.draw(st.integers(0, len(text)))
    slip = data.draw(st.sampled_from((":", "- ", "#", " # c", "'", '"', "{", "]", ",", "&a ", "|", "\n", "\n\n", "? ")))
    damaged = text[:at] + slip + text[at:]
    try:
        formatted = format_text(damaged, "a.yaml", zone=False)
    except DiagnosticsError:
        return
    assert format_text(formatted, "a.yaml", zone=False) == formatted
    try:
        before = events(damaged)
    except yaml.YAMLError:  # libyaml's rules are a little narrower than ours
        return
    assert events(formatted) == before


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "{}\n", "---\n{}\n"])
def test_files_without_entries(text: str) -> None:
    """An empty file stays empty, a comment stays a comment."""
    assert format_text(text, "example.org.yaml", zone=True) == text.strip() + ("\n" if text.strip() else "")


def test_the_corpus_stays(corpus: Path) -> None:
    """Of 405 real zone files 403 stay byte for byte; two differ in style only; all pass octoDNS's enforce_order."""
    listed = subprocess.run(["git", "ls-files", "hostedzones"], cwd=corpus, capture_output=True, text=True, check=True)
    unequal, zones = [], 0
    for name in listed.stdout.split():
        if name.count(".") < 2 or not name.endswith(".yaml"):
            continue
        zones += 1
        text = (corpus / name).read_text()
        formatted = format_text(text, name, zone=True)
        assert tree(formatted) == tree(text)
        assert safe_load(io.StringIO(formatted), enforce_order=True) == safe_load(
            io.StringIO(text), enforce_order=False
        )
        unequal += [name] if formatted != text else []

    assert zones == 405
    assert unequal == ["hostedzones/justice.gov.uk.yaml", "hostedzones/service.justice.gov.uk.yaml"]


def test_what_octodns_dumps_keeps_its_order_and_meaning() -> None:
    """octoDNS's own dump is in our order already; only its lists move to the right, below their key."""
    data = {
        "": [{"type": "MX", "values": [{"exchange": "a.", "preference": 1}]}],
        "a10": {"ttl": 60},
        "a9": {"ttl": 60},
    }
    dumped = io.StringIO()
    safe_dump(data, dumped)

    assert events(format_text(dumped.getvalue(), "example.org.yaml", zone=True)) == events(dumped.getvalue())
