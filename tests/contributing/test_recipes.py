"""The four recipes of CONTRIBUTING.md, carried out to the letter."""

from pathlib import Path

import pytest

from contributing.recipes import ROOT, Copy, copy_package, read_recipes

EXIT_PENDING = 2
RECIPES = ("kind", "provider", "rule", "verb")


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A copy of the package and an account to try it on."""
    return copy_package(tmp_path)


def _apply_until_nothing_is_left(copy: Copy) -> None:
    done = copy.reconciler("apply", "--auto-approve")
    assert done.code == 0, done.out + done.err
    again = copy.reconciler("plan", "--detailed-exitcode")
    assert again.code == 0, again.out
    assert "No changes." in again.out


def test_there_are_four_recipes() -> None:
    """A kind, a provider, a rule, a verb."""
    assert tuple(read_recipes((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))) == RECIPES


def test_a_new_kind_is_planned_applied_and_has_a_schema(copy: Copy) -> None:
    """One file and one row in a table, and nothing else knows of it."""
    copy.follow("kind")
    copy.write("phone.yaml", "greetings:\n  night: {text: We are asleep.}\n")

    plan = copy.reconciler("plan", "--detailed-exitcode")
    assert plan.code == EXIT_PENDING, plan.err
    assert "+ greeting/night" in plan.out
    _apply_until_nothing_is_left(copy)
    assert '"greetings"' in copy.reconciler("schema", "resources.schema.json").out


def test_a_new_kind_reports_bad_input_like_any_other(copy: Copy) -> None:
    """Unknown keys come with a suggestion, without a line of code in the kind."""
    copy.follow("kind")
    copy.write("phone.yaml", "greetings:\n  night: {txt: We are asleep.}\n")
    said = copy.reconciler("validate")
    assert said.code == 1
    assert "unknown-key" in said.err
    assert "`text`" in said.err


def test_a_new_provider_holds_what_it_says_it_can_hold(copy: Copy) -> None:
    """A file, a row and its settings, for a whole account or for one section of it."""
    copy.follow("provider")
    copy.write(
        "account.yaml",
        "version: 1\naccount: K-104711\nproviders:\n  default: {type: json_file, path: whitelist.json}\n",
    )
    copy.write("access.yaml", "whitelist:\n  office: {address: 203.0.113.7}\n")
    _apply_until_nothing_is_left(copy)
    assert "203.0.113.7" in (copy.folder / "whitelist.json").read_text(encoding="utf-8")

    copy.write("access.yaml", "whitelist: {}\n")
    _apply_until_nothing_is_left(copy)
    assert "203.0.113.7" not in (copy.folder / "whitelist.json").read_text(encoding="utf-8")

    copy.write(
        "account.yaml",
        "version: 1\naccount: K-104711\nproviders:\n"
        "  default: {type: embedded, path: account.db}\n  whitelist: {type: json_file, path: whitelist.json}\n",
    )
    copy.write("access.yaml", "whitelist:\n  office: {address: 203.0.113.9}\n")
    copy.write("phone.yaml", "notifications: {maintenance: [email]}\n")
    _apply_until_nothing_is_left(copy)
    assert "203.0.113.9" in (copy.folder / "whitelist.json").read_text(encoding="utf-8")
    shown = copy.reconciler("account", "show")
    assert ("notification/maintenance" in shown.out, "203.0.113.9" in shown.out) == (True, False)
    by_hand = copy.reconciler("account", "set", "whitelist_entry/203.0.113.8", "address=203.0.113.8")
    assert (by_hand.code, "No embedded account holds this" in by_hand.err) == (64, True)


def test_a_new_provider_refuses_what_it_says_it_cannot_hold(copy: Copy) -> None:
    """Decided by its capabilities, not by its name."""
    copy.follow("provider")
    copy.write(
        "account.yaml",
        "version: 1\naccount: K-104711\nproviders:\n  default: {type: json_file, path: whitelist.json}\n",
    )
    copy.write("mail.yaml", "mail: {example.org: {aliases: {sales: [erika@example.net]}}}\n")
    refused = copy.reconciler("plan")
    assert refused.code == 1
    assert "kind-not-served" in refused.err


def test_a_new_rule_finds_what_its_example_shows_and_is_explained(copy: Copy) -> None:
    """A function, a code, an example and a row."""
    copy.follow("rule")
    copy.write("notices.yaml", "notifications: {maintenance: []}\n")
    said = copy.reconciler("validate")
    assert said.code == 0
    assert "warning[no-notice]" in said.err
    copy.write("notices.yaml", "notifications: {maintenance: [email]}\n")
    assert "no-notice" not in copy.reconciler("validate").err
    assert "maintenance: []" in copy.reconciler("explain", "no-notice").out


def test_a_new_verb_is_listed_and_runs(copy: Copy) -> None:
    """A file and a row."""
    copy.follow("verb")
    copy.write("zones/example.org.yaml", "www: {type: A, value: 203.0.113.10}\n")
    assert copy.reconciler("domains").out == "example.org\n"
    assert "  domains " in copy.reconciler("--help").out


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_keeps_the_doors_shut(copy: Copy, recipe: str) -> None:
    """What the recipes add passes import-linter with the contracts as they are."""
    copy.follow(recipe)
    linted = copy.walls()
    assert linted.code == 0, linted.out
