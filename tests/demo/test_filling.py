"""The Musterfirma's account keeps every rule of an account, and is what ``init`` turns into files without a change."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cached_property
from pathlib import Path

import pytest

from inside import Inside
from reconciler.demo.filling import make_account
from reconciler.demo.firm import Firm, Shape
from reconciler.demo.settings import Setting, settings
from reconciler.demo.told import KINDS_TOLD, told
from reconciler.facts.domain import Domain
from reconciler.facts.invoice import Invoice
from reconciler.facts.log import LogEntry
from reconciler.facts.package import Package
from reconciler.kinds import KINDS
from reconciler.model.address import kind_of
from reconciler.model.errors import AccountError
from reconciler.store.account import Store
from reconciler.store.entries import Contents, natural_key

Make = Callable[[int], Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Accounts of some sizes, each made once; nobody writes them."""
    folder = tmp_path_factory.mktemp("accounts")

    def of(size: int) -> Path:
        path = folder / str(size) / "account.db"
        if not path.exists():
            path.parent.mkdir()
            make_account(path, Firm(size=size))
        return path

    return of


def contents_of(path: Path) -> Contents:
    """Return what an account holds."""
    contents = Store(path).read()
    assert contents is not None
    return contents


def rows(path: Path) -> list[str]:
    """Return everything that stands in an account's file, row by row."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


@pytest.mark.parametrize("size", [10, 11, 50, 200, 1000])
def test_the_account_holds_every_setting(made: Make, size: int) -> None:
    """Whatever the size: each setting is there with its value, and beside them only what every account has."""
    contents = contents_of(made(size))
    there = {_name(address, value): value for address, value in contents.state.items()}
    firm = Firm(size=size)

    wanted = {_name(one.address, value_of(one)): value_of(one) for one in settings(firm)}
    assert contents.number == "K-104711"
    assert contents.domains == {domain.name for domain in firm.domains}
    assert wanted.keys() <= there.keys()
    assert {name for name in wanted if wanted[name] != there[name]} == {"billing"}  # there its contact has an id
    assert all(KINDS[kind_of(name)].fixed for name in there.keys() - wanted.keys())


def value_of(one: Setting) -> object:
    """Return the canonical value of a setting."""
    return KINDS[kind_of(one.address)].parse(one.address, one.data)


def _name(address: str, value: object) -> str:
    key = natural_key(KINDS[kind_of(address)], value)
    return address if key is None else f"{kind_of(address)}/{key}"


def test_billing_names_the_contact_as_the_account_does(made: Make) -> None:
    """The contact on the invoice is one of the account's, by the id that it has there."""
    state = contents_of(made(200)).state

    (contact,) = KINDS["billing"].references("billing", state["billing"])
    assert KINDS["contact"].to_json(state[contact])["email"] == "erika-mustermann@musterfirma.example"


@pytest.mark.parametrize("size", [10, 1000])
def test_the_account_tells_every_fact_and_has_its_file(made: Make, size: int) -> None:
    """What is read is what was told; of packages the account knows itself what is used."""
    store = Store(made(size))
    found, wanted = store.read_facts(KINDS_TOLD), told(Firm(size=size))
    for kind in KINDS_TOLD - {"package"}:
        assert found.kinds[kind] == wanted.facts.kinds[kind]
    for package in found.all(Package):
        assert 0 < package.used["domains"] <= package.limits["domains"]
        assert 0 < package.used["mailboxes"] <= package.limits["mailboxes"]
    assert {domain.package for domain in found.all(Domain)} == {package.id for package in found.all(Package)}
    for invoice in found.all(Invoice)[:5]:
        assert store.read_file(invoice.address) == wanted.files[invoice.address]


def test_the_log_knows_who_made_it(made: Make) -> None:
    """Every setting was made by hand, all at the moment at which the account stands."""
    log = Store(made(200)).read_facts({"log"}).all(LogEntry)

    assert len([entry for entry in log if entry.who == "by hand"]) == 207
    assert {entry.who for entry in log} == {"by hand", "company"}
    assert len({entry.at for entry in log}) == 1


def test_two_accounts_of_one_seed_are_equal_in_every_row(made: Make, tmp_path: Path) -> None:
    """Ids, versions, times, hashes: nothing differs but with the seed."""
    make_account(tmp_path / "again.db", Firm(size=200))
    make_account(tmp_path / "other.db", Firm(seed=2, size=200))

    assert rows(tmp_path / "again.db") == rows(made(200))
    assert rows(tmp_path / "other.db") != rows(made(200))


@pytest.mark.parametrize("size", [10, 300])
def test_init_adopts_the_whole_account_and_leaves_nothing_to_do(made: Make, tmp_path: Path, size: int) -> None:
    """What ``init`` writes has no finding, is formatted, and its plan has no change."""
    (tmp_path / "account.db").write_bytes(made(size).read_bytes())
    run = Inside(tmp_path)

    adopted = run("init", "--embedded", "account.db")
    assert adopted.code == 0, adopted.out + adopted.err
    validated = run("validate")
    assert (validated.code, validated.err) == (0, "")
    assert validated.out.startswith("The configuration is valid: ")
    planned = run("plan", "--json", "--detailed-exitcode")
    assert (planned.code, json.loads(planned.out)["changes"]) == (0, [])
    assert run("fmt", "--check").code == 0


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    """An account that somebody works with stays, whatever it is."""
    path = tmp_path / "account.db"
    path.write_text("mine")

    with pytest.raises(AccountError, match="already"):
        make_account(path, Firm(size=10))
    assert path.read_text() == "mine"


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    """No folder is made by the way."""
    with pytest.raises(AccountError, match="doesn't exist"):
        make_account(tmp_path / "nowhere" / "account.db", Firm(size=10))
    assert list(tmp_path.iterdir()) == []


class WithoutMailboxes(Firm):
    """A firm whose aliases lead nowhere, which no account takes."""

    @cached_property
    def shape(self) -> Shape:
        return Shape.of(self.size)._replace(mailboxes=0)


def test_an_account_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    """What breaks a rule says which, and leaves no file, and nothing beside it."""
    with pytest.raises(AccountError, match=r"info@musterfirma\.example, which is neither a mailbox nor an alias"):
        make_account(tmp_path / "account.db", WithoutMailboxes(size=50))
    assert list(tmp_path.iterdir()) == []
