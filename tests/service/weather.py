"""An apply in bad weather: a real service, somebody before it who spoils what is said, and what is left in the end.

``python tests/service/weather.py [CHANGES]`` lets so many changes (200) be applied under each fault of
``service.middle``, and prints what became of them: rounds until the plan is empty, what was lost, what happened twice,
what was touched that isn't ours, and what was deleted that nobody asked to delete. All four must be 0.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from accounts import NUMBER, Account
from planner.world import World, a, contact, desired, fields, mailbox, tombstones
from reconciler.apply.executor import execute, needed_secrets
from reconciler.facts.log import LogEntry
from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import Value
from reconciler.model.plan import Options, Plan
from reconciler.model.providers import KundencenterProvider
from reconciler.model.secret import Secret
from reconciler.model.state import Desired
from reconciler.planner.plan import build_plan
from reconciler.ports import Scope
from reconciler.providers._provider import Access
from reconciler.providers.kundencenter import open_reader, open_writer
from reconciler.service.settings import Limits as ServiceLimits
from reconciler.service.settings import Settings
from reconciler.store.entries import Contents
from reconciler.web.connection import Limits
from service.middle import FAULTS, Middle, Weather, between
from service.serving import Served, serving

QUICK = Limits(tries=5, pause=0.001)
MOST_ROUNDS = 25
FIGURES = ("changes", "rounds", "refused", "requests", "struck", "lost", "doubled", "foreign", "deletions")
State = dict[Address, Value]


@dataclass(frozen=True)
class Figures:
    """What became of an apply; ``refused`` counts rounds that ended in an error, before anything was planned."""

    changes: int
    rounds: int
    refused: int
    requests: int
    struck: int
    lost: int
    doubled: int
    foreign: int
    deletions: int

    @property
    def is_clean(self) -> bool:
        """Whether everything is as if the weather had been fair."""
        return not (self.lost or self.doubled or self.foreign or self.deletions)


def before(count: int) -> State:
    """Return what was applied in fair weather: a part of it changes, a part goes."""
    return {**_records(count, 0, count // 2, "192.0.2.1"), **_people(0, count // 4, "Erika"), **_mail(0, count // 4)}


def after(count: int) -> State:
    """Return what is declared then: about ``count`` changes away."""
    half, quarter = count // 2, count // 4
    return {
        **_records(count, quarter, half + quarter, "192.0.2.2"),
        **_people(quarter // 2, quarter + quarter // 2, "Max"),
        **_mail(quarter // 2, quarter + quarter // 2),
    }


def _records(count: int, start: int, end: int, address: str) -> State:
    zones = {f"zone/z{i}.test": fields() for i in range(2)}
    return {**zones, **{f"record/z{i % 2}.test/n{i}/A": a(address) for i in range(start, end)}}


def _people(start: int, end: int, name: str) -> State:
    return {f"contact/p{i}": contact(f"p{i}@example.org", name=name) for i in range(start, end)}


def _mail(start: int, end: int) -> State:
    return {f"mailbox/m{i}@z0.test": mailbox(1) for i in range(start, end)}


@dataclass
class Ground:
    """A service over an account with strangers in it, and somebody before it.

    Of two states, one is declared (``there``: the second), and all that was ``asked`` of the support team; ``fair`` is
    what each state makes of the account.
    """

    served: Served
    middle: Middle
    count: int
    there: bool = False
    asked: list[str] = field(default_factory=list)
    world: World = field(default_factory=World)
    fair: dict[bool, Counter[tuple[str, Value]]] = field(default_factory=dict)

    def declare(self, there: bool) -> None:
        """Declare one of the two states."""
        self.there = there

    @property
    def declared(self) -> Desired:
        """What is declared now."""
        state = after(self.count) if self.there else before(self.count)
        going = [address for address in self.going() if kind_of(address) != "record"]
        state |= {f"support_request/{name}": fields(subject=name, text="Please.") for name in self.asked}
        return desired(state, tombstones(*sorted(going)), guards="off", unmanaged={"default": "ignore"})

    def going(self) -> Iterable[Address]:
        """Return what is declared in the other state only."""
        one, other = before(self.count), after(self.count)
        return one.keys() - other.keys() if self.there else other.keys() - one.keys()

    def access(self) -> Access:
        """Return what the provider is opened with, anew as in a run of its own."""
        settings = {"type": "kundencenter", "url": self.middle.url, "token": {"secret": "env/TOKEN"}}
        made = KundencenterProvider.model_validate(settings)
        return Access(NUMBER, made, Path("/nowhere"), {"token": Secret(self.served.token)})

    def plan(self, declared: Desired, access: Access) -> Plan:
        """Return the plan over what is live."""
        reader, applied = open_reader(access, QUICK), self.world.applied
        live = reader.read(Scope.of(declared, applied))
        return build_plan(declared, live, applied, reader.capabilities, Options(), self.world.today)

    def apply(self) -> bool:
        """Plan and apply once; tell whether there was nothing to do."""
        access, declared = self.access(), self.declared
        plan = self.plan(declared, access)
        assert not plan.refusals and not plan.refused, (plan.refusals, plan.refused)
        if not plan.changes and not plan.notes:
            return True
        secrets = {place: Secret("a-long-secret") for place in needed_secrets(plan, declared.secrets)}
        nonce = f"{self.world.applied.number:032x}"
        outcomes = execute(plan, open_writer(access, QUICK), declared, secrets, nonce, lambda _: None)
        self.world.learn(plan, outcomes, declared)
        return False

    def log(self) -> dict[str, LogEntry]:
        """Return the account's own change log."""
        return {entry.id: entry for entry in self.served.account.store.read_facts({"log"}).all(LogEntry)}

    def held(self) -> Counter[tuple[str, Value]]:
        """Return what the account holds, whatever its ids."""
        found = self._contents().state.items()
        return Counter((_plain(address), value) for address, value in found if not KINDS[kind_of(address)].is_request)

    def unasked(self) -> int:
        """Return how many requests the account doesn't know."""
        return len({f"support_request/{name}" for name in self.asked} - self._contents().requests.keys())

    def strangers(self) -> Mapping[Address, str]:
        """Return the versions of what isn't ours."""
        found = self._contents()
        return {a: version for a, version in found.versions.items() if "foreign" in f"{a} {found.state[a]}"}

    def _contents(self) -> Contents:
        found = self.served.account.store.read()
        assert found is not None
        return found


def _plain(address: Address) -> str:
    """Return an address without an id of the account's own."""
    return kind_of(address) if "/~" in address else address


@contextmanager
def ground(folder: Path, count: int) -> Iterator[Ground]:
    """Serve an account with strangers in it, and with ``count`` things of ours, applied in fair weather."""
    path = folder / "account.db"
    Account(path).booked("example.org", "z0.test", "z1.test", "foreign.test")
    pages = max(7, count // 8)  # so small that every collection of some size has several
    settings = Settings(limits=ServiceLimits(page=pages, rate=1e9, burst=10**9))
    with serving(path, settings) as served, between(served.url) as middle:
        account = served.account
        account.done(account.create("zone/foreign.test"))
        account.done(*(account.create(f"record/foreign.test/f{i}/A", ttl=60, values=["192.0.2.9"]) for i in range(9)))
        account.done(account.create("contact/x", name="Foreign", email="foreign@example.org"))
        account.done(account.create("ftp_account/foreign", {"password": "a-long-secret"}, home="/foreign"))
        found = Ground(served, middle, count)
        for there in (False, True, False):  # each way once, so that it is known what fair weather makes of it
            found.declare(there)
            while not found.apply():
                pass
            found.fair[there] = found.held()
        yield found


def endure(bad: Ground, faults: Sequence[str], seed: int = 1) -> Figures:
    """Let the other of the two states be applied under faults, until the plan is empty."""
    bad.declare(not bad.there)
    bad.asked.append(f"{'-'.join(faults)}-{seed}")
    strangers, logged, asked = bad.strangers(), bad.log().keys(), bad.middle.asked
    weather = bad.middle.weather = Weather(faults, seed=seed)
    rounds = refused = 0
    quiet = False
    while not quiet and rounds < MOST_ROUNDS:
        rounds += 1
        try:
            quiet = bad.apply()
        except ReconcilerError:
            refused += 1
    bad.middle.weather = None
    effects = Counter((entry.action, entry.resource) for number, entry in bad.log().items() if number not in logged)
    held, fair = bad.held(), bad.fair[bad.there]
    return Figures(
        changes=len(effects),
        rounds=rounds,
        refused=refused,
        requests=bad.middle.asked - asked,
        struck=weather.struck,
        lost=(fair - held).total() + bad.unasked(),
        doubled=(held - fair).total() + effects.total() - len(effects),
        foreign=len(strangers.items() - bad.strangers().items()),
        deletions=(_deleted(effects) - Counter(map(_named, bad.going()))).total(),
    )


def _deleted(effects: Counter[tuple[str, Address]]) -> Counter[str]:
    return Counter(_plain(address) for action, address in effects if action == "delete")


def _named(address: Address) -> str:
    """Return an address of ours as the account has it."""
    return kind_of(address) if KINDS[kind_of(address)].natural_key else address


def main() -> int:
    """Print the figures of each fault; 1 unless all are clean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("changes", nargs="?", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    _say("fault", FIGURES)
    clean = True
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder), given.changes) as bad:
        for fault in FAULTS:
            figures = endure(bad, [fault], given.seed)
            _say(fault, [getattr(figures, name) for name in FIGURES])
            clean = clean and figures.is_clean
    return 0 if clean else 1


def _say(fault: str, figures: Iterable[object]) -> None:
    sys.stdout.write(f"{fault:<10}" + "".join(f"{figure:>10}" for figure in figures) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
