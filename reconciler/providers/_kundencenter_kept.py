"""What an earlier run read of an account service, as the cache keeps it.

Only the DNS is kept, which is public, and marks. What a zone holds is read only when somebody looks. It is believed
while the account gives the same marks, for a day.
"""

from dataclasses import replace
from time import time

from reconciler.cache import plain
from reconciler.cache.age import is_believed
from reconciler.cache.cache import Cache
from reconciler.model.address import join, split
from reconciler.model.fields import Fields
from reconciler.model.groups import Group
from reconciler.model.late import dataclass
from reconciler.providers._kundencenter_wholes import Dns, Sets, Settled, Whole

_SORT = "collection"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one account at one place."""

    cache: Cache
    place: str

    def find(self) -> Dns | None:
        """Return all zones as they were read lately, or None; whoever looks into one may meet ``CacheLostError``."""
        match self.cache.find(_SORT, self.place):
            case (int(at), str(etag), list(rows)) if is_believed(at):
                zones = {zone: Settled(Fields(), version, mark) for zone, version, mark, *_ in rows}
                sets = {zone: self._found(zone, mark, *kept) for zone, _, mark, *kept in rows}
                return Dns(Whole(etag, zones), sets, at)
        return None

    def keep(self, dns: Dns) -> Dns:
        """Keep what was read, and return it with groups that are known by their content."""
        made = {zone: self._kept(sets) for zone, sets in dns.sets.items()}
        rows = [
            (zone, entry.version, made[zone].mark, made[zone].values.id, len(made[zone].values), made[zone].versions.id)
            for zone, entry in dns.zones.entries.items()
        ]
        if all(values and versions for *_, values, _, versions in rows):
            self.cache.keep(_SORT, self.place, (dns.at, dns.zones.etag, rows))
        return replace(dns, sets=made)

    def find_empty(self, path: str) -> str:
        """Return the mark that a collection had lately when there was nothing in it, or an empty string."""
        match self.cache.find(_SORT, f"{self.place} {path}"):
            case (int(at), str(etag)) if is_believed(at):
                return etag
        return ""

    def keep_empty(self, path: str, etag: str) -> None:
        """Keep that there is nothing in a collection with this mark."""
        if self.find_empty(path) != etag:
            self.cache.keep(_SORT, f"{self.place} {path}", (int(time()), etag))

    def _kept(self, sets: Sets) -> Sets:
        values, versions = self.cache.keep_group(sets.values), sets.versions
        if values.id and not versions.id:
            versions = Group.of(versions.found, self.cache.keep_blob(plain.dump(sorted(versions.found.items()))))
        return Sets(sets.mark, values, versions)

    def _found(self, zone: str, mark: str, id: str, count: int, versions: str) -> Sets:
        return Sets(
            mark,
            self.cache.group(join("record", split(zone)[1]), id, count),
            Group(lambda: dict(plain.load(self.cache.blob(versions))), count, versions),
        )
