"""What account.yaml names becomes readers and writers: one for a whole account, or one for each provider."""

import os
from pathlib import Path

import pytest

from opened import outside
from reconciler.kinds import KINDS
from reconciler.model.account import AccountConfig
from reconciler.model.errors import AccountError
from reconciler.ports import Scope
from reconciler.providers.opening import local_files

DOMAINS = frozenset({"example.org"})


def config(**paths: str) -> AccountConfig:
    """Return an account.yaml with an embedded account for each key."""
    providers = {name: {"type": "embedded", "path": path} for name, path in paths.items()}
    return AccountConfig.model_validate({"version": "1", "account": "K-104711", "providers": providers})


def held(settings: AccountConfig, folder: Path) -> dict[str, frozenset[str]]:
    return {part.name: part.kinds for part in outside(settings, folder).parts}


def test_a_section_is_taken_from_the_default(tmp_path: Path) -> None:
    """DNS is zones and records; the rest stays with the default, and every kind is held once."""
    parts = held(config(default="account.db", dns="dns.db", contacts="people.db"), tmp_path)
    assert parts["`dns`"] == {"zone", "record"}
    assert parts["`contacts`"] == {"contact"}
    assert {"mailbox", "alias", "mail_domain"} <= parts[next(iter(parts))]
    assert sorted(kind for kinds in parts.values() for kind in kinds) == sorted(KINDS)


def test_names_tell_users_what_is_where(tmp_path: Path) -> None:
    """As it stands in account.yaml, and for the default what it holds."""
    default, shared = held(config(default="account.db", dns="other.db", mail="other.db"), tmp_path)
    assert shared == "`dns`, `mail`"
    assert default.startswith("`default` (")
    assert "contacts, whitelist" in default
    assert "mail" not in default


def test_a_default_may_hold_nothing(tmp_path: Path) -> None:
    """It is still the account's own."""
    sections = {kind.section: f"{kind.section}.db" for kind in KINDS.values()}
    parts = held(config(default="account.db", **sections), tmp_path)
    assert parts["`default`"] == frozenset()


def test_the_same_settings_share_one_opening(tmp_path: Path) -> None:
    """One file, one reader; and if all are the default's, it is as if nothing were said."""
    assert len(outside(config(default="account.db", dns="other.db", mail="other.db"), tmp_path).parts) == 2
    whole = config(default="account.db", dns="account.db")
    assert len(outside(whole, tmp_path).parts) == 1
    live = outside(whole, tmp_path).reader().read(Scope(DOMAINS))
    assert (live.origins, live.absent) == ({}, frozenset())


@pytest.mark.parametrize("other", ["./account.db", "sub/../account.db", "link/account.db", "whole", "symbolic", "hard"])
def test_one_file_in_two_spellings_is_refused(tmp_path: Path, other: str) -> None:
    """Two openings of one account would take each other's kinds for nobody's."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to(tmp_path)
    path = str(tmp_path / "account.db") if other == "whole" else other
    if other in ("symbolic", "hard"):
        outside(config(default="account.db"), tmp_path).writer(frozenset()).prepare(DOMAINS)
        make = os.link if other == "hard" else os.symlink
        make(tmp_path / "account.db", tmp_path / other)
    settings = config(default="account.db", dns=path)
    for opening in (lambda: outside(settings, tmp_path).reader(), lambda: outside(settings, tmp_path).writer(DOMAINS)):
        with pytest.raises(AccountError, match=r"`default` \(mail.*\) and `dns` are the same account"):
            opening()


def test_paths_that_are_none_are_told_when_they_are_read(tmp_path: Path) -> None:
    """Each by its provider, together."""
    (tmp_path / "circle").symlink_to("circle")
    settings = config(default="a\0b", dns="circle", mail="../outside.db")
    with pytest.raises(AccountError) as failed:
        outside(settings, tmp_path).reader().read(Scope(DOMAINS))
    lines = str(failed.value).splitlines()
    assert [line.partition(":")[0] for line in lines[2:]] == ["  Provider `dns`", "  Provider `mail`"]
    assert "lies outside the account folder" in lines[3]


def test_all_files_are_kept_out_of_git() -> None:
    """Those in the account folder, once each."""
    files = local_files(config(default="account.db", dns="data/dns.db", mail="data/dns.db", contacts="/srv/people.db"))
    assert files == tuple(f"{path}{end}" for path in ("account.db", "data/dns.db") for end in ("", "-wal", "-shm"))


def test_each_account_is_made_by_the_first_apply(tmp_path: Path) -> None:
    """One that exists and one that doesn't."""
    settings = config(default="account.db", dns="dns.db")
    outside(config(default="account.db"), tmp_path).writer(frozenset()).prepare(DOMAINS)
    before = outside(settings, tmp_path).reader().read(Scope(DOMAINS))
    assert (before.exists, before.absent) == (True, {"embedded:dns.db"})
    outside(settings, tmp_path).writer(frozenset()).prepare(DOMAINS)
    after = outside(settings, tmp_path).reader().read(Scope(DOMAINS))
    assert (after.state, after.absent) == (before.state, frozenset())
