"""Pruning takes out exactly the entries at the places given, and their lines."""

import pytest

from reconciler.edit.prune import prune_files
from reconciler.model.errors import DiagnosticsError
from reconciler.model.span import Span

TEXT = """\
# What may go.
removed:
  # Left in June.
  mailbox/old@example.org: {reason: left}   # beside it

  alias/old@example.org:
    reason: moved
    keep: true

# Who may log in.
whitelist:
  hannover:
    address: 203.0.113.7
    previously: office  # until May
  berlin: {address: 203.0.113.8, previously: "home"}
"""


def pruned(text: str, *places: tuple[int, int]) -> str:
    """Return one file after pruning."""
    made = prune_files(lambda _: text.encode(), [Span("a.yaml", *place) for place in places])
    assert list(made) == (["a.yaml"] if places else [])
    return made.get("a.yaml", text)


def test_an_entry_goes_with_what_is_said_of_it_alone() -> None:
    """The comments above and beside it are its own; every other line is as before."""
    gone = "  # Left in June.\n  mailbox/old@example.org: {reason: left}   # beside it\n\n"
    assert pruned(TEXT, (4, 3)) in (TEXT.replace(gone, ""), TEXT.replace(gone, "\n"))


def test_the_section_goes_with_its_last_entry() -> None:
    """Nothing empty stays behind, and nothing of the next section is touched."""
    left = pruned(TEXT, (4, 3), (6, 3))
    assert "removed" not in left
    assert left.endswith(TEXT[TEXT.index("# Who may log in.") :])


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        ((14, 5), "    previously: office  # until May\n", ""),
        ((15, 34), ', previously: "home"}', "}"),
    ],
)
def test_a_spent_rename_goes_wherever_it_is_written(place: tuple[int, int], before: str, after: str) -> None:
    """On a line of its own, or among others."""
    assert pruned(TEXT, place) == TEXT.replace(before, after)


def test_line_ends_stay() -> None:
    """Those of Windows too."""
    windows = TEXT.replace("\n", "\r\n")
    assert pruned(windows, (14, 5)) == windows.replace("    previously: office  # until May\r\n", "")


def test_several_files_at_once() -> None:
    """Each has its own places; a file without any isn't read."""
    texts = {name: f"removed:\n  alias/{name}@example.org: {{reason: moved}}\nmail: {{}}\n" for name in "ab"}
    made = prune_files(lambda file: texts[file].encode(), [Span("a", 2, 3), Span("b", 2, 3)])
    assert made == {"a": "mail: {}\n", "b": "mail: {}\n"}


def test_what_is_written_through_an_alias_is_left_to_its_author() -> None:
    """The anchor's text belongs to others too: refused with its place, nothing is changed."""
    text = "x: &gone\n  alias/a@example.org: {reason: moved}\nremoved: *gone\n"
    with pytest.raises(DiagnosticsError) as raised:
        pruned(text, (2, 3))
    (found,) = raised.value.diagnostics
    assert found.code == "by-hand"


def test_a_place_where_nothing_begins_is_refused() -> None:
    """Rather than taking out something else."""
    with pytest.raises(DiagnosticsError) as raised:
        pruned(TEXT, (1, 1))
    assert [found.code for found in raised.value.diagnostics] == ["by-hand"]
