"""Reads zones by transfer, several at once; one that was read before is proven by its serial."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import field
from threading import Thread
from typing import TYPE_CHECKING, Any

from reconciler.model.address import Address, join
from reconciler.model.errors import AuthenticationError, IncompleteReadError
from reconciler.model.fields import Fields, Value
from reconciler.model.groups import Group, Groups
from reconciler.model.late import dataclass
from reconciler.model.providers import Rfc2136Provider
from reconciler.nameserver.errors import ZoneRefusedError
from reconciler.nameserver.query import serial
from reconciler.nameserver.serials import soas
from reconciler.nameserver.server import Key, Server
from reconciler.nameserver.zone import Transfer
from reconciler.providers._kept_zones import KeptZones, minute
from reconciler.providers._provider import Access

if TYPE_CHECKING:
    from reconciler.nameserver.transfer import Limits, Tally

#: How many zones are asked for at once.
_AT_ONCE = 8
#: What a server without a zone says: NXDOMAIN, REFUSED, NOTAUTH.
_NOT_HERE = frozenset({3, 5, 9})
_KNOT = "Knot says so too where it knows the key, and the zone's `acl` doesn't admit it."


@dataclass(slots=True)
class Zones:
    """What was found of the zones that were asked for.

    ``refused`` are those that the server doesn't give, each with its error; ``unchanged`` counts those whose SOA is
    the one that we have seen, ``since`` when at least, in seconds since 1970.
    """

    there: dict[str, Transfer] = field(default_factory=dict)
    refused: dict[str, ZoneRefusedError] = field(default_factory=dict)
    unchanged: int = 0
    since: int = 0

    @property
    def state(self) -> Groups[Value]:
        """The zones and their record sets by address; those of a zone are a group."""
        zones: dict[Address, Value] = {join("zone", zone): Fields() for zone in self.there}
        groups = {join("record", zone): read.sets for zone, read in self.there.items()}
        return Groups({name: held for name, held in {"zone": zones, **groups}.items() if held})

    @property
    def proof(self) -> str:
        """How they were read, in words."""
        transferred = len(self.there) - self.unchanged
        text = f"{transferred} zone{'' if transferred == 1 else 's'} transferred"
        return f"{text}, {self.unchanged} unchanged by serial since {minute(self.since)}" if self.unchanged else text


def read_zones(
    server: Server, zones: Iterable[str], known: dict[str, Any], kept: KeptZones, limits: "Limits | None" = None
) -> Zones:
    """Return the zones; ``known`` has what was read of each before, and learns what is read now, as ``kept`` does.

    ``limits`` are those of all that is transferred, whatever number of zones it is.

    Raises the first error that isn't the refusal of a zone: then nothing more is asked.
    """
    names = sorted(zones)
    found = Zones()
    old = {zone: known.get(zone) or kept.find(zone) for zone in names}
    told = soas(server, [zone for zone, read in old.items() if read])
    for zone, read in old.items():
        if read is not None and told.get(zone) == read.soa:
            found.there[zone] = read
    found.unchanged = len(found.there)
    found.since = min((read.at for read in found.there.values()), default=0)
    left = [zone for zone in names if zone not in found.there]
    for zone in left:
        known.pop(zone, None)
    _read_whole(found, server, left, kept, limits)
    for zone, read in found.there.items():
        known[zone] = read if isinstance(read.sets, Group) else kept.keep(zone, read)
    found.there = {zone: known[zone] for zone in names if zone in found.there}
    return found


def _read_whole(found: Zones, server: Server, zones: Sequence[str], kept: KeptZones, limits: "Limits | None") -> None:
    """Transfer zones, several at once, one of them here; raises the error of the first in their order that has one."""
    if not zones:
        return
    from reconciler.nameserver.transfer import LIMITS, Tally

    tally, left, errors = Tally(limits or LIMITS), iter(zones), dict[str, BaseException]()

    def work() -> None:
        while not errors and (zone := next(left, None)) is not None:
            try:
                found.there[zone] = _read(server, zone, kept, tally)
            except ZoneRefusedError as error:
                found.refused[zone] = error
            except BaseException as error:
                errors[zone] = error

    beside = [Thread(target=work) for _ in range(min(_AT_ONCE, len(zones)) - 1)]
    for thread in beside:
        thread.start()
    work()
    for thread in beside:
        thread.join()
    if errors:
        raise errors[min(errors)]


def _read(server: Server, zone: str, kept: KeptZones, tally: "Tally") -> Transfer:
    """Return a zone as it is; raises :class:`ZoneRefusedError` where the server may well not have it.

    What an earlier run saw is believed no longer, whatever comes of this: the caller keeps what is read.
    """
    from reconciler.nameserver.transfer import transfer

    kept.drop(zone)
    try:
        return transfer(server, zone, tally)
    except ZoneRefusedError as error:
        if is_served(server, zone):
            raise IncompleteReadError(f"{error} It has the zone.", error.help) from None
        if error.rcode not in _NOT_HERE:
            raise IncompleteReadError(str(error), "The server's log says what is wrong with it.") from None
        raise
    except AuthenticationError as error:
        raise AuthenticationError(f"{zone} can't be transferred. {error}", f"{error.help} {_KNOT}") from None


def server_of(access: Access) -> Server:
    """Return the server that the settings name, with their key."""
    settings: Rfc2136Provider = access.settings
    return Server(
        settings.server, settings.port, Key(settings.tsig.name, settings.tsig.algorithm, access.secrets["tsig.key"])
    )


def is_served(server: Server, zone: str) -> bool:
    """Tell whether the server says itself that it has authority over a zone."""
    with suppress(IncompleteReadError):
        return serial(server, zone) is not None
    return False
