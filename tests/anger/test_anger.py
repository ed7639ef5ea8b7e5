"""In anger, in small: a sample of the crash points, a few rounds of contention, and a holder that was only asleep.

`make anger` runs both scripts in full.
"""

import os
import signal
import time
from collections import Counter

import pytest

from anger.contention import contend
from anger.crashes import points_of, sampled, survive
from anger.ground import Ground, applied, forked, session, start
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Options
from reconciler.pipeline.planning import plan
from reconciler.pipeline.resuming import resume
from reconciler.record.times import Times

TIMES = Times(renewal=0.2, silence=1.0, look=0.1, fresh=0.0)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A remote whose newest commit asks for a dozen changes that aren't applied yet."""
    made = Ground(tmp_path_factory.mktemp("anger") / "ground", 9)
    made.prepare()
    return made


@pytest.fixture(scope="module")
def expected(ground: Ground) -> Counter[tuple[str, str]]:
    """What the account's log holds after an apply that nobody disturbed."""
    points_of(ground)
    return ground.effects()


def test_killed_at_any_point_it_is_finished_elsewhere(ground: Ground, expected: Counter[tuple[str, str]]) -> None:
    """Nothing is lost, nothing is done twice, and the plan is empty afterwards, from a fresh clone elsewhere."""
    points = points_of(ground)
    assert len(points) > 30
    assert {"batch written", "transaction to be committed", "refs/heads/reconciler/K-104711 pushed"} <= {
        point.name for point in points
    }
    wrong = {point: said for point in sampled(points, 6)[:12] if (said := survive(ground, point, expected))}
    assert wrong == {}


def test_of_many_at_once_one_wins(ground: Ground) -> None:
    """The others end with exit code 5, and know who won, since when, and where its run is."""
    ground.restore()
    clones = [ground.clone(f"clone{index}").path for index in range(6)]
    for number in range(2):
        ended = contend(clones, number)
        assert ended.is_right(6), ended


def test_a_holder_that_was_only_asleep(ground: Ground, expected: Counter[tuple[str, str]]) -> None:
    """It is taken over; when it wakes up it sees that, stops with exit code 6, and nothing was done twice."""
    ground.restore()
    holder, other = ground.clone("holder"), ground.clone("other")
    told, tell = os.pipe()

    def slowly(_: Outcome) -> None:
        os.write(tell, b".")
        time.sleep(0.3)

    child = start(lambda: applied(session(holder.path, TIMES), slowly))
    assert os.read(told, 1) == b"."
    os.kill(child, signal.SIGSTOP)

    def go_on() -> int:
        one = session(other.path, TIMES)
        resumed = resume(one, "", lambda _: None, lambda _: None)
        finished = resumed is not None and all(step.status == "done" for step in resumed.receipt.steps)
        return 0 if finished and not plan(one, Options()).plan.changes else 70

    assert forked(go_on, host="another-machine") == 0
    os.kill(child, signal.SIGCONT)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 6
    assert ground.effects() == expected
    assert forked(lambda: int(bool(plan(session(other.path, TIMES), Options()).plan.changes))) == 0


def test_forks_tell_how_they_end() -> None:
    """A fork that fails is told from one that ends well, so that nothing above passes for nothing."""
    assert forked(lambda: 0) == 0
    assert forked(lambda: 1 // 0) == 70
    assert forked(lambda: os.kill(os.getpid(), signal.SIGKILL) or 0) == -signal.SIGKILL
