"""Two writers on one record set of a name server: ``python tests/anger/two_writers.py``.

Each of two processes reads a counter and writes it one higher, over and over, through our provider's own way of reading
and writing; what the server refuses is tried again. As many times as they say that it is done, so high the counter must
be: whatever lacks was overwritten. The same is then done through octodns-bind, which plans and applies as octoDNS does.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeAlias

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from anger.ground import start
from nameservers import Bind, Knot, NameServer
from providers.onserver import access, value, writes
from reconciler.kinds.record import as_record, texts
from reconciler.model.outcome import Status
from reconciler.ports import Scope
from reconciler.providers._rfc2136_writing import Rfc2136Writer
from reconciler.providers.rfc2136 import Rfc2136Reader

ZONE = "counter.test"
SERVERS = {"bind": Bind, "knot": Knot}


class Writer(Protocol):
    """Counts one further, and says what became of it."""

    def __call__(self) -> str:
        """Read, write, and return ``done`` or what hindered it."""


#: Makes a writer for a zone of a server, under a name of its own.
Making: TypeAlias = Callable[[NameServer, str, str], Writer]


class Ours:
    """Counts through our provider; the counter says who counted, so that no two values are the same."""

    def __init__(self, server: NameServer, zone: str, name: str) -> None:
        """Open the provider as a run does."""
        opened = access(server)
        self._zone, self._name = zone, name
        self._reader = Rfc2136Reader(opened)
        self._writer = Rfc2136Writer(opened)
        self._scope = Scope(zones=frozenset({zone}))

    def __call__(self) -> str:
        """Count one further."""
        before = as_record(self._reader.read(self._scope).state[f"record/{self._zone}/counter/TXT"])
        number = _number(texts(before)[0])
        batch = writes(self._zone, {"counter/TXT": (before, value("TXT", f"{number + 1} {self._name}"))})
        (answer,) = self._writer.write(batch)
        if answer.status not in (Status.DONE, Status.CONFLICT):
            raise AssertionError(answer.detail)
        return answer.status.value


class Octodns:
    """Counts through octodns-bind: populate, plan, apply."""

    def __init__(self, server: NameServer, zone: str, name: str) -> None:
        """Make the provider as octoDNS's configuration does."""
        from octodns_bind import Rfc2136Provider

        its = server.server
        self._zone, self._name = zone, name
        self._provider = Rfc2136Provider(
            "server",
            its.host,
            its.port,
            key_name=its.key_name,
            key_secret=its.secret,
            key_algorithm=its.algorithm,
        )

    def __call__(self) -> str:
        """Count one further."""
        from octodns.record import Record
        from octodns.zone import Zone

        existing: Any = Zone(f"{self._zone}.", [])
        self._provider.populate(existing)
        desired: Any = Zone(f"{self._zone}.", [])
        for record in existing.records:
            if record.name != "counter":
                desired.add_record(record)
                continue
            number = _number(f'"{record.values[0]}"')
            data = {"ttl": 300, "type": "TXT", "value": f"{number + 1} {self._name}"}
            desired.add_record(Record.new(desired, "counter", data))
        plan = self._provider.plan(desired)
        if plan is None:
            return "nothing to do"
        self._provider.apply(plan)
        return "done"


def lost_updates(server: NameServer, zone: str, make: Making, rounds: int) -> tuple[int, str]:
    """Let two processes count ``rounds`` times together; return how many of them are missing, and what they met."""
    server.set(zone, "counter", "TXT", 300, '"0 nobody"')
    ends = [os.pipe() for _ in range(2)]
    children = [start(_counting(partial(make, server, zone, f"w{i}"), rounds // 2, ends[i][1])) for i in range(2)]
    met: Counter[str] = Counter()
    for child, (reading, writing) in zip(children, ends, strict=True):
        os.close(writing)
        with os.fdopen(reading) as file:
            met += Counter(json.loads(file.read() or "{}"))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "a writer gave up"
    (text,) = server.dump(zone)["counter", "TXT"][1]
    told = ", ".join(f"{what} {count}" for what, count in sorted(met.items()))
    return met["done"] - _number(text), told


def _counting(make: Callable[[], Writer], rounds: int, answer: int) -> Callable[[], int]:
    def work() -> int:
        writer, met = make(), Counter[str]()
        while met["done"] < rounds:
            met[writer()] += 1
        os.write(answer, json.dumps(met).encode())
        return 0

    return work


def _number(text: str) -> int:
    return int(text.strip('"').split(" ")[0])


def main() -> int:
    """Run as the arguments say, and write a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10_000)
    parser.add_argument("--octodns-rounds", type=int, default=1_000)
    given = parser.parse_args()
    ours = 0
    with tempfile.TemporaryDirectory(prefix="two-writers-") as folder:
        for kind, server_type in SERVERS.items():
            with server_type(Path(folder) / kind) as server:
                server.add_zone(ZONE)
                for name, make, rounds in (
                    ("reconciler", Ours, given.rounds),
                    ("octodns-bind", Octodns, given.octodns_rounds),
                ):
                    began = time.monotonic()
                    lost, told = lost_updates(server, ZONE, make, rounds)
                    ours += lost if make is Ours else 0
                    sys.stdout.write(
                        f"{kind:5} {name:13} {rounds} rounds: lost updates {lost} ({told}); "
                        f"{time.monotonic() - began:.0f} s\n"
                    )
                    sys.stdout.flush()
    return 1 if ours else 0


if __name__ == "__main__":
    sys.exit(main())
