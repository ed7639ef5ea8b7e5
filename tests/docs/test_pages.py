"""What the pages show is what happens."""

from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from docs.pages import ROOT, Page, outputs, pages, read_page, says
from program import environment

PAGES = pages()
#: Where the programs of name servers lie, too.
_SBIN = "/usr/sbin:/sbin"


def _param(page: Page) -> ParameterSet:
    """Return a page as a parameter, which needs the servers that it starts."""
    marks = [pytest.mark.needs_server(*page.servers)] if page.servers else []
    return pytest.param(page, id=str(page.path.relative_to(ROOT)), marks=marks)


@pytest.mark.parametrize("page", [_param(page) for page in PAGES])
def test_a_page_shows_what_its_commands_print(page: Page, tmp_path: Path) -> None:
    """Every command of a page, run in order in what the page says the reader has, prints what the page shows."""
    place = tmp_path / "place"
    place.mkdir()
    env = environment(tmp_path / "home")
    printed = outputs(page, place, {**env, "PATH": f"{env['PATH']}:{_SBIN}"})
    assert len(printed) == len(page.commands)
    for command, real in zip(page.commands, printed, strict=True):
        assert says(command.output, real), (
            f"{page.path.name}:{command.line}: $ {command.text}\n--- shown\n{command.output}--- printed\n{real}"
        )


def test_the_readme_shows_commands() -> None:
    """The first page anybody sees is among those that are run."""
    assert ROOT / "README.md" in [page.path for page in PAGES]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n", "a\nb\n", False),
        ("a\n...\nz\n", "a\nb\nc\nz\n", True),
        ("a\n...\nz\n", "a\nz\n", True),
        ("took ... s\n", "took 1.5 s\n", True),
        ("took ... s\n", "took 1.5\ns\n", False),
        ("a.c\n", "abc\n", False),
    ],
)
def test_dots_stand_for_anything(shown: str, printed: str, same: bool) -> None:
    """Three dots match inside a line, alone on a line they match lines."""
    assert says(shown, printed) is same


def test_a_page_is_read_with_its_files_and_commands(tmp_path: Path) -> None:
    """A file is what stands in the block after its name; a command's output reaches to the next command."""
    path = tmp_path / "page.md"
    path.write_text(
        "# T\n\n<!-- file: a/b.yaml -->\n```yaml\nx: 1\n```\n\n```console\n$ one \\\n  more\nout\n$ two\n```\n"
    )
    page = read_page(path)
    assert page.files == {"a/b.yaml": "x: 1\n"}
    assert [(c.line, c.text, c.output) for c in page.commands] == [(9, "one \\\n  more", "out\n"), (12, "two", "")]


def test_a_page_names_its_servers_and_their_ports(tmp_path: Path) -> None:
    """A port stands for one that is free: the reader's is in the files, in the commands, and in what they print."""
    path = tmp_path / "page.md"
    path.write_text(
        "<!-- servers: bind knot -->\n<!-- ports: 15353 19530 -->\n"
        "<!-- file: a -->\n```\n15353\n```\n```console\n$ echo 15353 153530 $(($(cat a) == 15353))\n0\n```\n"
    )
    page = read_page(path)
    assert (page.servers, page.ports) == (("bind", "knot"), ("15353", "19530"))
    place = tmp_path / "place"
    place.mkdir()
    assert outputs(page, place, environment(tmp_path / "home")) == ["15353 153530 1\n"]
    assert (place / "a").read_text() != "15353\n"
