"""Lint of all zones: each is judged by itself, and what was found in an earlier run stands while nothing has changed.

What is found in a zone goes by its content, by where that stands, by what the files say of it elsewhere, by which zones
there are, and by the answers of other zones. As long as all of that is the same everywhere, no zone is looked into, and
of what was found only the first few of each sort are made.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from reconciler.cache import plain
from reconciler.cache.cache import NO_CACHE, Cache
from reconciler.check.dns.keys import answer_key, asked_keys, digest, keys_of
from reconciler.check.dns.rows import FewRows, Row, SortRows, few_of_rows, finding_of, row_of, sorts_of
from reconciler.check.dns.zones import Account
from reconciler.model.address import split
from reconciler.model.collector import collector_paused
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import CacheLostError
from reconciler.model.findings import FIRST, Findings
from reconciler.model.state import Desired

_SORT, _LAST = "found", "last"
#: So many lints are kept: those of a pull request and of its base.
_MOST = 2
#: From so many resources on the cycle collector would take longer than the rules.
_MANY = 1000
_MISPLACED = "mail-policy-misplaced"


class _Judged(NamedTuple):
    """What was found in a zone, what it goes by, which answers of others it takes, and where CNAMEs lead in them.

    ``sorts`` tells of it what one must know to find the first of all zones; the rows themselves are packed.
    """

    key: bytes
    sorts: list[SortRows]
    found: bytes
    asked: dict[str, dict[str, bytes]]
    leads: list[str]

    def rows(self, led: Collection[str]) -> list[Row]:
        """Return the rows by place, without mail policies to which a CNAME of another zone leads."""
        rows: list[Row] = plain.unpack(self.found)
        return [row for row in rows if row[1] != _MISPLACED or _name_of(row) not in led]

    def sorts_without(self, led: Collection[str]) -> list[SortRows]:
        """Return the sorts of these rows."""
        is_less = led and any(one[0] == _MISPLACED for one in self.sorts)
        return sorts_of(self.rows(led)) if is_less else self.sorts


class _Lint(NamedTuple):
    """One lint as it is kept: the first few of each sort, and the bytes of what was found in every zone."""

    few: list[FewRows]
    zones: bytes

    def judged(self) -> dict[str, _Judged]:
        """Return what was found in each zone."""
        return {name: _Judged(*told) for name, told in plain.load(self.zones).items()}


def check_dns(desired: Desired, today: date, cache: Cache = NO_CACHE) -> Sequence[Diagnostic]:
    """Return what the rules over DNS find, by place."""
    account = Account.of(desired, today)
    if not account.groups:
        return ()
    with collector_paused(len(desired.state) > _MANY):
        return _Checking(account, cache).run()


class _Checking:
    """One lint, and those that earlier runs left."""

    def __init__(self, account: Account, cache: Cache) -> None:
        self._account = account
        self._cache = cache
        self._keys = keys_of(account)

    def run(self) -> Findings:
        """Return what is found: what was found before, where all is as it was then."""
        if not all(self._keys.values()):  # nobody knows what it would go by
            zones = {name: self._judged(name) for name in self._keys}
            return self._findings(_few(zones), lambda: zones)
        whole, kept = digest(list(self._keys.items())).hex()[:32], self._cache.find(_SORT, _LAST) or []
        if (lint := self._lint(dict(kept).get(whole))) is None:
            return self._anew(whole, kept)
        return self._findings(lint.few, lint.judged)

    def _anew(self, whole: str, kept: Sequence[tuple[str, str]]) -> Findings:
        """Judge those zones of which something has changed, and keep what was found in all of them."""
        lint = self._lint(kept[0][1]) if kept else None
        last = lint.judged() if lint else {}
        zones = {name: self._again(last, name) for name in self._keys}
        few = _few(zones)
        name = self._cache.keep_blob(plain.dump((few, plain.dump({name: tuple(zone) for name, zone in zones.items()}))))
        others = [one for one in kept if one[0] != whole]
        self._cache.keep(_SORT, _LAST, [(whole, name), *others][:_MOST])
        return self._findings(few, lambda: zones)

    def _again(self, last: Mapping[str, _Judged], name: str) -> _Judged:
        """Return what was found in a zone, where it still stands, else what is found now."""
        same = {zone for zone in (name, *(last[name].asked if name in last else ())) if self._is_same(last, zone)}
        if name in same and self._stands(last[name], same):
            return last[name]
        return self._judged(name)

    def _is_same(self, last: Mapping[str, _Judged], name: str) -> bool:
        return name in last and last[name].key == self._keys.get(name)

    def _stands(self, old: _Judged, same: Collection[str]) -> bool:
        """Tell whether other zones still answer as they did; those that are the ``same`` do."""
        changed = [names for zone, names in old.asked.items() if zone not in same]
        return all(answer_key(self._account.answers(name)) == key for names in changed for name, key in names.items())

    def _judged(self, name: str) -> _Judged:
        from reconciler.check.dns.rules import judge

        found, asked, leads = judge(self._account, name)
        rows = sorted(map(row_of, found))
        return _Judged(self._keys[name], sorts_of(rows), plain.pack(rows), asked_keys(asked), sorted(leads))

    def _findings(self, few: list[FewRows], zones: Callable[[], Mapping[str, _Judged]]) -> Findings:
        return Findings(few_of_rows(few, self._mailboxes), lambda: self._made(zones()))

    def _made(self, zones: Mapping[str, _Judged]) -> Sequence[Diagnostic]:
        led = _led(zones)
        rows = sorted(row for zone in zones.values() for row in zone.rows(led))
        return [finding_of(row, self._mailboxes) for row in rows]

    @cached_property
    def _mailboxes(self) -> Mapping[str, str]:
        return {domain: first for domains in self._account.mailboxes.values() for domain, first in domains.items()}

    def _lint(self, name: str | None) -> _Lint | None:
        """Return a lint that was kept; None for one that is lost, which is made again."""
        try:
            return _Lint(*plain.load(self._cache.blob(name))) if name else None
        except CacheLostError:
            return None


def _led(zones: Mapping[str, _Judged]) -> frozenset[str]:
    return frozenset(target for zone in zones.values() for target in zone.leads)


def _few(zones: Mapping[str, _Judged]) -> list[FewRows]:
    """Return how many of each sort were found in all zones, and the first of them by place.

    They stand in the zones whose own first ones come first: the rows of no others are made.
    """
    led, sorts = _led(zones), dict[tuple[str, str], list[tuple[Row, int, _Judged]]]()
    for zone in zones.values():
        for code, severity, many, first in zone.sorts_without(led):
            sorts.setdefault((code, severity), []).append((first, many, zone))
    few = []
    for (code, severity), found in sorts.items():
        nearest = sorted(found, key=itemgetter(0))[:FIRST]
        rows = sorted(row for *_, zone in nearest for row in zone.rows(led) if (row[1], row[3]) == (code, severity))
        few.append((code, severity, sum(many for _, many, _ in found), rows[:FIRST]))
    return sorted(few, key=itemgetter(3))


def _name_of(row: Row) -> str:
    _, zone, owner, _ = split(row[4] or "///")
    return zone if owner == "@" else f"{owner}.{zone}"
