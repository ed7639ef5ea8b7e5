"""What a person attests beside plain fields: the company's answer to a request, and secrets inside a mapping."""

import json
from pathlib import Path

import pytest

from manual.hands import ACCOUNT, Person

REQUEST = 'requests: {2026-11-hello: {support_request: {subject: Hello, text: "Please call."}}}\n'
ASKED = "support_request/2026-11-hello"
ONLY = ("--only", "support_request/*")
BILLING = """\
billing:
  invoice: {by: email, to: invoices@example.org}
  pay: {by: sepa_debit, iban: {secret: env/IBAN, version: 2}, holder: Erika Mustermann}
"""


@pytest.fixture
def asking(tmp_path: Path) -> Person:
    """Somebody who made a request in the portal and attested that."""
    account = ACCOUNT + "  requests: {type: manual, language: en}\n"
    person = Person.begin(tmp_path, {"account.yaml": account, "requests.yaml": REQUEST})
    assert person("apply", "--auto-approve", *ONLY).code == 0
    assert person.attest(ASKED).code == 0
    assert person("apply", "--auto-approve", *ONLY).code == 0
    return person


@pytest.fixture
def paying(tmp_path: Path) -> Person:
    """Somebody whose billing is seen to by hand."""
    account = ACCOUNT + "  billing: {type: manual, language: en}\n"
    return Person.begin(tmp_path, {"account.yaml": account, "billing.yaml": BILLING})


def statuses(person: Person) -> list[str]:
    """Return what became of the requests: as they are shown, and as a plan tells it."""
    shown = json.loads(person("show", "requests", "--json").out)["requests"]
    planned = json.loads(person("plan", *ONLY, "--json").out)["requests"]
    return [one["status"] for one in (*shown, *planned)]


def test_the_answer_to_a_request_is_attested(asking: Person) -> None:
    """First it is submitted, then what somebody saw of it; nothing is to be done for that."""
    assert statuses(asking) == ["submitted", "submitted"]
    attested = asking.attest(ASKED, "--seen", "status=accepted")
    assert f"{ASKED}: as declared, accepted" in attested.out
    assert statuses(asking) == ["accepted", "accepted"]
    assert json.loads(asking("plan", *ONLY, "--json").out)["changes"] == []
    assert "as declared, accepted" in asking("history", ASKED).out
    assert asking("audit", "verify").code == 0


def test_an_answer_stays_until_another_is_seen(asking: Person) -> None:
    """Attesting again without a word about it doesn't take the answer back."""
    asking.attest(ASKED, "--seen", "status=accepted")
    asking.attest("support_request/*", "--reason", "looked again")
    assert statuses(asking) == ["accepted", "accepted"]
    asking.attest(ASKED, "--seen", "status=completed")
    assert statuses(asking) == ["completed", "completed"]


def test_a_rejection_that_somebody_saw_is_a_finding(asking: Person) -> None:
    """As if the account had told it."""
    asking.attest(ASKED, "--seen", "status=rejected")
    findings = json.loads(asking("plan", *ONLY, "--json").out)["findings"]
    assert "request-rejected" in {one["code"] for one in findings}


def test_what_never_becomes_of_a_request_is_no_answer(asking: Person) -> None:
    """The words are those that every account uses; a setting has no status."""
    refused = asking.attest(ASKED, "--seen", "status=perhaps")
    assert refused.code == 64
    assert "submitted, accepted, rejected, completed, needs signature" in refused.err
    asking.repo.commit(files={"all.yaml": "contacts: {max: {name: Max Muster, email: max@example.org}}\n"})
    assert "has no field 'status'" in asking.attest("contact/max", "--seen", "status=accepted").err


def test_a_secret_inside_a_mapping_is_attested_by_its_version(paying: Person) -> None:
    """It was seen to be the older one, so the newer one is to be entered; nobody says what it is."""
    assert paying.attest("billing", "--seen", "pay.iban=1").code == 0
    shown = paying("plan").out
    assert "secret, version 1" in shown
    assert "enter the value of env/IBAN" in shown
    assert paying.attest("billing").code == 0
    assert "billing" not in {c["address"] for c in json.loads(paying("plan", "--json").out)["changes"]}
    refused = paying.attest("billing", "--seen", "pay.iban=DE02120300000000202051")
    assert "only its version" in refused.err
    assert "DE02" not in refused.err


def test_a_form_that_has_no_such_secret_takes_no_version(paying: Person) -> None:
    """Whoever pays by transfer has no IBAN there, and the form that was seen decides."""
    transfer = ("--seen", 'pay={"by": "transfer"}')
    refused = paying.attest("billing", *transfer, "--seen", "pay.iban=1")
    assert refused.code == 64
    assert "billing has no `pay.iban`" in refused.err
    assert paying.attest("billing", *transfer).code == 0
    debit = 'pay={"by": "sepa_debit", "holder": "Max Muster"}'
    assert paying.attest("billing", "--seen", debit, "--seen", "pay.iban=1").code == 0
    assert "version 1" in paying("plan").out
    assert "Max Muster" not in paying.record
