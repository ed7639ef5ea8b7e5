"""The rules over a whole configuration: each row of the table fails and passes as its example says."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from check.written import found
from reconciler.check.codes import CODES
from reconciler.check.dns.codes import DNS_CODES
from reconciler.check.dns.rules import DNS_RULES
from reconciler.check.examples import example, files_of
from reconciler.check.rules import LAST_RULES, RULES
from reconciler.model.diagnostic import Severity

ALL = (*RULES, *DNS_RULES, *LAST_RULES)
#: What is refused by every name server stops a plan; the other rules never do.
ERRORS = {"cname-at-apex"}


def resources(text: str) -> Mapping[str, str]:
    return files_of(text)


@pytest.mark.parametrize("code", ALL)
def test_example(code: str, tmp_path: Path) -> None:
    """The first half of a rule's example causes exactly its code, the second half nothing."""
    shown = example(code)
    assert shown is not None
    assert [one.code for one in found(tmp_path / "failing", files_of(shown.failing))] == [code]
    assert found(tmp_path / "passing", files_of(shown.passing)) == ()


@pytest.mark.parametrize("code", ALL)
def test_summary_is_constant(code: str, tmp_path: Path) -> None:
    """What varies stands in the detail; the summary is the code's own, and a place is named."""
    shown = example(code)
    assert shown is not None
    (one,) = found(tmp_path, files_of(shown.failing))
    assert one.summary == CODES[code].summary
    assert one.span is not None
    assert one.help
    assert (one.severity is Severity.ERROR) == (code in ERRORS)


def test_every_rule_is_explained() -> None:
    """The tables of rules and the table of codes name the same."""
    assert set(ALL) == CODES.keys()
    assert DNS_RULES.keys() == DNS_CODES.keys()


def test_until_on_the_day(tmp_path: Path) -> None:
    """On its last day a resource is near its end, not past it."""
    text = "whitelist:\n  office: {address: 203.0.113.7, meta: {until: 2026-11-24}}\n"
    assert [one.code for one in found(tmp_path, resources(text))] == ["until-near"]


def test_until_far_away(tmp_path: Path) -> None:
    """More than two weeks before its day nothing is said."""
    text = "whitelist:\n  office: {address: 203.0.113.7, meta: {until: 2026-12-09}}\n"
    assert found(tmp_path, resources(text)) == ()


def test_targets_elsewhere_are_nobodys_business(tmp_path: Path) -> None:
    """An address of a domain that isn't declared here is never looked up."""
    text = "mail:\n  example.org:\n    aliases:\n      sales: [anybody@example.net]\n"
    assert found(tmp_path, resources(text)) == ()


def test_target_in_another_managed_domain(tmp_path: Path) -> None:
    """Domains declared here are looked into, whichever domain the sender has."""
    text = "mail:\n  example.org:\n    aliases: {sales: [nobody@example.com]}\n  example.com: {}\n"
    assert [one.code for one in found(tmp_path, resources(text))] == ["unknown-target"]


def test_catch_all_may_be_an_alias(tmp_path: Path) -> None:
    """An alias receives mail as well as a mailbox does."""
    text = "mail:\n  example.org:\n    catch_all: info\n    aliases: {info: [erika@example.net]}\n"
    assert found(tmp_path, resources(text)) == ()


def test_long_circle_is_told_once(tmp_path: Path) -> None:
    """A circle of three is one finding that names the whole way, at its first address, with the other places."""
    text = (
        "mail:\n  example.org:\n    aliases:\n      c: [a]\n      b: [c, x@example.net]\n      a: [b]\n      d: [a]\n"
    )
    (one,) = found(tmp_path, resources(text))
    assert one.code == "forward-loop"
    assert one.detail == "Mail goes a@example.org -> b@example.org -> c@example.org -> a@example.org."
    assert len(one.related) == 2


def test_two_circles_through_one_address(tmp_path: Path) -> None:
    """Circles that share an address are told apart."""
    text = "mail:\n  example.org:\n    aliases:\n      a: [b, c]\n      b: [a]\n      c: [a]\n"
    assert [one.code for one in found(tmp_path, resources(text))] == ["forward-loop", "forward-loop"]


def test_circle_through_a_mailbox(tmp_path: Path) -> None:
    """A mailbox that forwards is part of a circle too, also when it keeps a copy."""
    text = (
        "mail:\n  example.org:\n    mailboxes:\n"
        "      info: {password: {secret: env/X, version: 1}, forward_to: [info]}\n"
    )
    (one,) = found(tmp_path, resources(text))
    assert one.detail == "Mail goes info@example.org -> info@example.org."


def test_a_long_chain_is_walked_without_recursion(tmp_path: Path) -> None:
    """Thousands of aliases in a row end well."""
    names = [f"n{number:05}" for number in range(3000)]
    rows = "".join(f"      {one}: [{two}]\n" for one, two in zip(names, [*names[1:], "x@example.net"], strict=True))
    assert found(tmp_path, resources(f"mail:\n  example.org:\n    aliases:\n{rows}")) == ()
