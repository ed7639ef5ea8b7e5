"""The zones of an account service and their record sets, of which only what changed is read again.

A service that can (``record_sets``) lists the record sets of all zones together, under the mark of its list of zones,
in which each zone has the mark of its own record sets. So one question proves that all is as it was; of a few zones
that changed each is read by itself, of many all together. From another service each zone is read by itself. Whatever
changes between the list and what is read makes the list be read again.
"""

from collections.abc import Mapping
from dataclasses import replace
from time import time

from reconciler.kinds import KINDS
from reconciler.model.address import Address, group_of
from reconciler.model.errors import IncompleteReadError
from reconciler.model.groups import Group
from reconciler.model.text import neutral
from reconciler.providers._http import Connection
from reconciler.providers._kundencenter_entries import collection, record_sets
from reconciler.providers._kundencenter_pages import ROUNDS, GoneError, Pages
from reconciler.providers._kundencenter_wholes import Dns, Sets, Settled, Whole
from reconciler.wire.account import AccountInfo

ZONES = collection(KINDS["zone"])
_ALL = collection(KINDS["record"])
#: So many zones are asked for in about one round, however few pages all record sets have.
_FEW = 4


def read_zones(server: Connection, pages: Pages, info: AccountInfo, known: Dns | None) -> Dns:
    """Return all zones, proven complete; ``known`` is what was read before, and returned as it is if it still holds.

    Raises ``IncompleteReadError``, ``AccountError`` or ``AuthenticationError``.
    """
    for _ in range(ROUNDS):
        zones = pages.read(server, ZONES)
        if not info.record_sets:
            found = _read_apart(server, pages, zones)
        elif known and zones.etag == known.zones.etag:
            return replace(known, unchanged=len(known.sets))
        else:
            found = _read_changed(server, pages, zones, known, info.page_limit)
        if found is not None:
            return found
    raise IncompleteReadError(f"{server.where} lists zones that it doesn't have.", "Try again.")


def _read_apart(server: Connection, pages: Pages, zones: Whole[Settled]) -> Dns | None:
    """Return each zone as it is read by itself; None where one has gone meanwhile."""
    try:
        read = server.each(lambda zone: pages.read(server, record_sets(zone)), zones.entries)
    except GoneError:
        return None
    return Dns(zones, {zone: _sets(whole) for zone, whole in zip(zones.entries, read, strict=True)}, int(time()))


def _read_changed(server: Connection, pages: Pages, zones: Whole[Settled], known: Dns | None, page: int) -> Dns | None:
    """Return the zones, of which those with the marks that are ``known`` aren't read; None where one changes meanwhile.

    ``page`` is how many entries a page has.
    """
    changed = [zone for zone, entry in zones.entries.items() if not known or known.mark(zone) != entry.records]
    if not all(entry.records for entry in zones.entries.values()):
        raise IncompleteReadError(f"{server.where} doesn't tell the marks of its zones.", "Report it to the company.")
    if not known or len(changed) > max(_FEW, sum(len(sets.values) for sets in known.sets.values()) // max(1, page)):
        return _read_all(server, pages, zones)
    try:
        read = server.each(lambda zone: pages.read(server, record_sets(zone), remember=False), changed)
    except GoneError:
        return None
    new = {zone: _sets(whole) for zone, whole in zip(changed, read, strict=True)}
    if any(sets.mark != zones.entries[zone].records for zone, sets in new.items()):
        return None
    sets = {zone: new[zone] if zone in new else known.sets[zone] for zone in zones.entries}
    return Dns(zones, sets, known.at, len(sets) - len(new))


def _read_all(server: Connection, pages: Pages, zones: Whole[Settled]) -> Dns | None:
    at = int(time())
    whole = pages.read(server, _ALL, remember=False)
    if whole.etag != zones.etag:
        return None
    divided: dict[Address, dict[str, Settled]] = {zone: {} for zone in zones.entries}
    for address, entry in whole.entries.items():
        zone = group_of(address).replace("record", "zone", 1)
        if zone not in divided:
            raise IncompleteReadError(
                f"{server.where} doesn't list the zone of {neutral(address, 200)}.",
                "Try again; nothing was concluded from it.",
            )
        divided[zone][address] = entry
    sets = {zone: _sets(Whole(zones.entries[zone].records, held)) for zone, held in divided.items()}
    return Dns(zones, sets, at)


def _sets(whole: Whole[Settled]) -> Sets:
    entries: Mapping[Address, Settled] = whole.entries
    return Sets(
        whole.etag,
        Group.of({address: entry.value for address, entry in entries.items()}),
        Group.of({address: entry.version for address, entry in entries.items()}),
    )
