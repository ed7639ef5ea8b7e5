"""Messages of the record's commits: for people first, and exact for programs."""

from dataclasses import replace

import pytest

from reconciler.model.receipt import Receipt, Step
from reconciler.record.message import apply_message, root_message, snapshot_message, trailers

RECEIPT = Receipt(
    number=12,
    phase="intent",
    account="K-104711",
    origin="embedded:account.db",
    seal="5e" * 32,
    context="c" * 64,
    nonce="0",
    who="Erika",
    host="ci-1",
    pid=7,
    started="2026-11-24T12:00:00+00:00",
    config_commit="1" * 40,
    version="0.1",
)


def step(action: str, status: str = "", address: str = "record/example.org/www/A") -> Step:
    """Return a step of a receipt."""
    return Step(address, action, "asked", "s", "k", status)


def test_an_intent() -> None:
    """An intent says what is to be done, each change with its symbol, and ends with trailers."""
    steps = (step("create"), step("replace", address="mailbox/a@example.org"), step("delete", address="contact/e"))
    assert apply_message(replace(RECEIPT, steps=steps), "2" * 40) == (
        "Apply 12: 2 to add, 0 to change, 2 to destroy\n"
        "\n"
        "+ record/example.org/www/A\n"
        "-/+ mailbox/a@example.org\n"
        "- contact/e\n"
        "\n"
        "Reconciler-Account: K-104711\n"
        "Reconciler-Receipt: 12\n"
        "Reconciler-Phase: intent\n"
        f"Reconciler-Config: {'1' * 40}\n"
        f"Reconciler-Seal: {'5e' * 32}\n"
        f"Reconciler-Tree: {'2' * 40}\n"
    )


def test_another_name() -> None:
    """Both addresses stand there, so that a search for either finds the apply."""
    moved = replace(step("update", address="mailbox/b@example.org"), moved_from="mailbox/a@example.org")
    assert "~ mailbox/b@example.org (was mailbox/a@example.org)\n" in apply_message(
        replace(RECEIPT, steps=(moved,)), "2" * 40
    )


def test_an_outcome() -> None:
    """An outcome says what was done, and marks what wasn't."""
    steps = (
        step("create", "done"),
        step("update", "failed"),
        step("forget", "done"),
        step("move", "done"),
        step("create"),
    )
    receipt = replace(RECEIPT, phase="outcome", steps=steps, owned=2, dropped=1)
    lines = apply_message(receipt, "2" * 40).splitlines()
    assert lines[0] == "Apply 12: 1 added, 0 changed, 0 destroyed, 2 moved or let go, 3 in the record only, 2 not done"
    assert lines[3] == "~ record/example.org/www/A (failed)"


def test_many_changes_are_cut() -> None:
    """A message lists fifty changes and counts the rest."""
    lines = apply_message(replace(RECEIPT, steps=(step("create"),) * 120), "2" * 40).splitlines()
    assert (len(lines), lines[52]) == (2 + 50 + 1 + 1 + 6, "and 70 more")


@pytest.mark.parametrize("address", ["x\n\nReconciler-Tree: " + "3" * 40, "x\x1b[2J", "x\u202ey"])
def test_hostile_addresses(address: str) -> None:
    """No address can add a line, a trailer or a control character."""
    message = apply_message(replace(RECEIPT, steps=(step("create", address=address),)), "2" * 40)
    assert trailers(message)["Reconciler-Tree"] == "2" * 40
    assert message.count("\n") == apply_message(replace(RECEIPT, steps=(step("create"),)), "2" * 40).count("\n")
    assert message.replace("\n", "").isprintable()


def test_trailers() -> None:
    """Trailers are the last paragraph; what looks like one elsewhere, or has no value, is none."""
    assert trailers("A: 1\n\ntext: x\n\nB: 2\nC:3\nD: 4: 5\n") == {"B": "2", "D": "4: 5"}
    assert trailers("") == {}
    assert trailers(root_message("K-1")) == {"Reconciler-Account": "K-1"}
    assert trailers(snapshot_message("K-1", "nothing")) == {"Reconciler-Snapshot": "nothing"}
