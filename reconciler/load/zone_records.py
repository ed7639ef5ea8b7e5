"""What a zone's file declares, in whichever format it is written, and the rules over whole zones."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from reconciler.kinds.record import RecordValue, as_record
from reconciler.load.problems import Problems
from reconciler.model.account import ZoneOptions
from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.late import dataclass
from reconciler.model.meta import Meta
from reconciler.model.span import Span

ONE_VALUE = frozenset({"ALIAS", "CNAME", "DNAME"})
_CUT_TYPES = frozenset({"NS", "DS"})


class ZoneSettings(NamedTuple):
    """How a zone's file is read; ``cuts`` are the zones below it that are managed too, as names relative to it."""

    zone: str
    default_ttl: int = 3600
    lenient: bool = False
    escaped_semicolons: bool = True
    cuts: frozenset[str] = frozenset()

    @property
    def options(self) -> ZoneOptions:
        """The options of the zone, all of them told."""
        return _options(self.default_ttl, self.lenient, self.escaped_semicolons)


@lru_cache(maxsize=64)
def _options(default_ttl: int, lenient: bool, escaped_semicolons: bool) -> ZoneOptions:
    """Return options that most zones have alike."""
    return ZoneOptions.model_construct(default_ttl=default_ttl, lenient=lenient, escaped_semicolons=escaped_semicolons)


@dataclass(frozen=True, slots=True)
class Records:
    """The record sets of one zone, with places and metadata, while they are read."""

    state: dict[Address, RecordValue] = field(default_factory=dict)
    places: dict[Address, Span] = field(default_factory=dict)
    metas: dict[Address, Meta] = field(default_factory=dict)


class ZoneContent(NamedTuple):
    """What was read of one zone, in groups that nobody changes; what is in them may be made when somebody looks."""

    state: Mapping[Address, Value]
    places: Mapping[Address, Span]
    metas: Mapping[Address, Meta]

    def opened(self) -> Records:
        """Return its record sets so that they can be added to."""
        state = {address: as_record(value) for address, value in self.state.items()}
        return Records(state, dict(self.places), dict(self.metas))


#: What was read of each zone, by the zone's address.
Zones: TypeAlias = Mapping[Address, ZoneContent]


def may_stand(
    settings: ZoneSettings,
    address: Address,
    rtype: str,
    span: Span,
    lenient: bool,
    problems: Problems,
    remedy: str = "",
) -> bool:
    """Tell whether a record set belongs into this zone and not into one below it that is managed too."""
    cuts = settings.cuts
    if not cuts:
        return True
    name = address.split("/")[2]
    if name in cuts:
        cut = None if rtype in _CUT_TYPES else name
    else:
        parents = (name[found.end() :] for found in re.finditer(r"\.", name))
        cut = next((parent for parent in parents if parent in cuts), None)
    if cut is None:
        return True
    zone = f"{cut}.{settings.zone}"
    detail = f"The zone {zone} is managed too, and answers for this name; only NS and DS for {zone} belong here."
    moving = f"Move the record set into the file of {zone}."
    report = problems.warning if lenient else problems.error
    report("below-managed-zone", detail, span, remedy or moving, address=address)
    return lenient


def check_cnames(addresses: Iterable[Address], places: Mapping[Address, Span], problems: Problems) -> None:
    """Warn of every CNAME beside other record sets of the same name."""
    every = list(addresses)
    cnames = {a.rpartition("/")[0]: a for a in every if a.endswith("/CNAME")}
    if not cnames:
        return
    beside: dict[str, list[str]] = {}
    for address in every:
        name, _, rtype = address.rpartition("/")
        if name in cnames and rtype not in ("CNAME", "NSEC", "RRSIG"):
            beside.setdefault(name, []).append(rtype)
    for name, types in beside.items():
        address = cnames[name]
        detail = f"The name also holds {', '.join(sorted(types))}."
        span = places[address]
        problems.warning("cname-beside-others", detail, span, "Delete one of them.", address=address)
