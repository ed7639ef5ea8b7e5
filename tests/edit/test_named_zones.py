"""``init --zone``: the zones are named where the account can't list them, or not all of them are wanted."""

from pathlib import Path

import pytest

from adopting import ACCOUNT, Place
from inside import Inside
from reconciler.edit.named_zones import demand_named, of_zones, zone_names
from reconciler.model.account import AccountConfig
from reconciler.model.errors import AccountError, UsageError
from reconciler.model.plan import Choice
from reconciler.model.state import Desired, Live
from reconciler.ports import Capabilities, Scope

ZONE = "www: {type: A, value: 203.0.113.10}\n"
LISTS = Capabilities(frozenset({"record", "zone"}))
BLIND = Capabilities(frozenset({"record", "zone"}), lists_zones=False)


@pytest.fixture
def new(tmp_path: Path) -> Inside:
    """A folder whose account.yaml names an account with two zones, of which no file speaks yet."""
    place = Place(tmp_path / "old", {"zones/example.org.yaml": ZONE, "zones/example.net.yaml": ZONE})
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "account.yaml").write_text(ACCOUNT.replace("account.db", f"{place.folder}/account.db"))
    return Inside(folder)


def test_init_writes_the_zones_that_are_named(new: Inside) -> None:
    """Only these, however their names are spelt; the first plan over them is empty."""
    done = new("init", "--zone", "EXAMPLE.org.")
    assert (done.code, done.err) == (0, "")
    assert "No changes." in done.out
    assert [path.name for path in (new.folder / "zones").iterdir()] == ["example.org.yaml"]


def test_a_zone_that_isnt_there_stops_init(new: Inside) -> None:
    """Nothing is written then, and what is missing is named."""
    done = new("init", "--zone", "example.org", "--zone", "exampel.net")
    assert done.code == 1
    assert "There is no zone exampel.net in the account." in done.err
    assert not (new.folder / "zones").exists()


def test_a_name_that_isnt_one_is_told_as_usage(new: Inside) -> None:
    """What can't be a zone's name isn't asked for."""
    done = new("init", "--zone", "a..b")
    assert done.code == 64
    assert "--zone" in done.err


def test_zones_must_be_named_where_the_account_cant_list_them() -> None:
    """And only where DNS is wanted at all."""
    with pytest.raises(UsageError, match="can't list its zones"):
        demand_named(frozenset(), ["dns"], BLIND)
    demand_named(frozenset({"example.org"}), ["dns"], BLIND)
    demand_named(frozenset(), ["mail"], BLIND)
    demand_named(frozenset(), ["dns"], LISTS)


def test_the_rest_of_an_account_stays_when_zones_are_named() -> None:
    """Naming zones says nothing about mail."""
    state = {"zone/example.org": 1, "record/example.net/@/A": 2, "mailbox/info@example.org": 3}
    live = of_zones(Live("K-1", "somewhere", state), zone_names(["example.org"]))
    assert set(live.state) == {"zone/example.org", "mailbox/info@example.org"}
    with pytest.raises(AccountError, match="no zone"):
        of_zones(live, zone_names(["example.com"]))


def test_adopt_reads_the_zones_that_it_is_told() -> None:
    """An address names a zone that neither files nor record know; a glob names none."""
    choice = Choice(("zone/example.org", "record/2%2Fa.example/www/A", "record/*/@/A", "mailbox/info@example.net"))
    assert choice.zones == {"example.org", "2/a.example"}
    config = AccountConfig.model_validate(
        {"version": 1, "account": "K-1", "providers": {"default": {"type": "embedded", "path": "a.db"}}}
    )
    declared = Desired(config, {"zone/example.com": 1}, {})
    scope = Scope(declared.domains, frozenset(declared.domains)) | Scope.of_zones(choice.zones)
    assert scope.zones == {"example.org", "2/a.example", "example.com"}
