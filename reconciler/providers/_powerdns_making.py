"""Zones that are created and removed over PowerDNS's interface."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from reconciler.kinds.record import RecordValue
from reconciler.model.address import Address, split
from reconciler.model.change import Action
from reconciler.model.errors import AccountError
from reconciler.model.late import dataclass
from reconciler.model.outcome import Status
from reconciler.model.providers import PowerdnsProvider
from reconciler.model.text import neutral
from reconciler.ports import Write, Written
from reconciler.providers._http import Answer, Connection, UncertainError, json_bytes
from reconciler.providers._powerdns_zones import Zones, zone_path

_DONE = Written(Status.DONE)
_SERVER_ONLY = "It holds what can't be declared, so nobody has seen in the plan that it would go: {}."


@dataclass(frozen=True, slots=True)
class ZoneMaker:
    """Creates and removes zones; ``made`` remembers what the server put into each that was created in this run."""

    zones: Zones
    settings: PowerdnsProvider
    made: dict[str, Mapping[Address, RecordValue]] = field(default_factory=dict)

    def write(self, server: Connection, write: Write) -> Written:
        """Carry out one write to a zone, and read it back."""
        name = split(write.address)[1]
        if write.action is Action.CREATE:
            return self._create(server, name)
        if write.action is Action.DELETE:
            return self._remove(server, name, write.version)
        return _DONE if self.zones.read(server, name) else Written(Status.CONFLICT, "It is no longer there.")

    def _create(self, server: Connection, name: str) -> Written:
        body = {
            "name": f"{name}.",
            "kind": "Master" if self.settings.zone_kind == "primary" else "Native",
            "nameservers": list(self.settings.nameservers),
            "soa_edit_api": "INCREASE",
        }
        if update := self.settings.update:
            body["master_tsig_key_ids"] = [f"{update.tsig.name.rstrip('.')}."]
        try:
            answer = server.send("POST", "/zones", json_bytes(body))
            refused = "" if answer.status in (200, 201) else _refusal(answer)
        except UncertainError as error:
            answer, refused = None, str(error)
        if answer is not None and answer.status == 409:
            return Written(Status.CONFLICT, "It exists already.")
        if answer is not None and refused:
            return Written(Status.FAILED, refused)
        return self._opened(server, name, refused)

    def _opened(self, server: Connection, name: str, doubt: str) -> Written:
        """Read a new zone back and let updates in; after ``doubt`` only one with nothing of others counts."""
        there = self.zones.read(server, name)
        if there is None or (doubt and any(not address.endswith("/@/NS") for address in there.sets)):
            return Written(Status.FAILED, doubt or "The server said that it created it, but it isn't there.")
        self.made[name] = there.sets
        for kind, values in self._metadata().items():
            body: Any = {"kind": kind, "metadata": values}
            answer = server.send("PUT", f"{zone_path(name)}/metadata/{kind}", json_bytes(body))
            if answer.status not in (200, 201, 204):
                return Written(Status.FAILED, f"It is there, but doesn't take updates. {_refusal(answer)}")
        return _DONE

    def _metadata(self) -> dict[str, list[str]]:
        if self.settings.update is None:
            return {}
        key = self.settings.update.tsig.name.rstrip(".")
        return {"TSIG-ALLOW-DNSUPDATE": [key], "SOA-EDIT-DNSUPDATE": ["INCREASE"]}

    def _remove(self, server: Connection, name: str, version: str | None) -> Written:
        there = self.zones.read(server, name)
        if there is None:
            return _DONE
        if version is not None and there.digest != version:
            return Written(Status.CONFLICT, "It was changed since it was read.")
        if there.others:
            return Written(Status.FAILED, _SERVER_ONLY.format(neutral(", ".join(there.others))))
        try:
            answer = server.send("DELETE", zone_path(name))
            said = "" if answer.status in (200, 204, 404) else _refusal(answer)
        except UncertainError as error:
            said = str(error)
        try:
            gone = self.zones.read(server, name) is None
        except AccountError as error:
            return Written(Status.FAILED, f"It was to go, but that couldn't be read back: {error.in_full}")
        return _DONE if gone else Written(Status.FAILED, said or "The server said that it removed it, but it is there.")


def _refusal(answer: Answer) -> str:
    return f"The server refused it: {neutral(answer.reason() or f'status {answer.status}')}"
