"""Servers that have too much to do: nobody storms them, everything is asked in the end, and requests are counted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest

from reconciler.web.answer import Answer
from reconciler.web.connection import Connection, Limits, Site
from reconciler.web.pace import Pace
from web.answering import Asked, Said, Server

THINGS = 40


def refuse(pace: Pace, seconds: int = 0) -> None:
    pace.learn(Answer(429, {"retry-after": str(seconds)}), is_busy=True)


class Clock:
    """Time that goes on only while somebody waits."""

    def __init__(self) -> None:
        self.now, self.waited, self._lock = 0.0, [], Lock()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.waited.append(seconds)
            self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("reconciler.web.pace.time", made)
    return made


def test_fewer_go_at_once_after_each_refusal_and_more_after_some_answers() -> None:
    """Half as many, down to one; then one more after each ten answers, as many as at first."""
    pace, seen = Pace(4, 30), [4]
    for _ in range(3):
        refuse(pace)
        seen.append(pace.at_once)
    for _ in range(5):
        for _ in range(10):
            pace.learn(Answer(200), is_busy=False)
        seen.append(pace.at_once)
    assert seen == [4, 2, 1, 1, 2, 3, 4, 4, 4]


def test_a_pause_holds_for_all(clock: Clock) -> None:
    """Also for one that was told nothing; a longer one isn't cut short by a shorter one."""
    pace = Pace(4, 30)
    refuse(pace, 7)
    refuse(pace, 2)
    pace.wait()
    pace.wait()
    assert clock.now == 7


def test_a_pause_that_is_too_long_is_nobodys(clock: Clock) -> None:
    """Whoever was told of it gives up; the others ask and are told themselves."""
    pace = Pace(4, 30)
    refuse(pace, 31)
    pace.wait()
    assert clock.now == 0


def test_no_more_than_allowed_are_under_way() -> None:
    """However many threads there are."""
    pace, lock = Pace(4, 30), Lock()
    refuse(pace)
    refuse(pace)
    under_way, most = 0, 0

    def ask(_: int) -> None:
        nonlocal under_way, most
        with pace.turn():
            with lock:
                under_way, most = under_way + 1, max(most, under_way + 1)
            with lock:
                under_way -= 1

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, range(200)))
    assert most == 1


def bucket(clock: Clock, rate: float, burst: int) -> Callable[[Asked], Said]:
    """Return what answers as a service does that lets ``burst`` requests in at once and ``rate`` in each second."""
    held, since, lock = float(burst), 0.0, Lock()

    def answer(asked: Asked) -> Said:
        nonlocal held, since
        with lock:
            held, since = min(burst, held + (clock.now - since) * rate), clock.now
            if held < 1:
                return Said(429, b"{}", {"Content-Type": "application/json", "Retry-After": "1"})
            held -= 1
            return Said()

    return answer


@pytest.mark.parametrize(("rate", "burst", "refusals"), [(100, 400, 0), (10, 10, 12), (2, 5, 30), (1, 1, 52)])
def test_requests_are_refused_about_once_for_each_pause(
    server: Server, clock: Clock, rate: float, burst: int, refusals: int
) -> None:
    """Everything is asked in the end, at the rate that the server allows, and little is asked in vain."""
    server.answer = bucket(clock, rate, burst)
    asking = Connection(Site(server.url, limits=Limits(tries=5, pause=0.001)))
    answers = asking.each(lambda thing: asking.ask("GET", f"/{thing}"), range(THINGS))
    asking.close()
    assert {answer.status for answer in answers} == {200}
    assert len(server.asked) <= THINGS + refusals
    assert clock.now <= THINGS / rate + 4
