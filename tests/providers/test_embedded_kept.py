"""Zones of the account file whose rows an earlier run has read: nothing is made of them, and nothing is different."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from accounts import NUMBER, Account
from reconciler.cache.cache import Cache
from reconciler.model.groups import Group, groups_of, same
from reconciler.model.state import Live
from reconciler.ports import Scope
from reconciler.providers.embedded import EmbeddedReader
from reconciler.store.account import Store

DOMAINS = ("example.org", "example.net")
SCOPE = Scope(frozenset(DOMAINS))
TODAY = 740_000
ADDRESSES = tuple(f"record/{zone}/{name}/A" for zone in DOMAINS for name in ("www", "mail"))


def read(path: Path, cache: Path, *, believed: bool = True) -> Live:
    """Return an account file as a run of its own reads it."""
    kept = Cache(cache, believed=believed)
    live = EmbeddedReader(Store(path), NUMBER, "embedded:account.db", kept).read(SCOPE)
    kept.write(TODAY)
    return live


def shown(live: Live) -> tuple[object, ...]:
    """Return everything in which two reads can differ."""
    return dict(live.state), live.versions, live.complete, live.account, live.exists


def made(account: Account) -> Account:
    """Return an account with two zones, of which each holds one address."""
    account.booked(*DOMAINS)
    for zone in DOMAINS:
        account.done(
            account.create(f"zone/{zone}"), account.create(f"record/{zone}/www/A", ttl=60, values=["192.0.2.1"])
        )
    return account


def zones(live: Live) -> Mapping[str, Group[object]]:
    """Return the groups of record sets."""
    found = {name: group for name, group in groups_of(live.state).items() if name.startswith("record/")}
    groups = {name: group for name, group in found.items() if isinstance(group, Group)}
    assert groups.keys() == found.keys()
    return groups


@given(
    st.lists(st.tuples(st.sampled_from(ADDRESSES), st.sampled_from(("", "192.0.2.1", "192.0.2.2"))), max_size=6),
    st.booleans(),
)
def test_an_account_is_what_it_is_without_a_cache(steps: list[tuple[str, str]], backup: bool) -> None:
    """Whatever is written between two reads, and when the file of an earlier day is put back: nothing else is told."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        account = made(Account(folder / "account.db"))
        read(account.path, folder / "cache")
        for address, ip in steps:
            there = account.state.get(address)
            new = account.create(address, ttl=60, values=[ip]) if ip else None
            if there is None:
                account.write(*([new] if new else []))
            else:
                account.done(
                    account.update(address, there, new.after)
                    if new and new.after is not None
                    else account.delete(address, there)
                )
            account.store.close()
            assert shown(read(account.path, folder / "cache")) == shown(read(account.path, folder / "none"))
            if backup:
                shutil.copy(account.path, folder / "earlier.db")
        if backup and steps:
            account.store.close()
            shutil.copy(folder / "earlier.db", account.path)
            assert shown(read(account.path, folder / "cache")) == shown(read(account.path, folder / "none"))


def test_rows_that_were_read_before_are_not_made_into_record_sets_again(tmp_path: Path) -> None:
    """A second read makes none; after a write only those of its zone."""
    account = made(Account(tmp_path / "account.db"))
    first, second = read(account.path, tmp_path / "cache"), read(account.path, tmp_path / "cache")
    assert all(group.is_loaded for group in zones(first).values())
    assert not any(group.is_loaded for group in zones(second).values())
    assert all(same(group, zones(second)[name]) for name, group in zones(first).items())
    account.done(account.create("record/example.org/mail/A", ttl=60, values=["192.0.2.9"]))
    third = read(account.path, tmp_path / "cache")
    assert {name for name, group in zones(third).items() if group.is_loaded} == {"record/example.org"}
    assert len(third.state) == len(second.state) + 1


def test_what_is_not_believed_is_made_anew(tmp_path: Path) -> None:
    """``--full`` takes nothing of an earlier run."""
    account = made(Account(tmp_path / "account.db"))
    read(account.path, tmp_path / "cache")
    assert all(group.is_loaded for group in zones(read(account.path, tmp_path / "cache", believed=False)).values())
