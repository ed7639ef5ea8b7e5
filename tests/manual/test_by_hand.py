"""Sections that only a person can see and change: never attested, clicks, awaiting hand, attested."""

import json
from pathlib import Path

import pytest

from manual.hands import ACCOUNT, ALL, Person


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """Somebody before an account of which nothing was looked at."""
    return Person.begin(tmp_path)


def test_what_was_never_attested_is_neither_empty_nor_planned(person: Person) -> None:
    """Nothing is known of a section before somebody has looked: the plan says so, and plans the rest."""
    planned = json.loads(person("plan", "--json").out)
    assert [change["address"] for change in planned["changes"]] == ["whitelist_entry/office"]
    never = [f["detail"] for f in planned["findings"] if f["code"] == "never-attested"]
    assert len(never) == 2
    assert "contact/erika, contact/max" in never[0]


def test_the_first_attestation_says_what_else_is_not_there(person: Person) -> None:
    """Once somebody has looked at the contacts, one that they didn't name is to be created."""
    assert person.attest("contact/erika").code == 0
    planned = json.loads(person("plan", "--json").out)
    assert {c["address"]: c["action"] for c in planned["changes"]} == {
        "contact/max": "create",
        "whitelist_entry/office": "create",
    }


def test_of_what_every_account_has_each_is_looked_at_by_itself(person: Person) -> None:
    """That the telephone password was seen says nothing of the service password."""
    person.repo.commit(files={"more.yaml": "passwords: {service: {secret: env/LOGIN, version: 1}}\n"})
    person.attest("password/telephone")
    planned = json.loads(person("plan", "--json").out)
    assert any("password/service" in f["detail"] for f in planned["findings"] if f["code"] == "never-attested")


def test_a_plan_shows_the_clicks_in_the_words_of_the_portal(person: Person) -> None:
    """German and English, each as its section says; private values are masked, secrets named by where they lie."""
    person.attest("contact/max", "--absent")
    person.attest("contact/erika", "--seen", "phone=+49 511 999999")
    person.attest("password/telephone", "--seen", "password=2")
    shown = person("plan").out
    assert "1. „Meine Daten > Ansprechpartner“ öffnen" in shown
    assert "Eintrag „max“: „Ansprechpartner hinzufügen“" in shown
    assert "Telefon: +49...56 (ganz in all.yaml:2:3)" in shown
    assert "New password: enter the value of env/PHONE_PASSWORD" in shown
    assert "E-Mail: e...@" not in shown  # what agrees isn't typed again
    assert "123456" not in shown
    assert "999999" not in shown


def test_an_apply_leaves_them_awaiting_a_hand_and_ends_well(person: Person) -> None:
    """What can be written is written; the rest is named in the output and in the receipt; no secret is asked for."""
    person.attest("contact/erika", "--seen", "may=speak")
    person.attest("password/telephone", "--seen", "password=1")
    done = person("apply", "--auto-approve")
    assert done.code == 0, done.err
    assert "whitelist_entry/office: created" in done.out
    assert "contact/erika: awaiting hand: Meine Daten > Ansprechpartner" in done.out
    assert "Apply complete! Resources: 1 added, 0 changed, 0 destroyed; 3 changes awaiting hand." in done.out
    receipt = person.repo.git("show", "reconciler/K-104711:receipt.json")
    assert receipt.count('"status":"awaiting hand"') == 3


def test_what_awaits_a_hand_needs_no_new_approval(person: Person) -> None:
    """A later plan is applied by its own seal alone, though what awaits a hand stands in it, unchanged."""
    person.attest("contact/max")
    assert person("apply", "--auto-approve").code == 0
    again = person("apply", "--auto-approve")
    assert (again.code, "Recorded" in again.out) == (0, False)
    assert "contact/erika: awaiting hand" in again.out
    person.repo.commit(files={"more.yaml": "whitelist: {home: {address: 203.0.113.8}}\n"})
    planned = json.loads(person("plan", "--json").out)
    assert {c["address"] for c in planned["changes"]} == {"contact/erika", "whitelist_entry/home"}
    listed = person.run.folder.parent / "list.json"
    only = ("--only", "whitelist_entry/*")
    assert person("plan", *only, "--seal-list", str(listed)).code == 0
    seal = json.loads(person("plan", *only, "--json").out)["seal"]
    assert person("apply", "--seal", seal, "--seal-list", str(listed)).code == 0


def test_a_change_that_became_another_needs_its_own_approval(person: Person) -> None:
    """Its seal isn't equal any more, so it isn't the one that was approved."""
    person.attest("contact/max")
    person("apply", "--auto-approve")
    person.repo.commit(files={"all.yaml": ALL.replace("[speak, authorise]", "[speak]")})
    assert '"awaiting hand"' not in person("plan").out
    refused = person("apply", "--seal", "0" * 64)
    assert refused.code == 4
    assert "contact/erika" in refused.err


def test_an_attestation_makes_it_live_and_the_next_apply_owns_it(person: Person) -> None:
    """Only an apply writes ownership; after it nothing is left to do, and nothing waits."""
    person.attest("contact/max")
    person("apply", "--auto-approve")
    attested = person.attest("contact/*", "password/*", "--reason", "done in the portal")
    assert attested.code == 0, attested.err
    assert "Attested: 3 resources" in attested.out
    assert "2 resources taken into ownership" in person("plan").out
    assert person("apply", "--auto-approve").code == 0
    assert person("plan", "--detailed-exitcode").code == 0
    assert "awaiting" not in person.repo.git("ls-tree", "-r", "--name-only", "reconciler/K-104711")
    assert person("drift").code == 0


def test_a_hand_in_the_portal_is_drift_once_somebody_has_seen_it(person: Person) -> None:
    """What is seen otherwise than it was applied is drift, and what isn't there any more."""
    person.attest("contact/*", "password/*")
    person("apply", "--auto-approve")
    person.attest("contact/max", "--absent")
    person.attest("contact/erika", "--seen", "may=speak")
    drift = person("drift")
    assert drift.code == 2
    assert "contact/max" in drift.out
    assert "contact/erika" in drift.out


def test_the_record_holds_neither_the_evidence_nor_a_private_value(person: Person) -> None:
    """Who, when and the hash of the evidence stand there; names and numbers only as digests."""
    person.attest("contact/erika", "--seen", "phone=+49 511 999999")
    person.attest("contact/*", "password/*")
    person("apply", "--auto-approve")
    kept = person.record
    for hidden in ("Mustermann", "erika@example.org", "123456", "999999", "what the portal showed"):
        assert hidden not in kept
    assert '"evidence":"' in kept


def test_an_audit_finds_the_record_consistent(person: Person) -> None:
    """Attestations stand between applies, and each follows from the commit before it."""
    person.attest("contact/*")
    person("apply", "--auto-approve")
    person.attest("contact/*", "password/*")
    person("apply", "--auto-approve")
    proof = person("audit", "verify")
    assert proof.code == 0, proof.out


def test_what_others_read_needs_no_attestation(person: Person) -> None:
    """Neither can what nobody declared or applied be attested, nor something that every account has be absent."""
    assert "is read by its provider" in person.attest("whitelist_entry/office").err
    assert "Nothing that is declared or recorded" in person.attest("contact/nobody").err
    assert "Every account has" in person.attest("password/telephone", "--absent").err
    assert "only its version" in person.attest("password/telephone", "--seen", "password=guess-me").err
    assert "has no field" in person.attest("contact/erika", "--seen", "shoe=43").err
    assert "is empty" in person("attest", "contact/erika", "--evidence", "/dev/null").err


def test_drift_says_how_old_it_is_what_was_seen(person: Person) -> None:
    """Up to ``max_age`` that is all; past it, and only where it is set, drift ends with 2 until somebody looks."""
    person.attest("contact/*", "password/*")
    person("apply", "--auto-approve")
    person.later(90)
    drift = person("drift")
    assert drift.code == 0
    assert "Attested by hand: 2 in contact, the oldest 90 days ago: contact/erika" in drift.out
    person.later(91)
    drift = person("drift")
    assert drift.code == 2
    assert "2 resources to look at again by hand" in drift.out
    assert "attestation-old" in drift.out
    told = json.loads(person("drift", "--json").out)["attested"]
    assert {row["address"]: row["overdue"] for row in told} == {
        "contact/erika": True,
        "contact/max": True,
        "password/telephone": False,
    }
    assert "Attested by hand" in person("drift", "--markdown").out
    person.attest("contact/*")
    assert person("drift").code == 0


def test_what_is_owned_and_was_never_seen_is_due(person: Person) -> None:
    """A section that moves from a provider to a person says nothing of itself until somebody has looked."""
    account = "version: 1\naccount: K-104711\nproviders: {default: {type: embedded, path: account.db}}\n"
    repo = person.repo
    repo.commit(files={"account.yaml": account})
    assert person("apply", "--auto-approve", PHONE_PASSWORD="a-password").code == 0
    repo.commit(files={"account.yaml": ACCOUNT})
    drift = person("drift")
    assert drift.code == 2
    assert "never-attested" in drift.out
    person.attest("contact/*", "password/*")
    assert person("drift").code == 0
    assert json.loads(person("plan", "--json").out)["changes"] == []


def test_status_names_what_awaits_a_hand(person: Person) -> None:
    """Since which receipt, until it was seen; a commit that waits for a person isn't one that was refused."""
    person.attest("contact/max")
    person.attest("password/telephone")
    person("apply", "--auto-approve")
    status = person("status")
    assert "1 change awaiting hand" in status.out
    assert "contact/erika  since receipt 1" in status.out
    assert "refused" not in status.out
    assert json.loads(person("status", "--json").out)["awaiting_hand"] == [{"address": "contact/erika", "receipt": 1}]
    assert "awaiting hand" in person("audit").out
    person.attest("contact/*", "password/*")
    assert "awaiting" not in person("status").out


def test_history_blame_and_export_show_attestations(person: Person) -> None:
    """Who saw what, when, and by which evidence; never a private value."""
    person.attest("contact/erika", "--seen", "may=speak", "--reason", "asked by phone")
    person.attest("contact/max", "--absent")
    person("apply", "--auto-approve")
    told = person("history", "contact/*").out
    assert "otherwise in may" in told
    assert "asked by phone" in told
    assert "not there" in told
    (newest,) = json.loads(person("history", "contact/erika", "--json").out)["values"]
    assert [one["seen"] for one in newest["attested"]] == ["otherwise in may"]
    assert "attested: 2026-11-26 09:00" in person("blame", "contact/erika").out
    rows = json.loads(person("audit", "export", "--json").out)["changes"]
    assert [(r["address"], r["action"], r["status"]) for r in rows if r["action"] == "attest"] == [
        ("contact/erika", "attest", "otherwise in may"),
        ("contact/max", "attest", "not there"),
    ]


def test_adopting_never_writes_a_digest_into_the_files(person: Person) -> None:
    """What isn't private becomes an edit; a private value that was only attested is left out, with why."""
    person.attest("contact/*", "password/*")
    person("apply", "--auto-approve")
    person.attest("contact/erika", "--seen", "may=speak")
    assert person("adopt", "--drift").code == 0
    text = (person.run.folder / "all.yaml").read_text(encoding="utf-8")
    assert "may: [speak]" in text.replace("\n", " ")
    person.repo.commit("Adopted")
    person.attest("contact/max", "--seen", "name=Somebody Else")
    left = person("adopt", "--drift")
    assert left.code == 1
    assert "only attested" in left.out
    assert "sha256" not in (person.run.folder / "all.yaml").read_text(encoding="utf-8")


def test_a_request_that_somebody_made_is_never_made_again(person: Person) -> None:
    """It awaits a hand, is attested, and the next apply remembers its reference."""
    account = ACCOUNT + "  requests: {type: manual, language: en}\n"
    request = 'requests: {2026-11-hello: {support_request: {subject: Hello, text: "Please call."}}}\n'
    person.repo.commit(files={"account.yaml": account, "requests.yaml": request})
    only = ("--only", "support_request/*")
    shown = person("plan", *only).out
    assert "1. Open “Support request”" in shown
    assert "Subject: Hello" in shown
    assert "Please call" not in shown
    done = person("apply", "--auto-approve", *only)
    assert done.code == 0, done.err
    assert "support_request/2026-11-hello: awaiting hand" in done.out
    person.attest("support_request/*")
    assert person("apply", "--auto-approve", *only).code == 0
    planned = json.loads(person("plan", *only, "--json").out)
    assert planned["changes"] == []


def test_the_comment_and_the_json_of_a_plan_have_the_clicks(person: Person) -> None:
    """Folded below the changes, and as a list of steps."""
    person.attest("contact/max")
    assert "By hand: <code>contact/erika</code>: 7 steps" in person("plan", "--markdown").out
    (hand,) = json.loads(person("plan", "--json").out)["by_hand"]
    assert hand["address"] == "contact/erika"
    assert not hand["awaiting"]
    assert hand["clicks"][0] == "„Meine Daten > Ansprechpartner“ öffnen"


def test_what_a_person_can_do_afterwards_awaits_the_same_hand(person: Person) -> None:
    """An alias needs its mailbox, and a person makes one after the other: both await a hand, named with why."""
    account = ACCOUNT + "  mail: {type: manual}\n"
    mail = """\
mail:
  example.org:
    mailboxes: {info: {password: {secret: env/MAIL_INFO, version: 1}}, old: {password: {secret: env/OLD, version: 1}}}
    aliases: {sales: [info], first: [old]}
"""
    person.repo.commit(files={"account.yaml": account, "mail.yaml": mail})
    person.attest("mailbox/old@example.org", "alias/first@example.org", "mail_domain/*")
    done = person("apply", "--auto-approve", "--only", "mailbox/*", "--only", "alias/*", "--only", "mail_domain/*")
    assert done.code == 0, done.err
    assert "mailbox/info@example.org: awaiting hand" in done.out
    needs = "It needs mailbox/info@example.org, which awaits a hand."
    assert f"alias/sales@example.org: awaiting hand: {needs}" in done.out
