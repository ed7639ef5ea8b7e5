"""YAML: text stays text, and whatever could surprise is refused by name and place."""

import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.load import yaml_text
from reconciler.load.nodes import Mapping, plain
from reconciler.load.problems import Problems
from reconciler.load.yaml_text import MAX_DEPTH, ORDINARY, Limits, YamlReader


def read(text: str | bytes, limits: Limits = ORDINARY) -> tuple[object, list[str]]:
    """Return a text's content and the codes of what is wrong with it, each with its place."""
    problems = Problems()
    raw = text if isinstance(text, bytes) else text.encode()
    root = YamlReader("f.yaml", raw, problems, limits).root()
    found = [f"{d.code} {d.span.line}:{d.span.column}" for d in problems.sorted() if d.span]
    return (None if root is None else plain(root)), found


@pytest.fixture(params=["libyaml", "pure"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both parsers: libyaml's, and PyYAML's own where libyaml is missing."""
    if request.param == "pure":
        monkeypatch.setitem(sys.modules, "yaml._yaml", None)
    return str(request.param)


@pytest.mark.parametrize("text", ["no", "on", "010", "0x1F", "12:30", "2026-01-01", "1e3", ".inf", "=", "yes", "K-1"])
def test_the_schema_decides_and_never_the_spelling(text: str, parser: str) -> None:
    """What YAML calls a boolean, a number or a date stays the text that was written, as key and as value."""
    assert read(f"{text}: {text}\n") == ({text: text}, [])


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_an_empty_value_is_an_error(text: str) -> None:
    """Empty could mean nothing or unmanaged, so it is refused."""
    assert read(f"a: {text}\nb: 1\n")[1] == [f"null-value 1:{4 if text else 3}"]


@pytest.mark.parametrize("text", ["''", '""', "'~'", '"null"', "|\n  null"])
def test_quoted_text_is_never_empty(text: str) -> None:
    """Quotes and blocks say that text is meant."""
    assert read(f"a: {text}\n")[1] == []


def test_a_key_that_looks_empty_is_text() -> None:
    """Keys take the text as written; only no text at all is refused."""
    assert read("~: 1\nnull: 2\n'': 3\n") == ({"~": "1", "null": "2", "": "3"}, [])
    assert read("? \n: 1\n")[1] == ["null-value 1:2"]


REFUSED = {
    "a tag": ("a: !!int 1\n", ["tag 1:4"]),
    "a tag on a mapping": ("a: !foo {b: 1}\n", ["tag 1:4"]),
    "a tag on a key": ("!!str a: 1\n", ["tag 1:1"]),
    "an include": ("a: !include b.yaml\n", ["include 1:4"]),
    "a merge key": ("a: &x {b: 1}\nc:\n  <<: *x\n", ["merge-key 3:3"]),
    "a second document": ("a: 1\n---\nb: 1\n", ["second-document 2:1"]),
    "a duplicate key": ("a: 1\nb: 1\na: 2\n", ["duplicate-key 3:1"]),
    "a duplicate key in other quotes": ("a: 1\n'a': 2\n", ["duplicate-key 2:1"]),
    "a list as key": ("? [a]\n: 1\n", ["wrong-key 1:3"]),
    "an alias without anchor": ("a: *b\n", ["unknown-anchor 1:4"]),
    "an alias inside its own anchor": ("a: &a [*a]\n", ["unknown-anchor 1:8"]),
    "a byte-order mark": (b"\xef\xbb\xbfa: 1\n", ["byte-order-mark 1:1"]),
    "UTF-16": ("a: 1\n".encode("utf-16"), ["byte-order-mark 1:1"]),
    "Latin-1": ("ä: ok\nb: grün\n".encode("latin-1"), ["invalid-utf-8 1:1"]),
    "NUL": ("a: 1\nb: x\0y\n", ["control-character 2:5"]),
    "DEL": ("b: x\x7fy\n", ["control-character 1:5"]),
    "C1": ("b: x\x9by\n", ["control-character 1:5"]),
    "an escaped NUL": ('b: "x\\0y"\n', ["control-character 1:4"]),
    "a direction mark": ("a: 1\nb: x\u202ey\nc: \u2066\n", ["invisible-character 2:5", "invisible-character 3:4"]),
    "a zero-width key": ("a\u200b: 1\n", ["invisible-character 1:2"]),
    "an escaped direction mark": ('b: "\\u202e"\n', ["invisible-character 1:4"]),
    "a syntax error after others": ("a:\nb: !!int 1\nc: 'x\n", ["null-value 1:3", "tag 2:4", "yaml-syntax 3:4"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_surprise_is_refused_by_name_and_place(name: str, parser: str) -> None:
    """Every refusal has its own code and stands at the place itself."""
    text, expected = REFUSED[name]
    assert read(text)[1] == expected


def test_one_mistake_doesnt_hide_the_next() -> None:
    """Everything in a file is reported at once, and what is sound is still read."""
    content, found = read("a: ~\nb: !!int 1\n<<: {x: 1}\nb: 2\nc: fine\n")
    assert found == ["null-value 1:4", "tag 2:4", "merge-key 3:1", "duplicate-key 4:1"]
    assert content == {"a": "~", "b": "1", "c": "fine"}


def test_columns_count_characters() -> None:
    """A place counts characters, not bytes, from 1."""
    assert read("äöü: [ß, !!int 1]\n")[1] == ["tag 1:10"]


class TestAliases:
    """Aliases repeat a value, within bounds."""

    def test_an_alias_repeats_its_anchor(self, parser: str) -> None:
        """An alias stands for a whole value, or a key."""
        assert read("a: &x [1, 2]\nb: *x\n") == ({"a": ["1", "2"], "b": ["1", "2"]}, [])
        assert read("a: &x k\n*x : 1\n") == ({"a": "k", "k": "1"}, [])

    def test_a_billion_laughs_end_at_the_limit(self) -> None:
        """The limit counts what a file holds after its aliases are expanded, before anything expands them."""
        rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
        assert read("\n".join(rows))[1] == ["too-many-nodes 6:10"]

    def test_aliases_count_for_the_depth(self) -> None:
        """Fifty levels are fifty levels, however they are written."""
        rows = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 60)]
        assert read("\n".join(rows))[1] == [f"too-deep {MAX_DEPTH}:12"]


class TestLimits:
    """Input is bounded before it costs anything."""

    def test_depth(self) -> None:
        """Fifty levels are read, one more is refused."""
        assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH)[1] == []
        assert read("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))[1] == [f"too-deep 1:{MAX_DEPTH + 1}"]

    def test_deep_nesting_costs_nothing(self) -> None:
        """A hundred thousand brackets are no recursion of ours."""
        assert [found.split()[0] for found in read("[" * 100_000)[1]] == ["too-deep"]

    def test_size(self) -> None:
        """The size of a file is judged before it is parsed."""
        assert read(b"#" * 2**20)[1] == []
        assert read(b"#" * (2**20 + 1))[1] == ["file-too-large 1:1"]

    def test_nodes(self) -> None:
        """The number of keys and values is bounded."""
        assert read("[" + "x," * 9 + "]", Limits(100, 10))[1] == []
        assert read("[" + "x," * 10 + "]", Limits(100, 10))[1] == ["too-many-nodes 1:22"]

    def test_a_long_text(self) -> None:
        """A single text may have 64 KiB."""
        assert read(f"a: {'x' * 65536}\n")[1] == []
        assert read(f"a: {'x' * 65537}\n")[1] == ["scalar-too-long 1:4"]
        assert read(f"{'x' * 65537}\n")[1] == ["scalar-too-long 1:1"]


SYNTAX = {
    "a tab": ("a:\n\tb: 1\n", "2:1", "A tab stands where indentation belongs."),
    "an open quote": ("a: 'x\nb: 1\n", "1:4", "A quote is opened and never closed."),
    "an open bracket": (
        "a: [1\nb: 2\n",
        None,
        "A list in brackets or a mapping in braces isn't closed, or lacks a comma.",
    ),
    "nothing after a bracket": ("a: [\n", "2:1", "A value is missing here, or a bracket isn't closed."),
    "an unquoted colon": (
        "a: b: c\n",
        "1:5",
        "A colon followed by a space begins a value, but no value can begin here.",
    ),
    "a reserved character": ("a: @x\n", "1:4", "A plain text can't begin with this character."),
    "an unknown escape": ('a: "\\q"\n', None, "This escape doesn't exist."),
    "loose indentation": ("- 1\nx: 2\n", "2:1", "The indentation doesn't fit what stands above."),
}


@pytest.mark.parametrize("name", SYNTAX)
def test_syntax_errors_speak_of_what_people_do(name: str, parser: str) -> None:
    """The parser's own words are replaced by the mistake behind them, with a way to mend it."""
    text, at, detail = SYNTAX[name]
    problems = Problems()
    reader = YamlReader("f.yaml", text.encode(), problems)
    assert reader.root() is None
    assert reader.failed
    (found,) = problems.sorted()
    assert (found.code, found.detail) == ("yaml-syntax", detail)
    assert found.help
    assert at is None or str(found.span) == f"f.yaml:{at}"


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "--- # nothing\n...\n"])
def test_a_file_without_content_is_blank(text: str) -> None:
    """A file that is commented out declares nothing, which is no error."""
    problems = Problems()
    reader = YamlReader("f.yaml", text.encode(), problems)
    assert reader.root() is None
    assert reader.blank
    assert not problems.sorted()


def test_entries_are_handed_over_one_by_one() -> None:
    """A large file is never held as a tree."""
    problems = Problems()
    seen: list[tuple[str, object]] = []
    other = YamlReader("f.yaml", b"a: 1\nb: [2]\na: 3\n", problems).entries(
        lambda k, v: seen.append((k.text, plain(v)))
    )
    assert other is None
    assert seen == [("a", "1"), ("b", ["2"])]
    assert [found.code for found in problems.sorted()] == ["duplicate-key"]


JSONISH = st.recursive(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcXYZ é", min_size=1), inner, max_size=4),
    max_leaves=20,
)


@given(JSONISH)
def test_whatever_yaml_writes_as_text_is_read_as_the_same_text(content: object) -> None:
    """Any tree of quoted texts survives being written and read."""
    text = yaml.safe_dump(content, default_style='"', allow_unicode=True)
    found, wrong = read(text)
    assert not wrong
    assert found == content


@given(JSONISH)
def test_both_parsers_agree(content: object) -> None:
    """Without libyaml the same text gives the same tree with the same places."""
    text = yaml.safe_dump(content, allow_unicode=True).replace("null", "x")
    fast, slow = (_tree(text, parse) for parse in (yaml_text._parser, yaml_text._pure_parser))
    assert fast == slow


def _tree(text: str, parse: object) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_text, "_parser", parse)
        root = YamlReader("f.yaml", text.encode(), Problems()).root()
    return _placed(root) if root is not None else None


def _placed(node: object) -> object:
    at = (node.mark.line, node.mark.column)  # type: ignore[attr-defined]  # every node has a mark
    if isinstance(node, Mapping):
        return at, [(_placed(key), _placed(value)) for key, value in node.entries.values()]
    items = getattr(node, "items", None)
    return (at, [_placed(item) for item in items]) if items is not None else (at, getattr(node, "text", None))


@given(st.binary(max_size=300))
def test_no_bytes_are_a_surprise(raw: bytes) -> None:
    """Whatever a file holds, it is read or refused with a diagnostic, never with an exception."""
    problems = Problems()
    reader = YamlReader("f.yaml", raw, problems)
    root = reader.root()
    assert root is None or not reader.failed
    assert bool(problems.sorted()) or not reader.failed
