"""Asks servers again and again until all is as it should be or the time is over, each in a thread of its own."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from functools import partial
from typing import TypeAlias

from reconciler.model.late import dataclass
from reconciler.model.verification import Place
from reconciler.model.verified import Checked, Difference, Standing
from reconciler.nameserver.answers import Question, Replies, Reply, ask_all
from reconciler.nameserver.query import serial_of
from reconciler.verify.expected import Expectation, owner_wire
from reconciler.verify.judge import caught_up, foreign_soa, judge, zone_problem
from reconciler.verify.servers import Target

#: Asks one server: (host, port, questions, seconds that it may be silent, until when) -> answers.
Ask: TypeAlias = Callable[[str, int, Sequence[Question], float, float], Replies]

_SILENCE = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
_MOST_THREADS = 32


@dataclass(slots=True)
class _Row:
    """A server and a zone: what is still open, and what was found when it was asked last."""

    target: Target
    zone: str
    primary: bytes | None
    open: list[Expectation]
    equal: int = 0
    serial: int | None = None
    problem: str = ""
    foreign: bool = False
    standing: Standing = Standing.UNREACHABLE
    differing: dict[Expectation, Difference] = field(default_factory=dict)
    asked: bool = False
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        return self.standing is Standing.GOOD

    @property
    def question(self) -> Question:
        return Question(owner_wire(self.zone, "@"), "SOA")

    @property
    def wants_answers(self) -> bool:
        """Whether it is time to ask for what is open: once in any case, then only when the server has caught up."""
        return not self.problem and bool(self.open) and (not self.asked or not self.is_behind)

    @property
    def is_behind(self) -> bool:
        """Whether its zone is older than the primary's."""
        if self.primary is None or self.serial is None or self.foreign:
            return False
        return not caught_up(self.serial, serial_of(self.primary))

    def meet(self, reply: Reply | None, why: str) -> None:
        """Learn from the answer to the question for the zone's SOA."""
        if reply is None:
            self.problem, self.standing, self.serial = why, Standing.UNREACHABLE, None
            return
        name = self.question.name
        self.problem, self.standing, self.serial = zone_problem(reply, name), Standing.WRONG, None
        if self.problem:
            return
        soa = reply.answer[(name, "SOA")].values[0]
        self.serial = serial_of(soa)
        self.foreign = self.primary is not None and foreign_soa(soa, self.primary)

    def judge(self, replies: Sequence[Reply | None]) -> None:
        """Hold answers against what is open; what is equal stays so."""
        found = {e: judge(e, reply) for e, reply in zip(self.open, replies, strict=True)}
        self.differing = {expectation: difference for expectation, difference in found.items() if difference}
        self.equal += len(self.open) - len(self.differing)
        self.open, self.asked = list(self.differing), True

    def settle(self, seconds: float) -> None:
        """Conclude how the server stands after a round."""
        self.seconds = seconds
        if self.problem:
            return
        if self.is_behind:
            self.standing = Standing.BEHIND
        else:
            self.standing = Standing.DIFFERS if self.open else Standing.GOOD

    def checked(self) -> Checked:
        """Return what was found."""
        return Checked(
            self.target.name,
            str(self.target.place),
            self.zone,
            self.standing,
            self.serial,
            None if self.primary is None else serial_of(self.primary),
            self.problem or self._suspicion(),
            self.equal,
            tuple(self.differing.values()),
            round(self.seconds, 1),
        )

    def _suspicion(self) -> str:
        """Return what a server that answers otherwise looks like."""
        if self.standing is not Standing.DIFFERS:
            return ""
        if self.foreign:
            return "it serves another zone of this name: its SOA isn't the primary's"
        nothing = not self.equal and len(self.differing) > 1
        return "nothing is as declared: it may serve another account's zone of this name" if nothing else ""


def watch(
    zones: Mapping[str, Sequence[Expectation]],
    servers: Mapping[str, Iterable[Target]],
    soas: Mapping[str, bytes],
    deadline: float,
    ask: Ask = ask_all,
) -> tuple[Checked, ...]:
    """Return how each server of each zone answers in the end; all are asked at least once.

    ``soas`` are those of the zones' primaries, where they are known.
    """
    rows = [
        _Row(target, zone, soas.get(zone), list(expectations))
        for zone, expectations in zones.items()
        for target in servers.get(zone, ())
    ]
    started, pause = time.monotonic(), _FIRST_PAUSE
    until = started + deadline
    with ThreadPoolExecutor(_MOST_THREADS) as pool:
        while True:
            by_place: dict[Place, list[_Row]] = {}
            for row in rows:
                if not row.is_good:
                    by_place.setdefault(row.target.place, []).append(row)
            patience = max(until, time.monotonic() + _SILENCE)
            list(pool.map(partial(_round, ask=ask, started=started, until=patience), by_place.values()))
            left = until - time.monotonic()
            if left <= 0 or all(row.is_good for row in rows):
                return tuple(row.checked() for row in rows)
            time.sleep(min(pause, left))
            pause = min(pause * 2, _LONGEST_PAUSE)


def _round(rows: Sequence[_Row], ask: Ask, started: float, until: float) -> None:
    """Ask one server for the serials of its zones, and for what is open where it has caught up."""
    host, port = rows[0].target.place
    found = ask(host, port, [row.question for row in rows], _SILENCE, until)
    for number, row in enumerate(rows):
        row.meet(found.found.get(number), found.problem or "no answer")
    asking = [row for row in rows if row.wants_answers]
    questions = [expectation.question for row in asking for expectation in row.open]
    answers = ask(host, port, questions, _SILENCE, until) if questions else Replies()
    at = 0
    for row in asking:
        count = len(row.open)
        row.judge([answers.found.get(number) for number in range(at, at + count)])
        at += count
    for row in rows:
        row.settle(time.monotonic() - started)
