"""A batch is one transaction, bound to what was read, with one effect however often it is sent."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from accounts import CHEAP, Account, some, value
from reconciler.model.change import Action
from reconciler.model.fields import Fields, SecretVersion
from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.ports import Write
from reconciler.store.account import Store
from reconciler.store.passwords import Cost, hash_password, is_kept

ERIKA = {"name": "Erika", "email": "erika@example.org"}
INFO = "mailbox/info@example.org"
A = "record/example.org/www/A"


def test_a_creation_fills_in_defaults(account: Account) -> None:
    """What wasn't declared stands at the kind's default, so that a read shows every field."""
    account.done(Write(Action.CREATE, INFO, None, some(name="Information"), account.key()))
    assert account.state[INFO] == value(INFO, name="Information")


def test_an_update_leaves_alone_what_it_does_not_declare(account: Account) -> None:
    """Fields that git never declared stay as somebody set them in the portal."""
    account.done(account.create(INFO, name="Information", keep_copy=False))
    account.done(account.update(INFO, some(name="Information"), some(name="Desk")))
    assert account.state[INFO] == value(INFO, name="Desk", keep_copy=False)


def test_a_write_is_bound_to_the_fields_it_saw(account: Account) -> None:
    """When a declared field was changed meanwhile, the write is a conflict and changes nothing."""
    account.done(account.create(INFO, name="Changed by hand"))
    (answer,) = account.write(account.update(INFO, some(name="Information"), some(name="Desk")))
    assert (answer.status, answer.detail) == (Status.CONFLICT, "It is no longer as it was read.")
    assert account.state[INFO] == value(INFO, name="Changed by hand")


def test_fields_that_it_did_not_see_do_not_matter(account: Account) -> None:
    """A quota changed by hand is no reason to refuse a new name."""
    account.done(account.create(INFO, quota="2 GiB"))
    account.done(account.update(INFO, some(name=""), some(name="Desk")))


def test_a_write_is_bound_to_the_version_it_saw(account: Account) -> None:
    """Even a change there and back again is noticed."""
    account.done(account.create(INFO))
    version = account.version(INFO)
    account.done(account.update(INFO, some(name=""), some(name="Desk")))
    account.done(account.update(INFO, some(name="Desk"), some(name="")))
    (answer,) = account.write(account.update(INFO, some(name=""), some(name="Help"), version=version))
    assert (answer.status, answer.detail) == (Status.CONFLICT, "It was changed since it was read.")


@pytest.mark.parametrize("action", ["create", "update", "delete"])
def test_what_came_or_went_meanwhile_is_a_conflict(account: Account, action: str) -> None:
    """Nothing is created over what is there, or changed or deleted that is gone."""
    if action == "create":
        account.done(account.create(INFO))
    write = {
        "create": account.create(INFO),
        "update": account.update(INFO, some(name=""), some(name="Desk")),
        "delete": account.delete(INFO),
    }[action]
    (answer,) = account.write(write)
    assert answer.status is Status.CONFLICT


def test_a_record_set_is_bound_whole(account: Account) -> None:
    """TTL and values belong together."""
    account.done(account.create("zone/example.org"), account.create(A, ttl=300, value="203.0.113.10"))
    before, after = value(A, ttl=600, value="203.0.113.10"), value(A, ttl=600, value="203.0.113.11")
    assert account.write(account.update(A, before, after))[0].status is Status.CONFLICT
    account.done(account.update(A, value(A, ttl=300, value="203.0.113.10"), after))
    assert account.state[A] == after


def test_one_conflict_takes_the_whole_batch_back(account: Account) -> None:
    """The others say whose fault it is."""
    gone = account.delete("record/example.org/gone/A")
    answers = account.write(account.create("zone/example.org"), gone)
    assert [a.status for a in answers] == [Status.CONFLICT] * 2
    assert [a.detail for a in answers] == [
        "Nothing of this batch was written, because record/example.org/gone/A could not be.",
        "It is no longer there.",
    ]
    assert "zone/example.org" not in account.state


def test_the_same_key_has_one_effect(account: Account) -> None:
    """A batch that is sent again is answered as the first time, ids included, and does nothing."""
    write = account.create("contact/erika", name="Erika", email="erika@example.org")
    first, before = account.done(write), account.state
    assert account.done(write) == first
    assert account.state == before


def test_a_batch_may_be_half_known(account: Account) -> None:
    """Writes done before are answered, the others are carried out."""
    zone, record = account.create("zone/example.org"), account.create(A, value="203.0.113.10")
    account.done(zone)
    account.done(zone, record)
    assert A in account.state


def test_a_key_is_that_of_one_write(account: Account) -> None:
    """Whoever uses it for another write is told so, and never that the other one is done."""
    made = account.create("zone/example.org")
    account.done(made)
    for other in (account.create(INFO), account.delete("zone/example.org"), account.create("contact/x", **ERIKA)):
        assert account.refused(replace(other, key=made.key)) == ["Its idempotency key was used for another write."]
    written = account.create(INFO)
    account.done(written)
    assert account.refused(replace(written, after=value(INFO, name="Desk")))
    contact = account.create("contact/x", **ERIKA)
    assert account.done(contact) == account.done(contact)


def test_two_writes_of_a_batch_are_two(account: Account) -> None:
    """Neither one key nor one address twice."""
    made = account.create(INFO)
    twice = "Another write of this batch has the same key, address or reference."
    assert account.refused(made, replace(made, key=account.key()))[1] == twice
    assert account.refused(made, replace(account.create("zone/example.org"), key=made.key))[1] == twice


def test_what_was_done_before_changes_nothing(account: Account) -> None:
    """Not even the revision."""
    made = account.create(INFO)
    account.done(made)
    before = account.store.read()
    account.done(made)
    assert account.store.read() == before


def test_a_refused_write_does_not_use_up_its_key(account: Account) -> None:
    """It is tried anew when the reason is gone."""
    record = account.create(A, value="203.0.113.10")
    account.refused(record)
    account.done(account.create("zone/example.org"))
    account.done(record)


def test_entries_without_a_name_get_an_id_that_is_never_given_again(account: Account) -> None:
    """An id in the record can't come to mean somebody else."""
    office = account.create("whitelist_entry/office", address="203.0.113.7")
    (first,) = account.done(office)
    account.done(account.delete("whitelist_entry/office", live_id=first.live_id))
    (second,) = account.done(account.create("whitelist_entry/home", address="203.0.113.7"))
    assert (first.live_id, second.live_id) == ("1", "2")
    assert [a for a in account.state if a.startswith("whitelist")] == ["whitelist_entry/~2"]


def test_an_unmanaged_entry_is_deleted_by_its_live_address(account: Account) -> None:
    """Nobody gave it a name."""
    account.done(account.create("whitelist_entry/office", address="203.0.113.7"))
    account.done(account.delete("whitelist_entry/~1", value("whitelist_entry/x", address="203.0.113.7")))


def test_a_replacement_is_new_from_the_ground(account: Account) -> None:
    """Undeclared fields and the password of the old mailbox are gone."""
    account.done(account.create(INFO, {"password": "old"}, quota="2 GiB"))
    account.done(Write(Action.REPLACE, INFO, some(name=""), some(name="Desk"), account.key()))
    assert account.state[INFO] == value(INFO, name="Desk")
    assert _rows(account, "SELECT count(*) FROM password") == [(0,)]


def test_passwords_are_kept_as_argon2id_and_never_read(account: Account) -> None:
    """A read has no trace of a password, neither in clear nor hashed; the file holds the hash only."""
    from argon2 import PasswordHasher

    account.done(account.create(INFO, secrets={"password": "correct horse"}))
    ((encoded,),) = _rows(account, "SELECT hash FROM password")
    assert encoded.startswith("$argon2id$")
    assert PasswordHasher().verify(encoded, "correct horse")
    assert "password" not in dict(account.state[INFO])
    account.store.close()
    assert b"correct horse" not in account.path.read_bytes()


@pytest.mark.parametrize("other", [Secret("other"), Secret("$2y$10$" + "a" * 53, is_hash=True)])
def test_the_same_key_with_another_password_is_another_write(account: Account, other: Secret) -> None:
    """It is never called done, because that password isn't set; the right one is, however often it is sent."""
    made = account.create(INFO, secrets={"password": "correct horse"})
    account.done(made)
    hashes = _rows(account, "SELECT hash FROM password")
    assert account.done(made) == account.done(made)
    wrong = replace(made, secrets={"password": other})
    assert account.refused(wrong) == ["Its idempotency key was used for another write."]
    assert _rows(account, "SELECT hash FROM password") == hashes
    account.done(account.delete(INFO))
    account.done(made)


@pytest.mark.parametrize(("memory", "same"), [(19_456, True), (2_000_000_000, False)])
def test_proving_a_password_is_never_made_costly(memory: int, same: bool) -> None:
    """A hash that somebody brought may ask for more memory than there is; such a one proves nothing."""
    kept = hash_password(Secret("correct horse"), Cost(passes=1, memory_kib=min(memory, 19_456)))
    assert is_kept("password", Secret("correct horse"), kept.replace("m=19456", f"m={memory}")) is same


def test_a_hash_is_kept_as_it_is(account: Account) -> None:
    """What is a password's hash already isn't hashed again: the login that it was made for goes on working."""
    hashed = "$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
    account.done(account.create(INFO, secrets={"password": "old"}))
    versions = some(password=SecretVersion(1)), some(password=SecretVersion("ab" * 32))
    account.done(account.update(INFO, *versions, secrets={"password": Secret(hashed, is_hash=True)}))
    assert _rows(account, "SELECT hash FROM password") == [(hashed,)]


def test_a_new_version_writes_the_new_password(account: Account) -> None:
    """`before` and `after` differ in the version alone; versions aren't kept in the account."""
    account.done(account.create(INFO, secrets={"password": "old"}))
    ((old,),) = _rows(account, "SELECT hash FROM password")
    secrets = {"password": Secret("new")}
    versions = some(password=SecretVersion(1)), some(password=SecretVersion(2))
    account.done(account.update(INFO, *versions, secrets=secrets))
    ((new,),) = _rows(account, "SELECT hash FROM password")
    assert old != new
    assert account.state[INFO] == value(INFO)


def test_the_log_says_when_who_and_what(account: Account) -> None:
    """The account has a history of its own, which a hand on the account can't avoid."""
    store = Store(account.path, cost=CHEAP, now=lambda: datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    store.write((account.create("zone/example.org"),), who="by hand")
    store.close()
    newest = "SELECT at, who, action, address FROM log ORDER BY rowid DESC LIMIT 1"
    assert _rows(account, newest) == [("2026-11-24T08:30:00+00:00", "by hand", "create", "zone/example.org")]


def test_booking_again_changes_nothing(account: Account) -> None:
    """Every apply books the declared domains; what is there stays, versions included."""
    account.done(account.create("zone/example.org"))
    before = account.store.read()
    account.booked("example.org")
    assert account.store.read() == before


def test_booking_brings_the_mail_domain(account: Account) -> None:
    """A booked domain has mail from the start."""
    account.booked("example.net")
    assert account.state["mail_domain/example.net"] == Fields.of({"catch_all": None})


def _rows(account: Account, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(account.path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
