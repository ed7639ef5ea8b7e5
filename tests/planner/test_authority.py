"""Who may authorise, and who knows the telephone password: told while it can be mended, and until it was."""

import pytest

from planner.world import World, contact, desired, fields, mailbox, tombstones
from reconciler.model.fields import SecretVersion, Value
from reconciler.model.state import Desired

ERIKA, MAX, PHONE = "contact/erika", "contact/max", "password/telephone"
MAY = ("authorise", "speak")
OURS = {"no-authority", "telephone-password-known", "telephone-password-missing", "deleted-still-used"}


def boss(name: str, **more: Value) -> Value:
    return contact(f"{name}@example.org", **{"scope": "internal", "may": MAY, **more})


def phone(version: int = 1) -> Value:
    return fields(password=SecretVersion(version))


def found(world: World, wanted: Desired) -> dict[str, str | None]:
    """Return code and address of what these rules find."""
    return {one.code: one.address for one in world.plan(wanted).findings if one.code in OURS}


@pytest.fixture
def world() -> World:
    """Two who may authorise, and a telephone password that was set."""
    return World().own({ERIKA: boss("erika"), MAX: boss("max"), PHONE: phone()})


def test_all_is_well(world: World) -> None:
    """Nothing is said while somebody may authorise and nobody left."""
    assert found(world, desired({ERIKA: boss("erika"), MAX: boss("max"), PHONE: phone()})) == {}


@pytest.mark.parametrize("may", [{"may": ("speak",)}, {"scope": "external"}])
def test_nobody_may_authorise(may: dict[str, Value]) -> None:
    """Contacts there are, but none of them counts."""
    assert found(World(), desired({ERIKA: boss("erika", **may)})) == {"no-authority": ERIKA}


def test_a_contact_that_nobody_declared_counts() -> None:
    """What the account holds is known; only a section that isn't managed is left alone."""
    world = World()
    world.account.hold(MAX, boss("max"))
    assert found(world, desired({ERIKA: contact("erika@example.org")})) == {}
    alone = World()
    alone.account.hold(MAX, boss("max", may=("speak",)))
    assert found(alone, desired({}, declared=())) == {}


def test_a_new_contact_has_the_default_scope(world: World) -> None:
    """The last of a kind may be replaced by one whose scope nobody wrote."""
    replaced = desired({ERIKA: contact("erika@example.org", may=MAY), PHONE: phone(2)}, tombstones(MAX))
    world = World().own({MAX: boss("max"), PHONE: phone()})
    assert world.plan(replaced).refusals == ()
    assert found(world, replaced) == {}


def test_a_telephone_password_that_was_never_set() -> None:
    """Declaring it is enough."""
    world = World()
    world.account.hold(PHONE, fields(is_set=False))
    assert found(world, desired({ERIKA: boss("erika")})) == {"telephone-password-missing": ERIKA}
    assert found(world, desired({ERIKA: boss("erika"), PHONE: phone()})) == {}


@pytest.mark.parametrize("later", [{"may": ("speak",)}, {"scope": "external"}])
def test_who_loses_the_right_still_knows_it(world: World, later: dict[str, Value]) -> None:
    """Until the version rises in the same plan."""
    state = {ERIKA: boss("erika"), MAX: boss("max", **later)}
    assert found(world, desired({**state, PHONE: phone()})) == {"telephone-password-known": PHONE}
    assert found(world, desired({**state, PHONE: phone(2)})) == {}


def test_who_left_knows_it_until_it_is_set(world: World) -> None:
    """The record remembers; with the receipt that sets the password it ends."""
    without = {ERIKA: boss("erika"), PHONE: phone()}
    wanted = desired(without, tombstones(MAX))
    assert found(world, wanted) == {"telephone-password-known": PHONE}
    world.apply(wanted)
    assert found(world, wanted) == {"telephone-password-known": PHONE}
    assert found(world, desired(without)) == {"telephone-password-known": PHONE}
    rotated = desired({**without, PHONE: phone(2)})
    world.apply(rotated)
    assert found(world, rotated) == {}


def test_who_was_renamed_did_not_leave(world: World) -> None:
    """Neither while `previously` stands there, nor when it has done its work."""
    state = {ERIKA: boss("erika"), "contact/boss": boss("max"), PHONE: phone()}
    wanted = desired(state, previously={"contact/boss": MAX})
    world.apply(wanted)
    assert found(world, wanted) == found(world, desired(state)) == {}


def test_who_is_let_go_did_not_leave(world: World) -> None:
    """`keep: true` says that the contact stays in the account."""
    wanted = desired({ERIKA: boss("erika"), PHONE: phone()}, tombstones(MAX, keep=True))
    world.apply(wanted)
    assert found(world, wanted) == {}


class TestMentions:
    """What goes on referring to what is deleted, whoever made it."""

    INFO, SALES = "mailbox/info@example.org", "alias/sales@example.org"

    def test_an_alias_that_nobody_declared(self) -> None:
        """The files can't tell of it; the plan can."""
        world = World().own({self.INFO: mailbox()})
        world.account.hold(self.SALES, fields(targets=("info@example.org",)))
        assert found(world, desired({}, tombstones(self.INFO))) == {"deleted-still-used": self.SALES}

    def test_what_removed_names_is_told_with_the_files(self) -> None:
        """Once is enough."""
        sales = fields(targets=("info@example.org",))
        world = World().own({self.INFO: mailbox(), self.SALES: sales})
        assert found(world, desired({self.SALES: sales}, tombstones(self.INFO))) == {}

    def test_what_takes_the_name_receives(self) -> None:
        """A new alias of the same name takes the mail."""
        world = World().own({self.INFO: mailbox()})
        world.account.hold(self.SALES, fields(targets=("info@example.org",)))
        state = {"alias/info@example.org": fields(targets=("erika@example.net",))}
        assert found(world, desired(state, tombstones(self.INFO))) == {}

    def test_invoices_to_a_contact_that_leaves(self, world: World) -> None:
        """Its own address is nobody's any more, wherever it is."""
        bill = fields(invoice=fields(by="email", to="max@example.org"))
        world.account.hold("billing", bill)
        wanted = desired({ERIKA: boss("erika"), PHONE: phone(2), "billing": bill}, tombstones(MAX))
        assert found(world, wanted) == {"deleted-still-used": "billing"}
