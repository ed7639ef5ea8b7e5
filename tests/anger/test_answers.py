"""Who asks while an apply runs gets the old answer or the new one, never another and never an empty one.

`make anger` asks for more names during more applies.
"""

import time
from pathlib import Path

from anger.answers import Stage, questions
from nameservers import Bind, NameServer


def test_no_answer_is_wrong_while_types_and_targets_change(nameserver: NameServer, zone: str, tmp_path: Path) -> None:
    """CNAMEs become addresses, addresses CNAMEs, targets move, sets are replaced; everything is asked each 10 ms."""
    stage = Stage(nameserver, zone, 12, tmp_path / "account")
    seen = stage.round(second=True)
    assert dict(seen.wrong) == {}
    assert seen.asked >= 3 * len(questions(zone, 12))
    assert seen.answered > 0.9 * seen.asked


def test_a_name_that_is_empty_for_a_moment_is_seen(bind: Bind, zone: str, tmp_path: Path) -> None:
    """What the other test asserts is worth something: a set deleted by one message and made by the next is noticed."""
    stage = Stage(bind, zone, 12, tmp_path / "account")

    def in_two_steps() -> None:
        bind.set(zone, "n0", "A", 60)
        time.sleep(0.1)
        bind.set(zone, "n0", "A", 60, "192.0.2.9")

    seen = stage.during(in_two_steps)
    (question,) = seen.wrong
    assert question.name == f"n0.{zone}."
    assert {answer.records for answer in seen.wrong[question]} == {frozenset()}
