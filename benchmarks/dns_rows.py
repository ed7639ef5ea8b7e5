"""The experiments on a name server: plans, cold and warm, of what changed here or there, and applies."""

import json
import shutil
import statistics
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import named
import peers
import zone
from measuring import BenchError, Command, measured
from results import Measured, paired
from trial import Trial, trial
from workloads import Workload


@dataclass(frozen=True)
class Times:
    """How often ours runs, at least once, and how often the peer, which takes long at the large sizes."""

    ours: int = 3
    peer: int = 1

    def each(self, ours: Callable[[int], object], peer: Callable[[], object]) -> None:
        """Run both in turn, the peer's runs spread evenly among ours: a machine's pace may change meanwhile."""
        for number in range(self.ours):
            for _ in self._peers_before(number):
                peer()
            ours(number)

    def _peers_before(self, number: int) -> Iterable[int]:
        return (turn for turn in range(self.peer) if (2 * turn + 1) * self.ours // (2 * self.peer) == number)


def plans(workload: Workload, times: Times) -> Measured:
    """Plan without changes: cold, then warm; the floor and octoDNS on the same files and server."""
    found = Measured()
    with trial(workload) as place:
        kept, said = _floor(workload, place, found), []

        def ours(_: int) -> None:
            place.forget()
            kept("cold")
            said.append(found.add("cold", place.run("plan")))
            kept("warm")
            said.append(found.add("warm", place.run("plan")))

        times.each(ours, lambda: found.add("octoDNS", measured(_octodns(workload, place))))
        place.prove(said)
    return found


def changed(workload: Workload, times: Times) -> Measured:
    """Plan after somebody changed the live zone by hand, with the configuration in the cache."""
    found = Measured()
    with trial(workload) as place:
        kept, name = _floor(workload, place, found), workload.names()[0]
        place.run("plan")
        kept("cold", count=False)

        def ours(turn: int) -> None:
            address = f"198.18.99.{turn + 1}"
            owner = next(made.name for made in zone.record_sets(workload.records, zone=name) if made.type == "A")
            named.change(place.port, name, f"del {owner}.{name} A", f"add {owner}.{name} 300 A {address}")
            kept("changed")
            said = found.add("changed", place.run("plan"))
            place.prove([said])

        times.each(ours, lambda: found.add("octoDNS", measured(_octodns(workload, place))))
    return found


def commit(workload: Workload, times: Times, touched: int = 10) -> Measured:
    """Plan a commit that changes one record set in each of ten zones, where all else was planned before."""
    found = Measured()
    with trial(workload) as place:
        kept = _floor(workload, place, found)
        place.run("plan")
        kept("cold", count=False)
        place.keep()
        files = [workload.folder / "changed" / f"{name}yaml" for name in workload.names()[:touched]]
        place.commit(files, f"{touched} zones change")
        said = []

        def ours(_: int) -> None:
            place.recall()
            kept("warm")
            said.append(found.add("commit", place.run("plan")))

        times.each(ours, lambda: found.add("octoDNS", measured(_octodns(workload, place))))
        place.prove(said)
    return found


def apply(workload: Workload, times: Times, every: int = 100) -> Measured:
    """Apply a change of one in ``every``, forward and back, each after a plan of it; octoDNS on a server of its own."""
    found, files = Measured(), {}
    found.facts["changes"] = workload.zones * workload.records // every
    with trial(workload) as place:
        changed = workload.changed(place.folder / "changed", every)
        for way, folder in (("forward", changed), ("back", workload.folder / "account" / "zones")):
            files[way] = [folder / f"{name}yaml" for name in workload.names()]

        def ours(turn: int) -> None:
            way = "back" if turn % 2 else "forward"
            place.commit(files[way], f"One in {every} changes, {way}")
            plan = place.folder / "plan.json"
            found.add("plan", place.run("plan", "--out", str(plan)))
            found.add("apply", place.run("apply", str(plan)))
            after = place.run("plan")
            if "No changes." not in after.said:
                raise BenchError(f"Something is left after an apply:\n{after.said[-2000:]}")
            place.prove([after])

        def peer() -> None:
            port, scratch = named.free_port(), place.folder / "octodns"
            shutil.rmtree(scratch, ignore_errors=True)
            shutil.copytree(changed, scratch / "zones")
            with named.serving(workload.folder / "masters", scratch / "server", port):
                line = peers.octodns(workload, scratch / "zones", port, scratch, place.env, "--doit")
                found.add("octoDNS", measured(line))
                said = measured(peers.floor("cold", workload, scratch / "zones", port, scratch, place.env)).said
                found.facts["left by octoDNS"] = peers.differing(said)

        times.each(ours, peer)
    return found


def updates(workload: Workload, count: int, turns: int) -> Measured:
    """Create record sets in a zone, by our writer and by senders of full messages, in turn."""
    found = Measured()
    with trial(workload) as place:
        words = (str(place.port), workload.names()[0], str(count), str(turns))
        program = Path(__file__).with_name("updates.py")
        rates = json.loads(measured(Command([sys.executable, str(program), *words], place.folder, place.env)).said)
    for name, column in rates.items():
        shares = paired(rates["writer"], column)
        found.facts |= {name: statistics.median(column), f"share of {name}": statistics.median(shares)}
    return found


def _octodns(workload: Workload, place: Trial) -> Command:
    return peers.octodns(workload, place.zones, place.port, place.folder, place.env)


def _floor(workload: Workload, place: Trial, found: Measured) -> Callable[..., None]:
    """Return what runs the floor once in a mode, beside a run of ours."""

    def run(mode: str, count: bool = True) -> None:
        sample = measured(peers.floor(mode, workload, place.zones, place.port, place.folder, place.env))
        if count:
            found.add(f"floor {mode}", sample)

    return run
