"""What keeps hopeless files from costing time: after so many errors a file isn't read further."""

import pytest

from load.written import errors
from reconciler.load.problems import ENOUGH, MOST_PER_FILE

LINES = {
    "unknown sections": ("resources.yaml", "kontakts%d: {}\n"),
    "tags": ("resources.yaml", "vars%d: !x {}\n"),
    "keys twice": ("resources.yaml", "vars: {} #%d\n"),
    "invisible characters": ("resources.yaml", "# \u200b %d\n"),
    "nulls": ("resources.yaml", "contacts%d:\n"),
    "record sets": ("zones/example.org.yaml", "n%d: {value: x}\n"),
    "wrong values": ("zones/example.org.yaml", "n%d: {type: A, value: x}\n"),
}


@pytest.mark.parametrize("name", LINES)
def test_a_file_with_very_many_errors_is_cut_short(name: str) -> None:
    """The first 500 errors stand there with their places, and one line says that there are more."""
    file, line = LINES[name]
    found = errors({file: "".join(line % number for number in range(5 * ENOUGH))})
    own = [one for one in found if one.span and one.span.file == file]
    assert len(own) == MOST_PER_FILE + 1
    (more,) = [one for one in own if one.code == "too-many-errors"]
    assert f"{ENOUGH - MOST_PER_FILE}" in more.detail or name == "unknown sections"


def test_directives_are_few() -> None:
    """Thousands of `%TAG` lines cost libyaml a minute."""
    text = "".join(f"%TAG !a{number}! x\n" for number in range(5_000)) + "---\nvars: {}\n"
    (found,) = errors(text)
    assert found.code == "yaml-syntax"
    assert "More than 20 lines begin with `%`" in found.detail
    assert found.span is not None
    assert found.span.line == 21


def test_an_error_at_the_end_of_a_file_stands_in_the_file() -> None:
    """The parser names a line after the last; nobody finds that in an editor."""
    for text, line in (("vars: {a: b\nc", 2), ("?", 1), ("vars: [", 1), ("vars:\n  ?", 2)):
        for found in errors(text):
            assert found.span is not None
            assert found.span.line <= line
            assert found.line is not None
