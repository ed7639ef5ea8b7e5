"""Markdown, diagnostics, drift, outcomes, explanations and crash reports: whole texts."""

from datetime import UTC, datetime

import pytest

from hand_made import asked, contested, drifted, full_plan, outcomes, plan_of
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.outcome import Outcome, Proof, Status
from reconciler.model.span import Span
from reconciler.report.crash import crash_report
from reconciler.report.diagnostics import diagnostics_json, diagnostics_lines
from reconciler.report.drift import drift_json, drift_lines
from reconciler.report.drift import drifted as drifted_of
from reconciler.report.explanation import explanation_markdown, index_lines
from reconciler.report.ink import plain
from reconciler.report.markdown import plan_markdown
from reconciler.report.outcome import applied_json, applied_lines, is_complete, outcome_line
from snapshots import assert_snapshot

DIAGNOSTICS = (
    Diagnostic(
        "unknown-key",
        "This key doesn't exist.",
        "`qouta` is no key of a mailbox.",
        Span("mail.yaml", 104, 9),
        "Did you mean `quota`?",
        line="        qouta: 5 GiB",
    ),
    Diagnostic(
        "duplicate-address",
        "The same thing is declared twice.",
        "mailbox/info@example.org stands in two files.",
        Span("more.yaml", 3, 7),
        "Delete one of the two.",
        line="      info: {}",
        related=(Span("mail.yaml", 5, 7),),
    ),
    Diagnostic("only", "Left out.", "3 resources.", None, "", Severity.NOTE, "mailbox/info@example.org"),
    Diagnostic(
        "wrong-value",
        "A value can't be accepted.",
        "The name is too wide.",
        Span("wide.yaml", 1, 200),
        severity=Severity.WARNING,
        line="日本" * 60 + "e\u0301" * 60,
    ),
)


def test_diagnostics() -> None:
    """All of them, by place: code and summary, the line with a caret, the detail, further places, what to do."""
    assert_snapshot("diagnostics.txt", plain(diagnostics_lines(DIAGNOSTICS)))


def test_diagnostics_as_json() -> None:
    """As JSON they come in the same order, without the line, which might hold what nobody should log."""
    found = diagnostics_json(DIAGNOSTICS)
    assert [one["code"] for one in found] == ["only", "unknown-key", "duplicate-address", "wrong-value"]
    assert found[1]["span"] == {"file": "mail.yaml", "line": 104, "column": 9}
    assert all("line" not in one for one in found)


def test_markdown() -> None:
    """A plan for a pull request: a table, the fields as a diff, what stands beside it."""
    assert_snapshot("plan.md", plan_markdown(full_plan()))


def test_markdown_of_nothing() -> None:
    """A plan without changes is short."""
    assert_snapshot("plan-empty.md", plan_markdown(plan_of()))


def test_drift() -> None:
    """A table: what was expected and what is live, and whether git changed too."""
    assert_snapshot("drift.txt", plain(drift_lines(full_plan())))
    assert plain(drift_lines(plan_of(*asked()))) == "No drift. Everything that was applied is still so.\n"


def test_drift_counts_what_hands_changed() -> None:
    """Drift is what was changed by hand, whether it is held, repaired or mixed with a change in git."""
    assert len(drifted_of(plan_of(*asked()))) == 0
    assert len(drifted_of(plan_of(*asked(), contested()))) == 1
    assert len(drifted_of(plan_of(drifted()))) == 1
    (row,) = drift_json(plan_of(contested()))["drift"]
    assert (row["applied"]["phone"], row["desired"]["phone"], row["live"]["phone"]) == (
        "(private)",
        "+49...57",
        "+49...56",
    )


def test_outcomes() -> None:
    """While it runs a line a change; at the end what wasn't done, and the counts."""
    lines = [outcome_line(outcome) for outcome in outcomes()]
    end = applied_lines(outcomes(), Proof(("mailbox/info@example.org",)), None, superseded=False)
    assert_snapshot("apply-partial.txt", plain([*lines, *end]))


def test_complete_apply() -> None:
    """The last line is Terraform's."""
    done = [Outcome(change, Status.DONE) for change in asked()]
    last = plain(applied_lines(done, Proof(), None, superseded=False)).splitlines()[-1]
    assert last == "Apply complete! Resources: 1 added, 3 changed, 1 destroyed."
    assert is_complete(done, Proof())
    assert not is_complete(done, Proof(("alias/x@example.org",)))


def test_what_cannot_be_read_back() -> None:
    """Done, as the account said, and not proven: once for each reason, and the apply isn't complete."""
    done = [Outcome(change, Status.DONE) for change in asked()[:2]]
    proof = Proof(unproven={outcome.change.address: "dns.db is damaged." for outcome in done})
    text = plain(applied_lines(done, proof, None, superseded=False))
    assert text.count("Written, but not proven, because it can't be read back: dns.db is damaged.") == 1
    assert all(f"  {outcome.change.address}\n" in text for outcome in done)
    assert text.endswith("0 changes not done, 2 not proven.\n")
    assert "Apply incomplete." in text
    assert not is_complete(done, proof)
    told = [{"address": address, "detail": "dns.db is damaged."} for address in sorted(proof.unproven)]
    assert applied_json(done, proof, None, False)["unproven"] == told


def test_superseded() -> None:
    """An older commit changes nothing and says so."""
    text = plain(applied_lines((), Proof(), None, superseded=True))
    assert text == "Superseded: a later commit has been applied already. Nothing was written.\n"


def test_explanation() -> None:
    """A page says what a code means, with an example that fails and one that passes."""
    page = explanation_markdown("tag", "YAML tags are refused.", "The schema decides. " * 6, "a: !x 1\n", "a: 1\n")
    assert_snapshot("explanation.md", page)
    assert plain(index_lines({"b": "Two.", "long": "One."})) == "b     Two.\nlong  One.\n"


def _fail(secret: str) -> None:
    try:
        raise KeyError(secret)
    except KeyError as error:
        raise RuntimeError(f"cannot use {secret}") from error


def test_crash_report_holds_no_values() -> None:
    """A crash report names errors and places in the code, never a message, a value or an argument."""
    with pytest.raises(RuntimeError) as caught:
        _fail("hunter2")
    args = ["account", "set", "contact/erika", "phone=+49511123456", "--reason=quarrel", "-C", "/home/erika"]
    report = crash_report(caught.value, args, datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
    assert "`KeyError`" in report
    assert "`RuntimeError`" in report
    assert "test_formats.py" in report
    assert "`reconciler account --reason`" in report
    for secret in ("hunter2", "cannot use", "49511", "quarrel", "erika"):
        assert secret not in report
