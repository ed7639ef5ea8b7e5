"""Questions every 10 ms while applies change types, move targets and replace sets: ``python tests/anger/answers.py``.

A process of its own asks a name server over UDP for every name, round after round of applies. Right is the answer from
before the apply or the one from after it; for names that exist before and after, anything else is wrong, and an empty
one above all.
"""

import argparse
import multiprocessing
import select
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple, TypeAlias

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from inside import Inside
from nameservers import Bind, Knot, NameServer, Powerdns

EVERY = 0.01
_BREATH = 0.1
SERVERS: Mapping[str, type[Bind | Knot | Powerdns]] = {"bind": Bind, "knot": Knot, "powerdns": Powerdns}
_ACCOUNT = """\
version: 1
account: K-104711
providers:
  default: {{type: embedded, path: account.db}}
  dns: {{type: rfc2136, server: {host}, port: {port}, tsig: {{name: {name}, key: {{secret: env/KEY}}}}}}
policy: {{guards: "off"}}
"""


class Question(NamedTuple):
    """An absolute name and a type."""

    name: str
    rtype: str


class Answer(NamedTuple):
    """An answer as dnspython reads it: its code, and its records, in whatever order they came."""

    rcode: str
    records: frozenset[str]


#: How often each answer to each question came, as it came, without its id.
Seen: TypeAlias = Counter[tuple[int, bytes]]


@dataclass(frozen=True)
class Round:
    """What was seen during one apply; ``wrong`` are the answers that are neither the old nor the new, by question."""

    asked: int
    answered: int
    wrong: Mapping[Question, Counter[Answer]]
    seconds: float

    @property
    def wrong_count(self) -> int:
        """How many answers were wrong."""
        return sum(map(Counter.total, self.wrong.values()))


def zone_text(names: int, second: bool) -> str:
    """Return a zone's YAML in one of its two forms; every name is in both, with another type, target or set."""
    lines = ["host: {type: A, ttl: 60, value: 192.0.2.200}", "host2: {type: A, ttl: 60, value: 192.0.2.201}"]
    one = "{type: A, ttl: 60, value: 192.0.2.1}"
    two = "{type: A, ttl: 60, values: [192.0.2.2, 192.0.2.3, 192.0.2.4]}"
    out, away = (f"{{type: CNAME, ttl: 60, value: {to}.example.net.}}" for to in ("one", "two"))
    forms = (
        (one, out),
        (out, one),
        (out, away),
        (one, two),
        ("[{type: A, ttl: 60, value: 192.0.2.1}, {type: MX, ttl: 60, value: 10 mx.example.net.}]", away),
        ("{type: CNAME, ttl: 60, value: host.ZONE.}", "{type: CNAME, ttl: 60, value: host2.ZONE.}"),
    )
    lines += [f"n{number}: {forms[number % len(forms)][second]}" for number in range(names)]
    return "\n".join([*lines, f"'*.wild': {(two, out)[second]}"]) + "\n"


def questions(zone: str, names: int) -> list[Question]:
    """Return what is asked: whatever has an answer in both forms of the zone."""
    asked = [Question(f"{name}.{zone}.", "A") for name in ("host", "any.wild", *(f"n{n}" for n in range(names)))]
    return asked + [Question(f"n{number}.{zone}.", "MX") for number in range(4, names, 6)]


class Stage:
    """A zone on a server, and the account folder that holds it."""

    def __init__(self, server: NameServer, zone: str, names: int, folder: Path) -> None:
        """Put up the zone, and apply its first form."""
        self.server, self.zone, self.names = server, zone, names
        server.add_zone(zone)
        (folder / "zones").mkdir(parents=True)
        where = server.server
        text = _ACCOUNT.format(host=where.host, port=where.port, name=where.key_name.rstrip("."))
        (folder / "account.yaml").write_text(text)
        self._run = Inside(folder, {"KEY": where.secret})
        self.apply(second=False)

    def apply(self, second: bool) -> None:
        """Apply one form of the zone."""
        text = zone_text(self.names, second).replace("ZONE", self.zone)
        (self._run.folder / "zones" / f"{self.zone}.yaml").write_text(text)
        done = self._run("apply", "--auto-approve")
        assert done.code == 0, done.out + done.err

    def round(self, second: bool) -> Round:
        """Apply a form while somebody asks, and judge every answer."""
        return self.during(lambda: self.apply(second))

    def during(self, change: Callable[[], object]) -> Round:
        """Make a change while somebody asks, and judge every answer."""
        asked, where = questions(self.zone, self.names), self.server.server
        before = [self._ask(question) for question in asked]
        ours, theirs = multiprocessing.Pipe()
        watcher = multiprocessing.Process(target=_watch, args=(where.host, where.port, asked, theirs))
        watcher.start()
        assert ours.recv() == "begun"
        began = time.monotonic()
        change()
        seconds = time.monotonic() - began
        ours.send("stop")
        sent, seen = ours.recv()
        watcher.join()
        after = [self._ask(question) for question in asked]
        assert all(answer.records and answer.rcode == "NOERROR" for answer in (*before, *after))
        return Round(sent, seen.total(), _wrong(asked, seen, before, after), seconds)

    def _ask(self, question: Question) -> Answer:
        message = dns.message.make_query(*question, flags=0)
        return _answer(dns.query.tcp(message, self.server.server.host, port=self.server.server.port, timeout=10))


def _wrong(
    asked: Sequence[Question], seen: Seen, before: Sequence[Answer], after: Sequence[Answer]
) -> dict[Question, Counter[Answer]]:
    found: dict[Question, Counter[Answer]] = {}
    for (number, wire), count in seen.items():
        answer = _answer(dns.message.from_wire(b"\0\0" + wire))
        if answer not in (before[number], after[number]):
            found.setdefault(asked[number], Counter())[answer] += count
    return found


def _answer(message: dns.message.Message) -> Answer:
    rcode = dns.rcode.to_text(message.rcode())
    if message.flags & dns.flags.TC:
        rcode = "truncated"
    return Answer(
        rcode, frozenset(f"{s.name} {s.ttl} {dns.rdatatype.to_text(s.rdtype)} {r}" for s in message.answer for r in s)
    )


def _watch(host: str, port: int, asked: Sequence[Question], parent: Connection) -> None:
    """Ask everything every 10 ms until told to stop, then send what came."""
    wires = [dns.message.make_query(*question, flags=0, id=number).to_wire() for number, question in enumerate(asked)]
    seen: Seen = Counter()
    sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        link.connect((host, port))
        link.setblocking(False)
        tick, told = time.monotonic(), False
        while not parent.poll():
            for wire in wires:
                link.send(wire)
            sent += len(wires)
            tick = max(tick + EVERY, time.monotonic())
            if _receive(link, seen, tick) < len(wires) // 2:  # it is behind: nobody asks a server to death
                _receive(link, seen, time.monotonic() + _BREATH)
            if not told:
                parent.send("begun")
                told = True
        _receive(link, seen, time.monotonic() + 0.3)
    parent.send((sent, seen))


def _receive(link: socket.socket, seen: Seen, until: float) -> int:
    """Take every answer that comes until a moment, and return how many came."""
    came = 0
    while (left := until - time.monotonic()) > 0:
        if select.select([link], [], [], left)[0]:
            wire = link.recv(65535)
            seen[int.from_bytes(wire[:2]), wire[2:]] += 1
            came += 1
    return came


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run the rounds on each server and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--server", choices=SERVERS, action="append")
    args = parser.parse_args()
    _say("| server | applies | seconds an apply | asked | answered | wrong |\n|---|---|---|---|---|---|")
    bad = 0
    for kind in args.server or SERVERS:
        with tempfile.TemporaryDirectory() as folder, SERVERS[kind](Path(folder) / "server") as server:
            stage = Stage(server, "asked.test", args.names, Path(folder) / "account")
            rounds = [stage.round(second=number % 2 == 0) for number in range(args.rounds)]
        asked, answered = sum(one.asked for one in rounds), sum(one.answered for one in rounds)
        wrong, seconds = sum(one.wrong_count for one in rounds), sum(one.seconds for one in rounds) / len(rounds)
        _say(f"| {kind} | {len(rounds)} | {seconds:.2f} | {asked} | {answered} | {wrong} |")
        for question, answers in (item for one in rounds for item in one.wrong.items()):
            _say(f"  {question}: {dict(answers)}")
        bad += wrong
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
