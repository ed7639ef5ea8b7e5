"""The pages name everything there is."""

import re

import pytest

from docs.pages import ROOT
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.explain import all_codes
from reconciler.cli.group import VERBS
from reconciler.kinds import KINDS
from reconciler.model import errors


def _page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_is_documented(verb: str) -> None:
    """``docs/commands.md`` has a chapter for each."""
    assert f"\n## `reconciler {verb}`\n" in _page("commands.md")


@pytest.mark.parametrize("code", sorted(all_codes()))
def test_every_diagnostic_is_documented(code: str) -> None:
    """``docs/diagnostics.md`` has a chapter for each code."""
    assert f"\n## {code}\n" in _page("diagnostics.md")


def test_every_exit_code_is_documented_and_no_other() -> None:
    """``docs/exit-codes.md`` holds exactly the codes that the program can end with."""
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", _page("exit-codes.md"), re.MULTILINE)}
    assert told == {code.value for code in ExitCode}


def test_every_exception_ends_with_a_documented_code() -> None:
    """No exception carries a code that a script couldn't look up."""
    kinds = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.ReconcilerError)]
    assert {kind.exit_code for kind in kinds} <= {code.value for code in ExitCode}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_shown_in_the_format(kind: str) -> None:
    """``docs/format.md`` names each kind as it stands in addresses."""
    assert re.search(rf"`{kind}[/`]", _page("format.md"))


def test_every_page_is_listed_in_the_index() -> None:
    """Nobody finds a page that ``docs/README.md`` doesn't name; decisions have an index of their own."""
    index, decisions = _page("README.md"), _page("decisions/README.md")
    unlisted = [p.name for p in (ROOT / "docs").glob("*.md") if p.name != "README.md" and f"({p.name})" not in index]
    unlisted += [
        p.name
        for p in (ROOT / "docs/decisions").glob("*.md")
        if p.name != "README.md" and f"({p.name})" not in decisions
    ]
    assert unlisted == []


def test_every_link_between_our_files_leads_somewhere() -> None:
    """A relative link names a file that is there."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_dns_rules_are_listed_in_their_order() -> None:
    """``docs/dns-lint.md`` ranks the rules over DNS as the program does."""
    from reconciler.check.dns.codes import DNS_CODES

    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| (.+) \|$", _page("dns-lint.md"), re.MULTILINE)
    assert rows == [(code, known.severity.value, known.summary) for code, known in DNS_CODES.items()]
