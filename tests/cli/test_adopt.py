"""`reconciler adopt` as people and scripts meet it."""

import json
from pathlib import Path

import pytest

from adopting import Place
from program import Cli

FILES = {
    "contacts.yaml": "contacts:\n"
    "  erika: {name: Erika Mustermann, email: erika@example.org, phone: '+49 511 123456'}\n",
    "whitelist.yaml": "whitelist:\n  office: {address: 203.0.113.7}  # first floor\n",
}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A contact and a whitelist entry, applied."""
    return Place(tmp_path / "account", FILES)


def test_it_asks_what_is_meant(cli: Cli, place: Place) -> None:
    """Without anything chosen it is an error of use; where there is nothing, it says so."""
    told = cli("adopt", cwd=place.folder)
    assert (told.code, "Say what to adopt" in told.err) == (64, True)
    assert cli("adopt", "--drift", cwd=place.folder).out == "Nothing to adopt.\n"


def test_private_values_are_written_and_not_printed(cli: Cli, place: Place) -> None:
    """The file has the new number, the output has neither number nor name, in text and in JSON."""
    place.by_hand("contact/erika@example.org", phone="+49 511 999999")
    for args in (("--dry-run",), ("--dry-run", "--json"), ()):
        said = cli("adopt", "--drift", *args, cwd=place.folder)
        assert said.code == 0
        assert "(private)" in said.out
        assert not any(text in said.out for text in ("511", "Mustermann", "erika@"))
    assert "'+49 511 999999'" in place.texts()["contacts.yaml"]


def test_a_dry_run_writes_nothing(cli: Cli, place: Place) -> None:
    """It shows the same difference, and says that nothing was written."""
    place.by_hand("whitelist_entry/203.0.113.7", address="203.0.113.8")
    dry = cli("adopt", "--all", "--dry-run", "--json", cwd=place.folder)
    told = json.loads(dry.out)
    assert (told["written"], told["left_out"], told["secrets"]) == (False, [], [])
    assert "whitelist_entry/office" in told["adopted"]
    assert place.texts() == place.before
    done = json.loads(cli("adopt", "--all", "--json", cwd=place.folder).out)
    assert done == {**told, "written": True}
    assert "address: 203.0.113.8}  # first floor" in place.texts()["whitelist.yaml"]


def test_hostile_text_from_the_account_is_shown_neutral(cli: Cli, place: Place) -> None:
    """What somebody wrote into the account can't move the cursor of whoever adopts it."""
    place.write({"mail.yaml": "mail: {example.org: {}}\n"})
    place.apply()
    place.by_hand("mailbox/x@example.org", name="a\u202eb")
    place.by_hand("mailbox/y@example.org", name="::error::red")
    said = cli("adopt", "mailbox/*", cwd=place.folder)
    assert said.code == 1
    assert "mailbox/x@example.org: no file may hold its name or its text." in said.out
    assert "\u202e" not in said.out
    assert "'y':" in place.texts()["mail.yaml"]


def test_a_wrong_name_is_told_with_what_is_near(cli: Cli, place: Place) -> None:
    """An address at which nothing differs, and one that is misspelt."""
    place.by_hand("contact/erika@example.org", name="Erika M.")
    told = cli("adopt", "contact/erica", cwd=place.folder)
    assert (told.code, "Did you mean `contact/erika`?" in told.err) == (64, True)
