"""Writes to a name server: each zone by dynamic updates, and zones themselves where the settings say how."""

from collections.abc import Mapping

from reconciler.model.address import group_of, split
from reconciler.model.change import Action
from reconciler.model.errors import AccountError, CacheLostError
from reconciler.model.outcome import Status
from reconciler.model.providers import Rfc2136Provider
from reconciler.nameserver.transfer import transfer
from reconciler.nameserver.zone import RecordSet, Transfer
from reconciler.ports import Write, Written
from reconciler.providers._provider import Access
from reconciler.providers._transfers import is_served, server_of
from reconciler.providers._updates import Updates
from reconciler.providers._zone_makers import Maker, comes_true, first_sets, maker_of


class Rfc2136Writer:
    """Writes each zone as one UPDATE, and makes and removes zones where the settings say how."""

    def __init__(self, access: Access) -> None:
        """Write with the key of the settings."""
        self._settings: Rfc2136Provider = access.settings
        self._server = server_of(access)
        self._maker = maker(access)
        self._known = access.known
        self._updates = Updates(self._server, access.known, self._first_sets)

    def prepare(self, domains: frozenset[str]) -> None:
        """Nothing has to be made ready."""

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        """Carry out a batch: the record sets of one zone at once, and each zone by itself."""
        answers: dict[str, Written] = {}
        zones: dict[str, list[Write]] = {}
        for write in batch:
            if write.address.startswith("record/"):
                zones.setdefault(split(group_of(write.address))[1], []).append(write)
            else:
                answers[write.address] = self._write_zone(write)
        for zone, writes in zones.items():
            given = self._updates.write(zone, writes)
            answers |= {write.address: answer for write, answer in zip(writes, given, strict=True)}
        return tuple(answers[write.address] for write in batch)

    def _write_zone(self, write: Write) -> Written:
        """Make or remove a zone, and see that the server says so itself."""
        zone = split(write.address)[1]
        if self._maker is None:
            return Written(Status.FAILED, "Zones can't be made or removed from here.")
        there = self._maker.is_there(zone)
        read: Transfer | None = self._known.pop(zone, None)
        if write.action is not Action.DELETE:
            if there or is_served(self._server, zone):
                return Written(Status.CONFLICT, "It exists already.")
            self._maker.make(zone)
            done = comes_true(lambda: is_served(self._server, zone))
        else:
            if there is not False:
                if kept := self._maker.keeps(zone):
                    return Written(Status.FAILED, kept)
                if read is not None and not self._is_as_read(zone, read):
                    return Written(Status.CONFLICT, "Somebody changed records in it since it was read.")
                self._maker.remove(zone)
            done = comes_true(lambda: not is_served(self._server, zone))
        if done:
            return Written(Status.DONE)
        return Written(Status.FAILED, "The server's program says that it is done, but the server answers otherwise.")

    def _is_as_read(self, zone: str, read: Transfer) -> bool:
        try:
            return transfer(self._server, zone).records == read.records
        except CacheLostError:  # then nobody knows
            return False

    def _first_sets(self, zone: str) -> Mapping[tuple[str, str], RecordSet]:
        try:
            return first_sets(self._settings.zones, zone) if self._settings.zones else {}
        except AccountError:  # then it isn't one that was made from here
            return {}


def maker(access: Access) -> Maker | None:
    """Return the program that makes and removes zones, where the settings name one."""
    settings: Rfc2136Provider = access.settings
    return maker_of(settings.zones, access.folder, settings.tsig.name) if settings.zones else None
