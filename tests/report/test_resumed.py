"""What is said of an apply that somebody went on with, and while one waits to do so."""

import io
from dataclasses import replace
from pathlib import Path

from reconciler.cli.apply import _Waiting
from reconciler.cli.run import Run
from reconciler.model.outcome import Proof
from reconciler.model.receipt import Receipt, Step, Takeover
from reconciler.report.ink import plain
from reconciler.report.resumed import is_finished, resumed_json, resumed_lines

STEPS = (
    Step("alias/a@example.org", "create", "asked", "1", "k", "done"),
    Step("alias/b@example.org", "delete", "asked", "2", "l", "unknown", "It was changed."),
)
FACTS = ("K-1", "o", "s", "c", "n", "Erika", "ci-1", 7, "t", "c" * 40, "0")
_WHOLE = Proof()
RECEIPT = Receipt(4, "outcome", *FACTS, steps=STEPS, taken=(Takeover("Max", "ci-2", 8, "t"),))


def said(receipt: Receipt | None, proof: Proof = _WHOLE) -> str:
    """Return the lines."""
    return plain(resumed_lines(receipt, proof))


def test_what_is_not_done_is_named() -> None:
    """Each with why; what is done is only counted."""
    assert said(RECEIPT) == (
        "\nNot done:\n  alias/b@example.org: delete unknown: It was changed.\n"
        "Resumed: receipt 4 is complete (1 done, 1 unknown). Plan again for what is left.\n"
    )


def test_all_is_done() -> None:
    """Then there is nothing left to plan."""
    done = replace(RECEIPT, steps=STEPS[:1])
    assert said(done) == "Resumed: receipt 4 is complete (1 done).\n"
    assert is_finished(done, Proof())
    assert resumed_json(done, Proof())["complete"] is True


def test_what_does_not_read_back() -> None:
    """It was sent again, and the account says otherwise."""
    doubt = Proof((), {"alias/a@example.org": "away"})
    assert "not proven by reading back:\n  alias/a@example.org\n" in said(RECEIPT, doubt)
    assert resumed_json(replace(RECEIPT, steps=STEPS[:1]), doubt)["complete"] is False


def test_given_up() -> None:
    """The last line says so."""
    assert "Abandoned: receipt 4" in said(replace(RECEIPT, taken=(Takeover("Max", "ci", 8, "t", abandoned="why"),)))


def test_nothing_was_pending() -> None:
    """That is no mistake."""
    assert said(None) == "Nothing to resume: no apply was interrupted.\n"
    assert resumed_json(None, Proof())["complete"] is True


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def waited(err: io.StringIO) -> str:
    """Return what is written during two minutes, a look every five seconds."""
    waiting = _Waiting(Run(Path(), {}, io.StringIO(), err))
    for seconds in range(0, 120, 5):
        waiting.silent(float(seconds))
    waiting.over()
    waiting.over()
    return err.getvalue()


def test_a_wait_in_a_log() -> None:
    """A line every half minute."""
    lines = waited(io.StringIO()).splitlines()
    assert [line.split("silent for ")[1] for line in lines] == [f"{n} of 120 s." for n in (0, 30, 60, 90)]


def test_a_wait_on_a_terminal() -> None:
    """One line, written in place, and ended once."""
    text = waited(_Terminal())
    assert text.count("\r") == 24
    assert text.count("\n") == 1 and text.endswith("silent for 115 of 120 s.\n")
