"""FTP accounts: a home below the account's root, and a login that is always part of the value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from reconciler.kinds import KINDS
from reconciler.kinds.ftp_account import canonical_home
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Fields, SecretVersion

KIND = KINDS["ftp_account"]
SHOP = "ftp_account/shop-deploy"
PASSWORD = {"secret": "env/FTP_SHOP", "version": "1"}
PART = st.text(st.characters(codec="utf-8", categories=("L", "N", "P"), exclude_characters="/"), min_size=1, max_size=9)


def declared(**given: object) -> Fields:
    value = KIND.declare(SHOP, {"home": "/shop", "password": PASSWORD, **given}).value
    assert isinstance(value, Fields)
    return value


@given(st.lists(PART.filter(lambda part: part not in (".", "..")), max_size=5))
def test_a_path_of_plain_parts_is_a_home(parts: list[str]) -> None:
    """It is kept as it is written; the root itself is one, too."""
    home = "/" + "/".join(parts)
    assert canonical_home(home) == home


@given(st.lists(PART, min_size=1, max_size=4), st.integers(0, 3), st.sampled_from(["..", ".", "", "a\tb", "a\x7fb"]))
def test_a_path_that_could_mean_another_is_refused(parts: list[str], place: int, odd: str) -> None:
    """What leads out, stands still, is doubled or can't be seen has no place in a path."""
    written = [*parts[:place], odd, *parts[place:], "end"]
    with pytest.raises(PydanticCustomError):
        canonical_home("/" + "/".join(written))


@pytest.mark.parametrize(
    "home", ["", "shop", "/shop/", "//", "/../shop", "/shop/..", "/a//b", "C:\\shop", "/" + "a" * 1024]
)
def test_a_home_is_an_absolute_path_in_one_spelling(home: str) -> None:
    """Slashes at the end and relative paths are refused, not mended silently."""
    with pytest.raises(ValidationError):
        declared(home=home)


def test_the_login_is_the_name_by_default_and_always_declared() -> None:
    """So that leaving it out and writing it say the same, and changing it is a change of this account."""
    assert declared() == declared(login="shop-deploy")
    assert declared().value("login") == "shop-deploy"
    assert "rights" not in declared().names


@pytest.mark.parametrize("name", ["Shop", "-shop", "shop:1", "ä"])
def test_a_name_that_is_no_login_needs_one(name: str) -> None:
    """The error says which characters a login has."""
    address = KIND.address((name,))
    with pytest.raises(PydanticCustomError, match="lower-case letters"):
        KIND.declare(address, {"home": "/", "password": PASSWORD})
    written = {"home": "/", "password": PASSWORD, "login": "shop"}
    assert KIND.field_names(KIND.declare(address, written).value) == {"home", "login", "password"}


@pytest.mark.parametrize("rights", ["write", "rw", "", "READ-ONLY"])
def test_rights_are_one_of_two(rights: str) -> None:
    """There is no third kind."""
    with pytest.raises(ValidationError):
        declared(rights=rights)


def test_every_change_is_about_access_and_a_deletion_about_data() -> None:
    """Password, home and rights open or close doors; what only this login could reach goes with it."""
    before = declared()
    for change in ({"home": "/"}, {"rights": "read-only"}, {"password": SecretVersion(2)}):
        assert KIND.risk(Action.UPDATE, SHOP, before, before.replaced(**change)) is Risk.ACCESS
    assert KIND.risk(Action.CREATE, SHOP, None, before) is Risk.ACCESS
    assert KIND.risk(Action.DELETE, SHOP, before, None) is Risk.DATA_LOSS
    assert KIND.needs_tombstone
    assert KIND.holds_data


def test_the_login_is_written_only_where_it_is_not_the_name() -> None:
    """As a person would do it."""
    live = KIND.parse("ftp_account/~1", {"login": "shop-deploy", "home": "/shop"})
    assert KIND.to_yaml(SHOP, live, {"password": PASSWORD}) == {"home": "/shop", "password": PASSWORD}
    assert KIND.to_yaml("ftp_account/shop", live)["login"] == "shop-deploy"
