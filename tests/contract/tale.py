"""One zone's life on one provider, from the files in git to what the other side holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract.backs import Back, expected
from nameservers.server import Dump, RecordSet
from opened import outside
from planner.world import World
from reconciler.apply.executor import execute
from reconciler.apply.verify import remaining
from reconciler.load.desired import load_desired
from reconciler.load.tree import WorkTree
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Options, Plan
from reconciler.model.state import Desired
from reconciler.planner.plan import build_plan
from reconciler.ports import Capabilities, Scope
from reconciler.providers.opening import Outside

NS = ("@", "NS")


def on(name: str, rtype: str, *values: str, ttl: int = 300) -> RecordSet:
    """Return a record set."""
    return name, rtype, ttl, values


@dataclass(frozen=True)
class Planned:
    """A plan, and what it was made from."""

    plan: Plan
    desired: Desired
    outside: Outside


@dataclass
class Tale:
    """The account folder, its provider, the record beside it, and what is declared now.

    It walks the corridors' way, from the files over the planner and the executor to reading back, without git.

    ``unproven`` is what reading back after the last apply found to be still to be done, though it was called done.
    """

    folder: Path
    back: Back
    zone: str
    declared: dict[tuple[str, str], RecordSet] = field(default_factory=dict)
    strangers: Dump = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    guards: str = "enforce"
    unproven: tuple[str, ...] = ()
    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.back.begin(self.zone)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write()

    @property
    def capabilities(self) -> Capabilities:
        """What the provider says that it can do."""
        return outside(self._desired().config, self.folder, **self.back.environ).reader().capabilities

    def declare(self, *sets: RecordSet) -> None:
        """Declare these record sets beside what is declared."""
        self.declared |= {(found[0], found[1]): found for found in sets}
        for name, rtype, _, _ in sets:
            self.strangers.pop((name, rtype), None)
        self._write()

    def drop(self, *keys: tuple[str, str]) -> None:
        """Declare these no longer."""
        for key in keys:
            del self.declared[key]
        self._write()

    def by_hand(self, name: str, rtype: str, *values: str, ttl: int = 300) -> None:
        """Change what is live."""
        self.back.hand(self.zone, name, rtype, ttl, *values)

    def plan(self, **options: Any) -> Planned:
        """Plan in a run of its own, as from the command line."""
        desired = self._desired()
        opened = outside(desired.config, self.folder, **self.back.environ)
        return Planned(self._planned(desired, opened, Options(**options)), desired, opened)

    def carry_out(self, planned: Planned) -> tuple[Outcome, ...]:
        """Apply a plan that was made before, record it, and return what became of each change."""
        plan, desired = planned.plan, planned.desired
        writer = planned.outside.writer(plan.written_kinds)
        outcomes = execute(plan, writer, desired, {}, "5e" * 16, lambda _: None)
        self.world.learn(plan, outcomes, desired)
        self.unproven = remaining(outcomes, self._planned(desired, planned.outside, plan.options))
        return outcomes

    def apply(self, **options: Any) -> dict[str, str]:
        """Plan and apply; everything is done, reading back proves it, and a second plan is empty."""
        planned = self.plan(**options)
        assert not planned.plan.refusals, planned.plan.refusals
        assert not planned.plan.refused, planned.plan.refused
        undone = [f"{o.change.address}: {o.detail}" for o in self.carry_out(planned) if o.status is not Status.DONE]
        assert not undone, undone
        assert not self.unproven, self.unproven
        self.demand_quiet()
        return named(planned.plan.changes)

    def demand_quiet(self) -> None:
        """The next plan has nothing to do, and the other side holds exactly what is declared, and what others put."""
        again = self.plan().plan
        found = (named(again.changes), again.notes, named(again.drift), again.refused)
        assert not any(found), found
        self.demand_held()

    def demand_held(self) -> None:
        """The other side holds what is declared and what others put there; NS at the apex may be its own."""
        wanted = {**expected(self.zone, tuple(self.declared.values())), **self.strangers}
        held = self.back.held(self.zone)
        if NS not in wanted:
            held.pop(NS, None)
        differing = {key: (held.get(key), wanted.get(key)) for key in held | wanted if held.get(key) != wanted.get(key)}
        assert not differing, f"held and wanted: {differing}"

    def remove_zone(self) -> None:
        """Declare the zone no longer, with a tombstone."""
        self.declared.clear()
        self.removed = (f"zone/{self.zone}",)
        self._write()
        (self.folder / "zones" / f"{self.zone}.yaml").unlink()

    def _desired(self) -> Desired:
        return load_desired(WorkTree(self.folder))

    def _planned(self, desired: Desired, opened: Outside, options: Options) -> Plan:
        reader = opened.reader()
        live = reader.read(Scope.of(desired, self.world.applied))
        return build_plan(desired, live, self.world.applied, reader.capabilities, options, self.world.today)

    def _write(self) -> None:
        names: dict[str, list[Mapping[str, Any]]] = {}
        for name, rtype, ttl, values in self.declared.values():
            one = {"value": values[0]} if rtype in ("CNAME", "DNAME", "ALIAS") else {"values": list(values)}
            names.setdefault("" if name == "@" else name, []).append({"type": rtype, "ttl": ttl, **one})
        providers = {"default": {"type": "embedded", "path": "account.db"}, "dns": self.back.settings}
        account = {
            "version": 1,
            "account": "K-104711",
            "providers": providers,
            "policy": {"guards": self.guards, "octodns_classes": ["octodns_bind.*", "octodns_powerdns.*"]},
            "removed": {address: {"reason": "It is over."} for address in self.removed},
        }
        zones = self.folder / "zones"
        zones.mkdir(exist_ok=True)
        (self.folder / "account.yaml").write_text(json.dumps(account), encoding="utf-8")
        (zones / f"{self.zone}.yaml").write_text(json.dumps(names), encoding="utf-8")


def named(changes: tuple[Change, ...]) -> dict[str, str]:
    """Return changes in few words: name and type (or the kind) -> what is done."""
    return {_short(change.address): change.action.value for change in changes}


def _short(address: str) -> str:
    kind, _, *rest = address.split("/")
    return "/".join(rest) if kind == "record" else kind
