"""``show`` and ``download`` on an embedded account."""

import json
from pathlib import Path

import pytest

from inside import Inside
from reconciler.cli.show import WHAT
from reconciler.facts import FACTS
from told import ACCOUNT_YAML, PDF, tell


@pytest.fixture
def account(tmp_path: Path) -> Inside:
    """An account that tells facts of every kind."""
    folder = tmp_path / "account"
    folder.mkdir()
    (folder / "account.yaml").write_text(ACCOUNT_YAML)
    tell(folder).close()
    return Inside(folder)


def test_every_kind_of_fact_can_be_shown() -> None:
    """The verb knows all kinds, and requests."""
    assert {*WHAT} == {*(sort.plural for sort in FACTS.values()), "requests"}


@pytest.mark.parametrize("what", WHAT)
def test_each_as_table_json_and_csv(account: Inside, what: str) -> None:
    """Three forms of each, none of which fails, and JSON is one object."""
    table, as_json, as_csv = account("show", what), account("show", what, "--json"), account("show", what, "--csv")
    assert [done.code for done in (table, as_json, as_csv)] == [0, 0, 0]
    assert table.out.strip()
    assert json.loads(as_json.out)["format_version"] == 1
    assert as_csv.out.splitlines()[0].count(",") > 0


def test_invoices_of_one_server(account: Inside) -> None:
    """``--server`` chooses, and a server that there isn't is an error, never an empty list."""
    assert "1 invoice. Total: 59.38 EUR open.\n" in account("show", "invoices", "--server", "web-1").out
    assert account("show", "invoices", "--server", "db-1").out == "The account has no invoices.\n"
    wrong = account("show", "invoices", "--server", "web-2")
    assert (wrong.code, wrong.err) == (1, "error: The account has no server web-2.\nhelp: Did you mean `web-1`?\n")
    assert account("show", "servers", "--server", "web-1").code == 64


def test_two_forms_at_once(account: Inside) -> None:
    """One output has one form."""
    assert account("show", "invoices", "--json", "--csv").code == 64
    assert account("show", "secrets").code == 64


def test_what_the_provider_does_not_tell(tmp_path: Path) -> None:
    """A name server has no invoices; that is said, with where they come from."""
    key = "tsig: {name: reconciler., algorithm: hmac-sha256, key: {secret: env/KEY}}"
    zones = f"providers: {{default: {{type: rfc2136, server: 192.0.2.53, {key}}}}}\n"
    (tmp_path / "account.yaml").write_text(f"version: 1\naccount: K-104711\n{zones}")
    done = Inside(tmp_path)("show", "invoices")
    assert (done.code, "The account doesn't tell its invoices." in done.err) == (1, True)
    assert Inside(tmp_path)("download", "invoice/*").code == 1


def test_a_download_is_proven_and_kept_once(account: Inside, tmp_path: Path) -> None:
    """One invoice and one document are saved; again, nothing is done; what has no file is named, and exits 1."""
    done = account("download", "invoice/2026-0001", "document/*", "--out", str(tmp_path))
    assert (done.code, done.err) == (0, "")
    assert "invoice/2026-0001: " in done.out
    assert "SHA-256 as the account tells" in done.out
    assert (tmp_path / "invoice-2026-0001.pdf").read_bytes() == PDF
    again = account("download", "invoice/*", "--out", str(tmp_path))
    assert again.code == 1
    assert again.out.count("is there already, the same") == 1
    assert again.out.count("not saved") == 2


def test_a_download_as_json(account: Inside, tmp_path: Path) -> None:
    """Each file with its place and its checksum, and why it isn't there."""
    done = account("download", "invoice/*", "--json", "--out", str(tmp_path))
    files = {one["address"]: one for one in json.loads(done.out)["files"]}
    assert done.code == 1
    assert files["invoice/2026-0001"]["proven"] is True
    assert files["invoice/2026-0002"]["saved"] is False
    assert files["invoice/2026-0002"]["problem"]


@pytest.mark.parametrize(
    ("address", "code"),
    [("server/web-1", 64), ("invoce/1", 64), ("invoice", 64), ("invoice/", 64), ("invoice/1", 1), ("document/x*", 1)],
)
def test_what_cannot_be_downloaded(account: Inside, address: str, code: int) -> None:
    """What has no file is a mistake on the command line; what there isn't, an error of the account."""
    assert account("download", address).code == code


BROKEN = {"mail.yaml": "mail: {example.org: {mailboxes: {", "contacts.yaml": "contacts: {a: {name: 1, emial: x}}\n"}


def test_an_error_in_another_file_keeps_nobody_from_reading(account: Inside, tmp_path: Path) -> None:
    """Only account.yaml is needed, also for requests; the same folder can't be planned."""
    for name, text in BROKEN.items():
        (account.folder / name).write_text(text)

    assert account("validate").code == 1
    assert "1 invoice." in account("show", "invoices", "--server", "web-1").out
    assert account("show", "requests").code == 0
    assert account("download", "invoice/2026-0001", "--out", str(tmp_path)).code == 0


@pytest.mark.parametrize("text", ["version: 1\naccount: K-1\nproviders: {", "version: 1\n", None])
def test_an_error_in_the_settings_does(account: Inside, text: str | None) -> None:
    """Without them nobody knows which account is meant; it is said as `validate` says it."""
    file = account.folder / "account.yaml"
    if text is None:
        file.rename(account.folder / "real")
        file.symlink_to("real")
    else:
        file.write_text(text)

    shown = account("show", "invoices")
    assert (shown.code, shown.out) == (1, "")
    assert "account.yaml" in shown.err
    assert account("download", "invoice/*").code == 1
