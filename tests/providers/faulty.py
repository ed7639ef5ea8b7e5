"""Providers of octoDNS with the faults that real ones have, for tests of the bridge."""

import logging
import sys
from types import SimpleNamespace
from typing import Any

from octodns.provider.base import BaseProvider
from octodns.record import Create, Delete, Record
from octodns.zone import Zone

#: What every provider here holds: zone -> (name, type) -> data; a test empties it first.
HELD: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
NS: dict[tuple[str, str], dict[str, Any]] = {("", "NS"): {"type": "NS", "ttl": 3600, "value": "ns.test."}}
APPLIED: list[Any] = []


class Held(BaseProvider):
    """Holds zones in this process, and does everything right."""

    SUPPORTS_GEO = False
    SUPPORTS_DYNAMIC = True
    SUPPORTS_ROOT_NS = True
    SUPPORTS = frozenset({"A", "CNAME", "MX", "NS", "TXT", "ALIAS"})

    def __init__(self, id: str, token: str = "", ttl: int = 1, deep: Any = None, wait: float = 1.0, **kwargs: Any):
        self.log = logging.getLogger(f"Held[{id}]")
        self.given = (token, ttl, deep, wait)
        super().__init__(id, **kwargs)

    def populate(self, zone: Zone, target: bool = False, lenient: bool = False) -> bool | None:
        held = HELD.get(zone.name)
        for (name, _), data in (held or {}).items():
            zone.add_record(Record.new(zone, name, data, source=self, lenient=lenient), lenient=lenient)
        return held is not None

    def _apply(self, plan: Any) -> None:
        APPLIED.append(plan)
        held = HELD[plan.desired.name]
        for change in plan.changes:
            key = (change.record.name, change.record._type)
            if isinstance(change, Delete):
                del held[key]
            else:
                assert isinstance(change, Create) == (key not in held)
                held[key] = {**change.new.data, "type": change.new._type}


class Listing(Held):
    """Can list its zones, too."""

    def list_zones(self) -> list[str]:
        return sorted(HELD)


class Swallowing(Held):
    """Logs what it couldn't read, and shows a zone without anything in it."""

    def populate(self, zone: Zone, target: bool = False, lenient: bool = False) -> bool | None:
        self.log.error("HTTP 500 for %s with token %s", zone.name, self.given[0])
        return True


class StatusError(Exception):
    """An answer that is an error, as requests raises it."""

    def __init__(self, message: str, status: int):
        super().__init__(message)
        self.response = SimpleNamespace(status_code=status)


class Answering(Held):
    """Answers HTTP statuses for zones that it can't show, as its ``deep`` says."""

    def populate(self, zone: Zone, target: bool = False, lenient: bool = False) -> bool | None:
        if status := (self.given[2] or {}).get(zone.name):
            raise StatusError(f"HTTP {status} with token {self.given[0]}", int(status))
        return super().populate(zone, target, lenient)


class AnsweringListing(Answering):
    """The same, and lists them."""

    def list_zones(self) -> list[str]:
        return sorted({*HELD, *self.given[2]})


class Silent(Held):
    """Shows an empty zone, and says nothing at all."""

    def populate(self, zone: Zone, target: bool = False, lenient: bool = False) -> bool | None:
        return True


class SilentListing(Silent, Listing):
    """The same, but lists its zones."""


class Forgetful(Held):
    """Shows everything only at the first look."""

    def populate(self, zone: Zone, target: bool = False, lenient: bool = False) -> bool | None:
        shown = super().populate(zone, target, lenient)
        HELD[zone.name] = {}
        return shown


class Remembering(Held):
    """Asks only once for each zone, as providers of large services do."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.known: dict[str, tuple[bool | None, set[Any]]] = {}

    def populate(self, zone: Zone, target: bool = False, lenient: bool = False) -> bool | None:
        if zone.name not in self.known:
            self.known[zone.name] = super().populate(zone, target, lenient), set(zone.records)
        exists, records = self.known[zone.name]
        for record in records:
            zone.add_record(record, replace=True, lenient=lenient)
        return exists


class Contradicting(Listing):
    """Lists zones that it then shows nothing of."""

    def list_zones(self) -> list[str]:
        return ["z.test."]


class Chatty(Held):
    """Prints and logs whatever it does, its token too, and then fails."""

    def populate(self, zone: Zone, target: bool = False, lenient: bool = False) -> bool | None:
        sys.stdout.write(f"token {self.given[0]}")
        sys.stderr.write(f"token {self.given[0]}")
        self.log.warning("token %s", self.given[0])
        raise RuntimeError(f"\x1b[31m401 Unauthorized\n for token {self.given[0]}")


class Ignoring(Held):
    """Takes every change without an error, and makes none."""

    def _apply(self, plan: Any) -> None:
        APPLIED.append(plan)


class Rewriting(Listing):
    """Writes zones whole and never reads them, like octoDNS's own YAML provider: as a target it shows nothing."""

    def populate(self, zone: Zone, target: bool = False, lenient: bool = False) -> bool | None:
        return False if target else super().populate(zone, target, lenient)


class Rootless(Held):
    """Can't do anything about the NS records of a zone itself."""

    SUPPORTS_ROOT_NS = False
    SUPPORTS_DYNAMIC = False


class Narrow(Listing):
    """Serves fewer types than others."""

    SUPPORTS = frozenset({"A", "TXT"})


class NoProvider:
    """Is no provider at all."""
