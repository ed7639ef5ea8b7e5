"""``--json``: every verb prints exactly one JSON object, and what it did is in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from age_keys import ERIKA, ERIKA_PUBLIC
from program import Cli

ACCOUNT = "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An account with one contact, written untidily."""
    (tmp_path / "account.yaml").write_text(ACCOUNT)
    (tmp_path / "c.yaml").write_text("contacts:\n    erika:   {name: Erika, email: erika@example.org}\n")
    (tmp_path / "s.age.recipients").write_text(f"{ERIKA_PUBLIC}\n")
    return tmp_path


def said(cli: Cli, folder: Path, *args: str, stdin: str = "", code: int = 0) -> Any:
    """Return the object that a run printed."""
    done = cli(*args, "--json", cwd=folder, stdin=stdin, env={"RECONCILER_AGE_IDENTITY": ERIKA})
    assert (done.code, done.err) == (code, "")
    found = json.loads(done.out)
    assert found.pop("format_version") == 1
    return found


def test_fmt(cli: Cli, folder: Path) -> None:
    """It names the files that changed, by their paths in the account folder."""
    assert said(cli, folder, "fmt", "--check", code=1) == {"changed": ["c.yaml"]}
    assert said(cli, folder, "fmt") == {"changed": ["c.yaml"]}
    assert said(cli, folder, "fmt") == {"changed": []}


def test_changes_by_hand(cli: Cli, folder: Path) -> None:
    """It names the entry, and what became of it."""
    assert cli("apply", "--auto-approve", cwd=folder).code == 0
    changed = said(cli, folder, "account", "set", "whitelist_entry/203.0.113.7", "address=203.0.113.7")
    address = changed["address"]
    assert (address.partition("/")[0], changed["done"]) == ("whitelist_entry", "changed by hand")
    assert said(cli, folder, "account", "delete", address) == {"address": address, "done": "deleted by hand"}


def test_secrets(cli: Cli, folder: Path) -> None:
    """It says whether the file was written and who can read it; never the secret."""
    first = said(cli, folder, "secret", "set", "s.age#INFO", stdin="correct horse")
    assert first == {"place": "s.age#INFO", "written": True, "recipients": [ERIKA_PUBLIC]}
    again = said(cli, folder, "secret", "set", "s.age#INFO", stdin="correct horse")
    assert again["written"] is False
    assert said(cli, folder, "secret", "rekey", "s.age")["written"] is False
    assert said(cli, folder, "secret", "remove", "s.age#INFO")["written"] is True


def test_codes_and_schemas(cli: Cli, folder: Path) -> None:
    """One code, all codes; the names of the schemas, those written, those that are stale."""
    assert said(cli, folder, "explain", "missing-dot")["passing"].startswith("# file: zones/")
    assert "missing-dot" in said(cli, folder, "explain")["codes"]
    names = said(cli, folder, "schema")["schemas"]
    assert said(cli, folder, "schema", "--out", "out") == {"wrote": names}
    assert said(cli, folder, "schema", "--check", "out") == {"stale": []}
    (folder / "out" / names[0]).unlink()
    assert said(cli, folder, "schema", "--check", "out", code=1) == {"stale": [names[0]]}
