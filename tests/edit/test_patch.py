"""Edits of YAML text: as asked, provably nothing else, and what can't be done so is refused with its place."""

import difflib
from collections import Counter
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from edit.documents import documents
from reconciler.edit.fmt import format_text
from reconciler.edit.patch import Add, Delete, Edit, Join, Path, Put, patch_text
from reconciler.edit.places import Node, place_values
from reconciler.model.errors import DiagnosticsError

VALUES = st.recursive(
    st.sampled_from(("x", "no", "010", "a: b", "two\nlines\n", "# no comment", "it's", '"', "", 300, True)),
    lambda inner: (
        st.lists(inner.filter(lambda value: not isinstance(value, list)), max_size=3)
        | st.dictionaries(st.sampled_from(("k", "on", "l2", "l10")), inner)
    ),
    max_leaves=4,
)


@settings(max_examples=60)
@given(st.data(), documents(), st.booleans())
def test_an_edit_does_what_it_says_and_nothing_else(data: st.DataObject, text: str, zone: bool) -> None:
    """Whatever is set, added or deleted: YAML reads what was asked, lines elsewhere and all other comments are kept."""
    before = read(text)
    edit = data.draw(edits(text))
    try:
        after = patch_text(text, "a.yaml", [edit], zone=zone, templates=False)
    except DiagnosticsError as error:
        assert [found.code for found in error.diagnostics] == ["by-hand"]
        return
    assert read(after) == done(before, edit)
    first, last = lines_of(text, edit)
    old, new = text.splitlines(), after.splitlines()
    assert new[:first] == old[:first]
    assert not old[last:] or new[-len(old[last:]) :] == old[last:]
    gone = Counter(comments(text)) - Counter(comments(after))
    inside = [line[i:].rstrip() for line in old[first:last] for i, c in enumerate(line) if c == "#"]
    assert not gone - Counter(inside)
    assert not gone or isinstance(edit, Delete | Put)


@settings(max_examples=60)
@given(st.data(), documents(), st.booleans())
def test_a_formatted_file_stays_formatted(data: st.DataObject, text: str, zone: bool) -> None:
    """What `fmt` has nothing to change in, it has nothing to change in after an edit."""
    formatted = format_text(text, "a.yaml", zone)
    edit = data.draw(edits(formatted))
    try:
        after = patch_text(formatted, "a.yaml", [edit], zone=zone, templates=False)
    except DiagnosticsError:
        return
    assert format_text(after, "a.yaml", zone) == after


@st.composite
def edits(draw: st.DrawFn, text: str) -> Edit:
    """One edit of a text at any place."""
    root = place_values(text.replace("\r\n", "\n")).root
    assume(root is not None)
    assert root is not None
    path = draw(st.sampled_from(sorted(paths(root), key=repr)))
    node = at(root, path)
    choices = ["put", "delete"] * bool(path)
    choices += ["insert"] * (node.sort == "mapping") + ["add"] * (node.sort == "list")
    choices += ["join"] * (node.sort == "mapping" and bool(node.items) and bool(path))
    assume(choices)
    match draw(st.sampled_from(choices)):
        case "delete":
            return Delete(path)
        case "insert":
            name = draw(st.sampled_from(("no", "a0", "new", "zz", "@")).filter(lambda name: node.child(name) is None))
            return Put((*path, name), draw(VALUES))
        case "add":
            return Add(path, draw(st.integers(0, len(node.items))), draw(VALUES))
        case "join":
            return Join(path, tuple(draw(st.lists(VALUES, max_size=1))), tuple(draw(st.lists(VALUES, max_size=2))))
        case _:
            return Put(path, draw(VALUES))


def paths(node: Node, path: Path = ()) -> list[Path]:
    """Return the path of a node and of every node in it."""
    found = [path]
    for number, item in enumerate(node.items):
        found += paths(item.value, (*path, item.name if item.key else number))
    return found


def at(node: Node, path: Path) -> Node:
    """Return the node at a path."""
    for step in path:
        item = node.child(step)
        assert item is not None
        node = item.value
    return node


def done(before: Any, edit: Edit) -> Any:
    """Return data after an edit, made without any text."""
    if isinstance(edit, Join | Add):
        value = before
        for step in edit.path:
            value = value[step]
        if isinstance(edit, Add):
            return replaced(before, edit.path, [*value[: edit.index], spelt(edit.value), *value[edit.index :]])
        return replaced(before, edit.path, [*map(spelt, edit.before), value, *map(spelt, edit.after)])
    *parent, last = edit.path
    holder = before
    for step in parent:
        holder = holder[step]
    if isinstance(edit, Put):
        changed = {**holder, last: spelt(edit.value)} if isinstance(holder, dict) else list(holder)
        changed[last] = spelt(edit.value)
        return replaced(before, tuple(parent), changed)
    if isinstance(holder, dict):
        return replaced(before, tuple(parent), {name: value for name, value in holder.items() if name != last})
    return replaced(before, tuple(parent), [value for number, value in enumerate(holder) if number != last])


def replaced(data: Any, path: Path, value: Any) -> Any:
    """Return data with another value at a path."""
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = replaced(copy[path[0]], path[1:], value)
    return copy


def spelt(data: Any) -> Any:
    """Return data as a reader that takes every scalar as text sees it."""
    if isinstance(data, dict):
        return {name: spelt(value) for name, value in data.items()}
    if isinstance(data, list):
        return [spelt(item) for item in data]
    return str(data).lower() if isinstance(data, bool) else str(data)


def read(text: str) -> Any:
    """Return what another reader of YAML sees, every scalar as text."""
    return yaml.load(text, yaml.BaseLoader)


def comments(text: str) -> list[str]:
    """Return the comments of a text."""
    return [comment for _, comment in place_values(text.replace("\r\n", "\n")).comments]


def lines_of(text: str, edit: Edit) -> tuple[int, int]:
    """Return the lines that an edit may touch: the entry's, bare ones around it, for the last entry its parent's."""
    source = text.replace("\r\n", "\n")
    lines = source.split("\n")
    root = place_values(source).root
    assert root is not None
    path = edit.path
    if isinstance(edit, Put | Delete):
        parent = at(root, path[:-1])
        alone = len(parent.items) == 1 or parent.flow
        path = path[:-1] if parent.child(path[-1]) is None or alone else path
    if not path:
        return 0, len(lines)
    item = at(root, path[:-1]).child(path[-1])
    assert item is not None
    first = source.count("\n", 0, item.start)
    on_dash = isinstance(edit, Delete) and lines[first].lstrip().startswith("- ")
    last = source.count("\n", 0, max(item.head, item.value.end)) + 1
    while first and is_bare(lines[first - 1]):
        first -= 1
    while last < len(lines) and is_bare(lines[last]):
        last += 1
    return first, last + on_dash


def is_bare(line: str) -> bool:
    """Tell whether a line holds at most a comment."""
    return not line.strip() or line.strip().startswith("#")


ZONE = """\
# The records of example.org.
---
# the web server
www:
  ttl: 300  # short
  type: A
  value: 203.0.113.10

# mail
mx1: {type: A, ttl: 60, value: 203.0.113.1}  # first
mx2: {type: A, ttl: 60, value: 203.0.113.2}

# text
txt:
  - type: TXT
    values:
      - 'one'  # quoted
      - two
  - {type: SPF, value: v=spf1 -all}
"""


def patched(text: str, *edits: Edit, **options: bool) -> str:
    """Return the difference that edits make, without its head."""
    after = patch_text(text, "a.yaml", edits, **options)
    lines = difflib.unified_diff(text.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if line[:2] not in ("--", "++", "@@"))


def refused(text: str, *edits: Edit) -> tuple[str, str]:
    """Return where an edit is refused, and why."""
    with pytest.raises(DiagnosticsError) as caught:
        patch_text(text, "a.yaml", edits)
    (found,) = caught.value.diagnostics
    assert found.code == "by-hand"
    return str(found.span), found.detail


def test_a_scalar_keeps_its_quotes_and_the_comment_beside_it() -> None:
    """Plain stays plain where it can; a text that older readers take for something else is quoted."""
    edits = (Put(("www", "ttl"), 600), Put(("txt", 0, "values", 0), "it's"), Put(("txt", 0, "values", 1), "no"))
    assert patched(ZONE, *edits, zone=True) == (
        "-  ttl: 300  # short\n+  ttl: 600  # short\n"
        "-      - 'one'  # quoted\n-      - two\n+      - 'it''s'  # quoted\n+      - 'no'"
    )


def test_a_new_record_comes_into_natural_order_in_the_style_of_its_neighbours() -> None:
    """`mx10` stands after `mx2`; where all neighbours stand in braces it does, too."""
    assert patched(ZONE, Put(("mx10",), {"type": "A", "value": "203.0.113.3"}), zone=True) == (
        "+mx10:\n+  type: A\n+  value: 203.0.113.3"
    )
    braces = "a2: {type: A}\n\na10: {type: A}\n"
    assert patch_text(braces, "a.yaml", [Put(("a3",), {"type": "A"})], zone=True) == (
        "a2: {type: A}\n\na3: {type: A}\n\na10: {type: A}\n"
    )


def test_a_second_type_at_a_name_makes_a_list() -> None:
    """A mapping becomes the list's entry, comments and all; one in braces stays on its line."""
    txt = {"type": "TXT", "value": "x"}
    assert patched(ZONE, Join(("www",), after=(txt,)), Join(("mx2",), before=(txt,)), zone=True) == (
        "-  ttl: 300  # short\n-  type: A\n-  value: 203.0.113.10\n"
        "+  - ttl: 300  # short\n+    type: A\n+    value: 203.0.113.10\n+  - type: TXT\n+    value: x\n"
        "-mx2: {type: A, ttl: 60, value: 203.0.113.2}\n"
        "+mx2: [{type: TXT, value: x}, {type: A, ttl: 60, value: 203.0.113.2}]"
    )


def test_a_list_keeps_what_stays_in_it() -> None:
    """Entries that are wanted again keep place, spelling and comment."""
    assert patched(ZONE, Put(("txt", 0, "values"), ["zero", "one", "three"]), zone=True) == (
        "+      - zero\n-      - two\n+      - three"
    )


def test_a_deleted_entry_takes_the_comment_that_is_surely_its_own() -> None:
    """Directly above and followed by a blank line or the end: gone. Above several entries: kept."""
    assert patched(ZONE, Delete(("www",)), zone=True).startswith("-# the web server\n-www:")
    assert patched(ZONE, Delete(("mx1",)), zone=True) == "-mx1: {type: A, ttl: 60, value: 203.0.113.1}  # first"
    both = patch_text(ZONE, "a.yaml", [Delete(("mx1",)), Delete(("mx2",))], zone=True)
    assert "# mail" not in both
    assert "\n\n\n" not in both
    head = "# about this file\nwww: 1\n"
    assert patch_text(head, "a.yaml", [Delete(("www",))]) == "# about this file\n{}\n"


def test_what_is_empty_stays_declared() -> None:
    """The last entry leaves braces behind, and the first one takes their place; the comment beside stays."""
    assert (
        patch_text("contacts:  # all\n  a: {x: 1}\n", "a.yaml", [Delete(("contacts", "a"))]) == "contacts: {}  # all\n"
    )
    assert patch_text("contacts: {}  # all\n", "a.yaml", [Put(("contacts", "a"), {"x": 1})]) == (
        "contacts:  # all\n  a:\n    x: 1\n"
    )


def test_a_file_keeps_its_indentation_and_line_ends() -> None:
    """Four spaces a level, lists not indented, Windows line ends, no line end at the end."""
    text = "mail:\r\n    example.org:\r\n        aliases:\r\n            a:\r\n            - x"
    after = patch_text(text, "a.yaml", [Put(("mail", "example.org", "mailboxes"), {"b": {"forward_to": ["y"]}})])
    assert after == (
        f"{text}\r\n        mailboxes:\r\n            b:\r\n                forward_to:\r\n                - 'y'"
    )


def test_missing_mappings_on_the_way_are_made_once() -> None:
    """Two entries of a section that isn't there yet share it."""
    edits = [Put(("mail", "example.org", "aliases", name), ["x"]) for name in ("a", "b")]
    assert patch_text("# empty\n", "a.yaml", edits) == (
        "# empty\nmail:\n  example.org:\n    aliases:\n      a: [x]\n      b: [x]\n"
    )


def test_a_shared_value_is_never_edited() -> None:
    """What an alias repeats, and the alias itself, are shown to be written by hand."""
    text = "a: &x {b: 1}\nc: *x\n"
    assert refused(text, Put(("a", "b"), 2)) == ("a.yaml:1:4", "An alias repeats this value elsewhere (`*x`).")
    assert refused(text, Delete(("a",)))[0] == "a.yaml:1:4"
    assert refused(text, Put(("c", "b"), 2)) == ("a.yaml:2:4", "Here stands an alias, which repeats `&x`.")
    assert patch_text("a: &x 1\n", "a.yaml", [Put(("a",), 2)]) == "a: 2\n"


def test_a_template_is_never_replaced() -> None:
    """The variable would silently be lost; an entry that goes whole may hold one."""
    text = "a: {v: '{{ vars.web }}'}\nb: 1\n"
    assert refused(text, Put(("a", "v"), "x")) == ("a.yaml:1:8", "The value that would change is made by a template.")
    assert patch_text(text, "a.yaml", [Delete(("a",))]) == "b: 1\n"
    assert patch_text(text, "a.yaml", [Put(("a", "v"), "x")], templates=False) == "a: {v: 'x'}\nb: 1\n"


def test_edits_that_contradict_each_other_are_refused() -> None:
    """A place that isn't there, and a text that should hold something."""
    assert "There is no `z`" in refused("a: 1\n", Delete(("z",)))[1]
    assert "Here stands a text" in refused("a: 1\n", Put(("a", "b"), 1))[1]


@pytest.mark.parametrize(
    ("text", "edit", "after"),
    [
        ("a:\n  b:\n    c: 1\n    # why\n  d: 2\n", Put(("a", "b"), "x"), "a:\n  b: x\n  # why\n  d: 2\n"),
        ("a:\n  - b\n  # why\n\n  - c\nd: 1\n", Put(("a",), []), "a: []\n# why\n\nd: 1\n"),
        ("a:\n  b: 1\n  # why\nc: 2\n", Delete(("a", "b")), "a: {}\n# why\nc: 2\n"),
    ],
)
def test_comments_of_a_block_that_is_gone_stand_where_fmt_puts_them(text: str, edit: Edit, after: str) -> None:
    """They stay, one step to the left."""
    assert patch_text(text, "a.yaml", [edit], templates=False) == after
    assert format_text(after, "a.yaml", False) == after
