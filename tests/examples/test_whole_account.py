"""A whole account, written as YAML by ``init``, makes a new account that equals it in every readable field."""

import re
from collections.abc import Mapping
from pathlib import Path

from examples.test_examples import copy, secrets_of
from program import Cli
from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.fields import Value
from reconciler.store.account import Store
from reconciler.store.entries import natural_key
from table import SETTINGS


def exported(file: Path) -> Mapping[Address, Value]:
    """Return everything that an account says about itself; entries with ids of its own go by their natural key."""
    contents = Store(file).read()
    assert contents is not None
    names = {address: _name(address, value) for address, value in contents.state.items()}
    return {names[a]: KINDS[kind_of(a)].renamed(value, names) for a, value in contents.state.items()}


def _name(address: Address, value: Value) -> Address:
    key = natural_key(KINDS[kind_of(address)], value)
    return address if key is None else f"{kind_of(address)}/{key}"


def test_an_account_with_everything_in_it_is_made_again(tmp_path: Path, cli: Cli) -> None:
    """The agency declares every setting; what ``init`` writes from its account makes the same account anew."""
    agency = copy("agency", tmp_path)
    assert cli("apply", "--auto-approve", cwd=agency, env=secrets_of(agency)).code == 0
    original = exported(agency / "account.db")
    assert {kind_of(address) for address in original} == set(SETTINGS)

    again = tmp_path / "again"
    again.mkdir()
    written = cli("init", "--embedded", str(agency / "account.db"), cwd=again)
    assert written.code == 0, written.out + written.err
    account = again / "account.yaml"
    account.write_text(re.sub(r"path: .*}", "path: new.db}", account.read_text("utf-8")), "utf-8")
    applied = cli("apply", "--auto-approve", cwd=again, env=secrets_of(again))

    assert applied.code == 0, applied.out + applied.err
    assert exported(again / "new.db") == original
    assert cli("plan", "--detailed-exitcode", cwd=again).code == 0
