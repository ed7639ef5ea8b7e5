"""``expect:``: which facts and fields may be named, what they may be compared with, and where an error stands."""

from decimal import Decimal

import pytest

from load.written import codes, load, the_error
from reconciler.model.expectation import Condition, Expectation, Relation
from reconciler.model.money import money
from reconciler.model.span import Span


def expected(text: str) -> dict[str, Expectation]:
    """Return what entries below ``expect:`` say, by address."""
    return {one.address: one for one in load(f"expect:\n{text}").expectations}


def said(text: str, address: str) -> list[str]:
    """Return the conditions of one fact as they are shown."""
    return [f"{one.field}: {one}" for one in expected(text)[address].conditions]


def test_a_field_is_expected_at_its_place() -> None:
    """A condition knows the field, how it is compared, with what, and where that is written."""
    (condition,) = expected("  server/web-1: {service_level: gold}")["server/web-1"].conditions
    assert condition == Condition("service_level", Relation.EXACTLY, "gold", Span("resources.yaml", 2, 18))


def test_bounds_of_amounts_numbers_and_days() -> None:
    """What can be more or less may have a least, a most, or both."""
    text = """\
  server/web-1: {price: {at_least: 0 EUR, at_most: 50.00 EUR}, since: {at_most: 2026-01-01}}
  price/domain%2Fshop@2026-01-01: {rate: {at_most: 19.5}}
"""
    assert said(text, "server/web-1") == [
        "price: at least 0.00 EUR",
        "price: at most 50.00 EUR",
        "since: at most 2026-01-01",
    ]
    assert said(text, "price/domain%2Fshop@2026-01-01") == ["rate: at most 19.5"]


def test_the_balance_alone() -> None:
    """`balance: {at_least: ...}` is about its amount; other fields stand beside it."""
    text = "  balance: {at_least: 0 EUR, as_of: {at_least: 2026-01-01}}"
    assert said(text, "balance") == ["amount: at least 0.00 EUR", "as_of: at least 2026-01-01"]
    assert expected(text)["balance"].conditions[0].value == money("0 EUR")


def test_keys_of_a_mapping() -> None:
    """Of limits and specifications each key can be expected, and what is a number there has bounds, too."""
    text = "  package/web: {limits: {domains: {at_least: 5}, mailboxes: 100}, unlimited: false}"
    assert said(text, "package/web") == ["limits.domains: at least 5", "limits.mailboxes: 100", "unlimited: false"]
    assert expected(text)["package/web"].conditions[1].value == Decimal(100)


def test_nothing_of_a_fact_expects_that_it_is_there() -> None:
    """`{}` says only that there is one."""
    assert expected("  invoice/2026-0001: {}")["invoice/2026-0001"].conditions == ()


def test_a_domain_has_one_spelling() -> None:
    """Domains are compared in canonical form, so that two spellings of one are a repetition."""
    assert set(expected("  domain/Bücher.Example: {}")) == {"domain/xn--bcher-kva.example"}
    assert codes("expect: {domain/Example.org: {}, domain/example.org: {}}") == ["duplicate-address"]


def test_a_slash_in_a_name_needs_no_escape() -> None:
    """A price is named by its item, which has a slash; both spellings are the same fact."""
    assert set(expected("  price/domain/shop@2026-01-01: {}")) == {"price/domain%2Fshop@2026-01-01"}


def test_one_fact_stands_in_one_file() -> None:
    """The same fact in two files is an error that names both places."""
    files = {"a.yaml": "expect: {balance: {at_least: 0 EUR}}\n", "b.yaml": "expect: {balance: {at_most: 9 EUR}}\n"}
    found = the_error(files)
    assert (found.code, str(found.related[0])) == ("duplicate-address", "a.yaml:1:10")


def test_values_may_be_templates() -> None:
    """Variables are replaced in what is expected as anywhere else."""
    assert said("  server/web-1: {service_level: '{{ vars.level }}'}\nvars: {level: gold}", "server/web-1") == [
        "service_level: gold"
    ]


@pytest.mark.parametrize(
    ("text", "code", "place", "help"),
    [
        ("servre/web-1: {}", "unknown-kind", "1:10", "Did you mean `server`?"),
        ("mailbox/info@example.org: {}", "unknown-kind", "1:10", ""),
        ("log/1: {}", "unknown-kind", "1:10", ""),
        ("server/*: {}", "wrong-value", "1:10", "Write `server/NAME`; `reconciler show` lists what there is."),
        ("server: {}", "wrong-value", "1:10", "Write `server/NAME`; `reconciler show` lists what there is."),
        ("balance/x: {}", "wrong-value", "1:10", "Write `balance`; `reconciler show` lists what there is."),
        ("domain/a..b: {}", "wrong-value", "1:10", ""),
        ("server/a: {servce_level: x}", "unknown-key", "1:21", "Did you mean `service_level`?"),
        ("server/a: {at_least: 1 EUR}", "unknown-key", "1:21", ""),
        ("server/a: {price: {at_lest: 1 EUR}}", "unknown-key", "1:29", "Did you mean `at_least`?"),
        ("server/a: {price: 1}", "wrong-type", "1:28", "Write digits and the currency: `24.00 EUR`."),
        ("server/a: {price: {at_most: -}}", "wrong-type", "1:38", "Write digits and the currency: `24.00 EUR`."),
        ("server/a: {price: {}}", "wrong-value", "1:28", "Write `at_least: VALUE`, `at_most: VALUE`, or both."),
        ("server/a: {price: {at_least: 2 EUR, at_most: 1 EUR}}", "wrong-value", "1:28", "Exchange the two."),
        ("server/a: {price: {at_least: 1 EUR, at_most: 2 USD}}", "wrong-value", "1:28", "Write both in one."),
        ("server/a: {since: {at_least: soon}}", "wrong-type", "1:39", ""),
        ("server/a: {service_level: {at_least: gold}}", "wrong-type", "1:36", ""),
        ("server/a: [gold]", "wrong-type", "1:20", ""),
        ("package/a: {limits: {disk: 010}}", "wrong-type", "1:37", ""),
        ("package/a: {limits: 3}", "wrong-type", "1:30", "Write keys with values below it."),
        ("package/a: {limits: {x: {at_lest: 3}}}", "unknown-key", "1:35", "Did you mean `at_least`?"),
        ("package/a: {unlimited: yes}", "wrong-type", "1:33", "Write exactly `true` or `false`."),
    ],
)
def test_what_is_wrong_is_said_at_its_place(text: str, code: str, place: str, help: str) -> None:
    """Every mistake is one diagnostic, at the word that is wrong, with the way to mend it."""
    found = the_error(f"expect: {{{text}}}")
    assert (found.code, str(found.span)) == (code, f"resources.yaml:{place}")
    assert found.help.startswith(help)


@pytest.mark.parametrize("text", ["expect: []", "expect: gold"])
def test_expect_is_a_mapping(text: str) -> None:
    """Anything else is one error."""
    assert codes(text) == ["wrong-type"]


def test_all_mistakes_at_once() -> None:
    """Several facts are judged in one go."""
    assert codes("expect: {servre/a: {}, server/b: {x: y}, balance: {at_least: 0}}") == [
        "unknown-kind",
        "unknown-key",
        "wrong-type",
    ]
