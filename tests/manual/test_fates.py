"""What became of changes that only a person can make: in history, in status and in an audit."""

import json
from pathlib import Path

import pytest

from manual.hands import ALL, Person


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """Somebody before an account of which nothing was looked at."""
    return Person.begin(tmp_path)


def verdict(person: Person, address: str) -> str:
    """Return the verdict on the newest value of an address."""
    return str(json.loads(person("history", address, "--json").out)["values"][-1]["verdict"])


def commit(person: Person) -> str:
    """Return the verdict on the newest commit."""
    return str(json.loads(person("audit", "--json").out)["commits"][0]["verdict"])


def test_a_change_awaits_a_hand_is_attested_and_is_applied(person: Person) -> None:
    """Never refused: each step of its life has a word of its own, for the value and for its commit."""
    person.attest("contact/max")
    person.attest("password/*")
    assert verdict(person, "contact/erika") == "pending"
    person("apply", "--auto-approve")
    assert (verdict(person, "contact/erika"), commit(person)) == ("awaiting hand", "awaiting hand")
    assert verdict(person, "contact/max") == "applied"
    person.attest("contact/erika")
    assert (verdict(person, "contact/erika"), commit(person)) == ("attested", "attested")
    assert "contact/erika: attested, recorded by the next apply" in person("audit").out
    person("apply", "--auto-approve")
    assert (verdict(person, "contact/erika"), commit(person)) == ("applied", "applied")


def test_what_was_done_otherwise_still_awaits_a_hand(person: Person) -> None:
    """Whoever saw it otherwise than declared hasn't seen it done."""
    person.attest("contact/max")
    person.attest("password/*")
    person("apply", "--auto-approve")
    person.attest("contact/erika", "--seen", "may=speak")
    assert (verdict(person, "contact/erika"), commit(person)) == ("awaiting hand", "awaiting hand")


def test_what_nobody_ever_looked_at_awaits_a_hand_too(person: Person) -> None:
    """It stands in no plan, so no receipt names it; still nobody refused it, and status says what to do."""
    person("apply", "--auto-approve")
    assert (verdict(person, "contact/erika"), commit(person)) == ("awaiting hand", "awaiting hand")
    assert verdict(person, "whitelist_entry/office") == "applied"
    status = person("status").out
    assert "not applied" not in status
    assert "3 resources to look at by hand: see what is there, then `attest`:\n  contact/erika" in status
    assert "Everything that is committed is applied, or a person sees to it." in status
    assert "contact/erika: nobody has attested what is there" in person("audit").out
    (waiting,) = json.loads(person("status", "--json").out)["not_applied"]
    assert set(waiting["fates"].values()) == {"awaiting hand"}


def test_status_names_what_the_next_apply_records(person: Person) -> None:
    """After the attestation nothing awaits a hand any more."""
    person.attest("contact/max")
    person.attest("password/*")
    person("apply", "--auto-approve")
    person.attest("contact/erika")
    status = person("status").out
    assert "1 resource attested, which the next apply records:\n  contact/erika" in status
    assert "awaiting" not in status
    (waiting,) = json.loads(person("status", "--json").out)["not_applied"]
    assert waiting["verdict"] == "attested"


def test_what_was_really_refused_stays_refused(person: Person) -> None:
    """A commit of which a provider's part was left out is refused, and only that part is listed as not applied."""
    person.attest("contact/max")
    person.attest("password/*")
    person("apply", "--auto-approve", "--only", "contact/*")
    assert commit(person) == "refused"
    assert verdict(person, "whitelist_entry/office") == "refused"
    assert verdict(person, "contact/erika") == "awaiting hand"
    status = person("status").out
    listed = status.partition("1 commit not applied:")[2].partition("awaiting hand:")[0]
    assert "whitelist_entry/office" in listed
    assert "contact/erika" not in listed


def test_an_entry_that_is_to_go_is_attested_by_its_absence(person: Person) -> None:
    """A deletion awaits a hand, and is attested once somebody saw that it isn't there."""
    person.attest("contact/*", "password/*")
    person("apply", "--auto-approve")
    without = "\n".join(line for line in ALL.splitlines() if not line.startswith("  max")) + "\n"
    person.repo.commit("Max leaves", {"all.yaml": without, "gone.yaml": "removed: {contact/max: {reason: left}}\n"})
    assert person("apply", "--auto-approve").code == 0
    assert commit(person) == "awaiting hand"
    person.attest("contact/max", "--absent")
    assert commit(person) == "attested"
    person("apply", "--auto-approve")
    assert commit(person) == "applied"
