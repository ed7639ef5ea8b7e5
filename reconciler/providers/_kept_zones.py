"""Zones that an earlier run read, as the cache keeps them: what they hold is read only when somebody looks.

A zone is believed to be what it was while its SOA, and so its serial, is the same, for a day: whoever changes a zone
raises its serial, and what a server that was set back to an older state has under the same number is read within that
day.
"""

import time
from dataclasses import replace
from functools import cached_property

from reconciler.cache import plain
from reconciler.cache.age import is_believed
from reconciler.cache.cache import Cache
from reconciler.model.address import Address, join
from reconciler.model.groups import Group
from reconciler.nameserver.query import is_no_powerdns
from reconciler.nameserver.server import Server
from reconciler.nameserver.zone import Spelling, Transfer

_SORT = "zone"


class KeptZones:
    """The zones of one server, as seen with one key: another key may be shown another view."""

    def __init__(self, cache: Cache, server: Server) -> None:
        """Ask nothing yet."""
        self.cache = cache
        self.server = server
        key = server.key
        self._place = f"{server} {f'{key.name} {key.algorithm}' if key else ''} "

    def find(self, zone: str) -> Transfer | None:
        """Return a zone as it was read lately, or None; whoever looks into it may meet ``CacheLostError``."""
        match self.cache.find(_SORT, self._key(zone)):
            case (int(serial), bytes(soa), int(at), str(id), int(count), bytes(spelt) | str(spelt), int(odd)):
                if not is_believed(at):
                    return None
                held = Group(lambda: _decoded(self.cache.blob(spelt)), odd) if odd else {}
                return Transfer(zone, serial, soa, self.cache.group(join("record", zone), id, count), held, at)
        return None

    def keep(self, zone: str, read: Transfer) -> Transfer:
        """Return a zone that was read with a group that is known by its content.

        It is kept for later runs, unless the server is a PowerDNS, whose serial is no proof that nothing has changed,
        or may be one, because it doesn't answer what it is.
        """
        group = self.cache.keep_group(read.sets)
        if not group.id or not self._is_no_powerdns:
            return replace(read, sets=group)
        spelt = self.cache.keep_bytes(_encoded(read) if read.spelt else b"")
        entry = (read.serial, read.soa, read.at, group.id, len(group), spelt, len(read.spelt))
        self.cache.keep(_SORT, self._key(zone), entry)
        return replace(read, sets=group)

    def drop(self, zone: str) -> None:
        """Believe a zone no longer, because it can't be read: what is in its place may have the same serial."""
        self.cache.drop(_SORT, self._key(zone))

    @cached_property
    def _is_no_powerdns(self) -> bool:
        return is_no_powerdns(self.server)

    def _key(self, zone: str) -> str:
        return self._place + zone


def minute(at: int, now: int | None = None) -> str:
    """Return when something was read in words, in UTC: the time, and before it the day where that isn't today."""
    day, of_day = time.strftime("%Y-%m-%d %H:%M", time.gmtime(at)).split()
    return of_day if day == time.strftime("%Y-%m-%d", time.gmtime(now)) else f"{day} {of_day}"


def _encoded(read: Transfer) -> bytes:
    return plain.dump([(address, *read.spelt[address]) for address in sorted(read.spelt)])


def _decoded(data: bytes) -> dict[Address, Spelling]:
    return {address: Spelling(raw, ttls) for address, raw, ttls in plain.load(data)}
