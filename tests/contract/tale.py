"""One zone's life on one provider, from the files in git to what the other side holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract.backs import Back, expected
from nameservers.server import Dump, RecordSet
from reconciler.apply.approval import Approval
from reconciler.cli.clock import SystemClock
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Options
from reconciler.pipeline import applying, planning
from reconciler.pipeline.session import Planned, Session
from reconciler.ports import Capabilities

NS = ("@", "NS")


def on(name: str, rtype: str, *values: str, ttl: int = 300) -> RecordSet:
    """Return a record set."""
    return name, rtype, ttl, values


@dataclass
class Tale:
    """The account folder, its provider, and what is declared now."""

    folder: Path
    back: Back
    zone: str
    declared: dict[tuple[str, str], RecordSet] = field(default_factory=dict)
    strangers: Dump = field(default_factory=dict)
    removed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.back.begin(self.zone)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write()

    @property
    def capabilities(self) -> Capabilities:
        """What the provider says that it can do."""
        desired = planning.validate(self._session())
        parts = self._session().outside(desired.config).parts
        return next(part for part in parts if "record" in part.kinds).open_reader().capabilities

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
        self._last = self._session()
        return planning.plan(self._last, Options(**options))

    def changes(self, **options: Any) -> dict[str, str]:
        """Return what a plan would do, each change by name and type."""
        return named(self.plan(**options).plan.changes)

    def carry_out(self, planned: Planned) -> tuple[Outcome, ...]:
        """Apply a plan that was made before, and return what became of each change."""
        return applying.apply(self._last, planned, Approval(), lambda _: None).outcomes

    def apply(self, **options: Any) -> dict[str, str]:
        """Plan and apply; everything is done, reading back proves it, and a second plan is empty."""
        planned = self.plan(**options)
        assert not planned.plan.refusals, planned.plan.refusals
        assert not planned.plan.refused, planned.plan.refused
        applied = applying.apply(self._last, planned, Approval(), lambda _: None)
        assert [o for o in applied.outcomes if o.status is not Status.DONE] == []
        assert applied.proof.is_whole, applied.proof
        self.demand_quiet()
        return named(planned.plan.changes)

    def demand_quiet(self) -> None:
        """The next plan has nothing to do, and the other side holds exactly what is declared, and what others put."""
        again = self.plan().plan
        assert (named(again.changes), again.notes, named(again.drift), again.refused) == ({}, (), {}, ())
        self.demand_held()

    def demand_held(self) -> None:
        """The other side holds what is declared and what others put there; NS at the apex may be its own."""
        wanted = {**expected(self.zone, tuple(self.declared.values())), **self.strangers}
        held = self.back.held(self.zone)
        if NS not in wanted:
            held.pop(NS, None)
        assert held == wanted

    def remove_zone(self) -> None:
        """Declare the zone no longer, with a tombstone."""
        self.declared.clear()
        self.removed = (f"zone/{self.zone}",)
        self._write()
        (self.folder / "zones" / f"{self.zone}.yaml").unlink()

    def _session(self) -> Session:
        return Session(self.folder, self.back.environ, SystemClock())

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
