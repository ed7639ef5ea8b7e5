"""`docs/coverage.md`: each section of the portal as it stands there works on each outside, and none is missing."""

import ast
import json
from pathlib import Path

import pytest

from conformance.outsides import OUTSIDES, files_of, opened, sections
from docs.pages import ROOT
from inside import Inside
from reconciler.cli.group import VERBS
from reconciler.facts import FACTS
from reconciler.kinds import KINDS
from reconciler.model.address import kind_of

#: The sections of the portal, in the order of the page; one that is missing there is missing to somebody.
SECTIONS = (
    "DNS-Modul",
    "Postfächer",
    "FTP-Accounts",
    "Pakete und Domains",
    "Server",
    "Andere Produkte",
    "Bestellen",
    "Kundenkonto",
    "Zahlung vornehmen",
    "Adressdaten",
    "Inhaberwechsel",
    "Passwörter",
    "Zahlungsdetails",
    "Ansprechpartner",
    "Mitteilungen",
    "Datenschutz",
    "IP-Whitelist",
    "Meine Dokumente",
    "Supportanfrage",
)


def addresses(here: Inside, *options: str) -> dict[str, str]:
    """Return what a plan would do, by address."""
    planned = here("plan", "--json", *options)
    assert planned.code == 0, planned.err
    return {change["address"]: change["action"] for change in json.loads(planned.out)["changes"]}


def attest_all(here: Inside, tmp_path: Path) -> None:
    """Say of everything that is declared that the portal has it."""
    evidence = tmp_path / "seen.png"
    evidence.write_bytes(b"what the portal showed")
    never = [f for f in json.loads(here("plan", "--json").out)["findings"] if f["code"] == "never-attested"]
    assert never
    globs = [f"{kind}/*" for kind in ("zone", "mail_domain", "mailbox", "alias", "ftp_account", "contact")]
    globs += ["record/*/*/*", "notification/*", "password/*", "whitelist_entry/*", "address", "billing"]
    done = here("attest", *globs, "--evidence", str(evidence))
    assert done.code == 0, done.err


@pytest.mark.parametrize("outside", OUTSIDES)
def test_settings(outside: str, tmp_path: Path) -> None:
    """Every setting of the page is applied, or attested, and the second run is empty; nothing is left out."""
    with opened(outside, tmp_path, files_of("setting")) as here:
        if outside == "manual":
            attest_all(here, tmp_path)
        else:
            assert addresses(here)
        done = here("apply", "--auto-approve")
        assert done.code == 0, done.out + done.err
        again = here("plan", "--detailed-exitcode", "--json")
        assert again.code == 0, again.out
        found = json.loads(again.out)
        assert found["changes"] == []
        assert [one for one in found["findings"] if one["code"] in ("never-attested", "domain-not-booked")] == []
        declared = {kind for one in sections() if one.family == "setting" for kind in one.kinds}
        assert declared == {name for name, kind in KINDS.items() if not kind.is_request}


@pytest.mark.parametrize("outside", OUTSIDES)
def test_requests(outside: str, tmp_path: Path) -> None:
    """Every request of the page is submitted once, and the second run submits nothing; by hand it awaits one."""
    with opened(outside, tmp_path, files_of("request")) as here:
        if outside == "manual":
            evidence = tmp_path / "seen.png"
            evidence.write_bytes(b"what the portal showed")
            kinds = [name for name, kind in KINDS.items() if kind.is_request]
            assert here("attest", *(f"{kind}/*" for kind in kinds), "--evidence", str(evidence)).code == 0
        else:
            planned = addresses(here)
            assert set(planned.values()) == {"submit"}
            assert {kind_of(address) for address in planned} == {n for n, kind in KINDS.items() if kind.is_request}
        done = here("apply", "--auto-approve")
        assert done.code == 0, done.out + done.err
        assert addresses(here) == {}


@pytest.mark.parametrize("outside", ("embedded", "service"))
def test_facts(outside: str, tmp_path: Path) -> None:
    """Every fact of the page is shown, files are fetched, and what is expected is so."""
    with opened(outside, tmp_path, files_of("fact")) as here:
        for sort in FACTS.values():
            shown = here("show", sort.plural, "--json")
            assert shown.code == 0, shown.err
            assert json.loads(shown.out)["facts"], sort.plural
        assert here("download", "invoice/R-2025-01-1", "--out", str(tmp_path / "invoice.pdf")).code == 0
        assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF-")
        assert here("drift").code == 0


def test_facts_by_hand(tmp_path: Path) -> None:
    """A portal without an interface tells no program anything, and that is said."""
    with opened("manual", tmp_path, {}) as here:
        assert here("show", "invoices").code != 0


def test_every_section_is_there() -> None:
    """With every kind, in its family, and each once."""
    found = sections()
    assert tuple(one.title for one in found) == SECTIONS
    kinds = [kind for one in found for kind in one.kinds]
    assert len(kinds) == len(set(kinds))
    assert set(kinds) == KINDS.keys() | FACTS.keys() - {"log"}
    for one in found:
        assert one.files or one.family == "fact", one.title


def test_every_command_that_is_named_exists() -> None:
    """And each section has one."""
    for one in sections():
        assert one.commands
        assert set(one.commands) <= VERBS.keys(), one.title


def test_every_test_that_is_named_exists() -> None:
    """For each outside; one that went would leave a promise without proof."""
    for one in sections():
        assert tuple(one.proofs) == OUTSIDES, one.title
        for proof in one.proofs.values():
            path, _, name = proof.partition("::")
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert name.partition("[")[0] in there, proof
            assert not (parameter := name.partition("[")[2].rstrip("]")) or parameter in OUTSIDES
