"""A rename keeps what an entry holds, and the account's rules judge both names."""

import sqlite3
from contextlib import closing

import pytest

from accounts import Account, some, value
from reconciler.kinds import KINDS
from reconciler.model.change import Action
from reconciler.model.fields import SecretVersion, Value
from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.ports import Write

OLD, NEW = "mailbox/old@example.org", "mailbox/new@example.org"
SALES, SHOP = "alias/sales@example.org", "alias/shop@example.org"


NOTHING = some()


def rename(
    account: Account, old: str, new: str, before: Value = NOTHING, after: Value = NOTHING, **more: object
) -> Write:
    return account.update(new, before, after, moved_from=old, **more)


def hashes(account: Account) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(account.path)) as connection:
        return connection.execute("SELECT address, hash FROM password").fetchall()


def test_fields_and_password_stay(account: Account) -> None:
    """Those that were declared change along, the others are as they were."""
    account.done(account.create(OLD, {"password": "one"}, name="One", keep_copy=False))
    ((_, encoded),) = hashes(account)
    account.done(rename(account, OLD, NEW, some(name="One"), some(name="Two")))
    assert OLD not in account.state
    assert account.state[NEW] == value(NEW, name="Two", keep_copy=False)
    assert hashes(account) == [(NEW, encoded)]


def test_a_new_password_may_come_along(account: Account) -> None:
    """The old one is gone."""
    account.done(account.create(OLD, {"password": "one"}))
    ((_, old),) = hashes(account)
    versions = some(password=SecretVersion(1)), some(password=SecretVersion(2))
    account.done(rename(account, OLD, NEW, *versions, secrets={"password": Secret("two")}))
    ((address, new),) = hashes(account)
    assert address == NEW
    assert new != old


def test_the_file_still_proves_that_it_is_complete(account: Account) -> None:
    """The counters of what there is don't move; the entry has a new version."""
    account.done(account.create(OLD))
    version = account.version(OLD)
    account.done(rename(account, OLD, NEW))
    assert account.version(NEW) != version


def test_the_same_key_twice_renames_once(account: Account) -> None:
    """The second answer is the first one's."""
    account.done(account.create(OLD))
    write = rename(account, OLD, NEW)
    assert account.done(write) == account.done(write)


def test_a_taken_name_is_a_conflict(account: Account) -> None:
    """Nothing is written over it."""
    account.done(account.create(OLD), account.create(NEW, name="Somebody else's"))
    (answer,) = account.write(rename(account, OLD, NEW))
    assert (answer.status, answer.detail) == (Status.CONFLICT, "There is another mailbox of this name already.")
    assert account.state[NEW] == value(NEW, name="Somebody else's")


@pytest.mark.parametrize("what", ["gone", "changed", "version"])
def test_it_is_bound_to_what_was_read(account: Account, what: str) -> None:
    """Under the old name."""
    account.done(account.create(OLD, name="One"))
    version = account.version(OLD)
    account.done(account.delete(OLD) if what == "gone" else account.update(OLD, some(), some(name="By hand")))
    more = {"version": version} if what == "version" else {}
    before = some() if what == "version" else some(name="One")
    (answer,) = account.write(rename(account, OLD, NEW, before, some(name="One"), **more))
    assert answer.status is Status.CONFLICT
    assert NEW not in account.state


def test_what_mail_is_sent_on_to_isnt_renamed_alone(account: Account) -> None:
    """The sentence names who still sends to the old name; in one batch with it both go well."""
    account.done(account.create(OLD), account.create(SALES, targets=["old"]), account.create(SHOP, targets=["old"]))
    assert account.refused(rename(account, OLD, NEW)) == [f"{SALES} still sends mail on to it."]

    def sends(name: str) -> Value:
        return some(targets=(f"{name}@example.org",))

    account.done(
        account.update(SALES, sends("old"), sends("new")),
        rename(account, OLD, NEW),
        account.update(SHOP, sends("old"), sends("new")),
    )
    assert account.state[SALES] == value(SALES, targets=["new"])


def test_an_alias_may_take_the_old_name(account: Account) -> None:
    """What still sends to the old name reaches the new one through it."""
    account.done(account.create(OLD), account.create(SALES, targets=["old"]))
    account.done(account.create("alias/old@example.org", targets=["new"]), rename(account, OLD, NEW))
    assert {OLD.replace("mailbox", "alias"), NEW, SALES} <= account.state.keys()


def test_the_new_name_is_judged_like_any_other(account: Account) -> None:
    """Its domain has to be booked, and no address is a mailbox and an alias."""
    account.done(account.create(OLD), account.create("alias/new@example.org", targets=["old"]))
    assert account.refused(rename(account, OLD, NEW)) == ["The address new@example.org is already that of an alias."]
    elsewhere = rename(account, OLD, "mailbox/new@example.com")
    assert account.refused(elsewhere) == ["The domain example.com isn't booked in this account."]


def test_an_alias_keeps_its_targets(account: Account) -> None:
    """What they are is still watched under its new name."""
    account.done(account.create(OLD), account.create(SALES, targets=["old"]))
    account.done(rename(account, SALES, SHOP))
    assert account.refused(account.delete(OLD)) == [f"{SHOP} still sends mail on to it."]


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"mailbox", "alias", "record"}))
def test_nothing_else_has_a_name_to_change(account: Account, kind: str) -> None:
    """Zones and what goes by an id can't be renamed, whoever asks."""
    write = Write(Action.UPDATE, f"{kind}/new", None, some(), account.key(), moved_from=f"{kind}/old")
    assert {answer.status for answer in account.write(write)} <= {Status.FAILED, Status.CONFLICT}
