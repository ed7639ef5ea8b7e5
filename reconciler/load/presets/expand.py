"""What the presets of a zone add to its record sets, merged with what the zone's file says.

Most record sets stand in one place: where the file or another preset has the same one, its values must be equal. Values
of CAA record sets, and of TXT record sets at the apex, are put together; among the latter the SPF records of all
senders become one. TTL, options and metadata are those of the file's record set where it has one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field

from reconciler.kinds.record import record_value
from reconciler.kinds.record_show import txt_content
from reconciler.kinds.record_spf import MOST_LOOKUPS, MergedSpf, Sender, SpfError, is_spf, merge_spf, parse_spf
from reconciler.kinds.record_text import record_address, txt_wire, wire_value
from reconciler.load.nodes import Node
from reconciler.load.presets.options import NONE
from reconciler.load.presets.preset import known_lookups
from reconciler.load.presets.use import Used, read_use
from reconciler.load.problems import Problems
from reconciler.load.zone_records import Records, Zones, ZoneSettings, may_stand
from reconciler.load.zonefile import KNOWN_TYPES
from reconciler.model.address import Address, split
from reconciler.model.late import dataclass
from reconciler.model.scalars import refusals
from reconciler.model.span import Span


@dataclass(frozen=True, slots=True)
class Origins:
    """Where record sets come from beside the zones' files: their presets by label, and all places but the first."""

    presets: dict[Address, str] = field(default_factory=dict)
    related: dict[Address, tuple[Span, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one preset gives for one record set; ``when`` are the options on which that depends."""

    used: Used
    values: frozenset[bytes]
    when: tuple[str, ...] = ()


def expand_all(
    uses: Mapping[Address, tuple[str, Node]],
    settings: Mapping[Address, ZoneSettings],
    zones: Zones,
    problems: Problems,
) -> tuple[Origins, dict[Address, Records]]:
    """Return the record sets of all zones that use presets, with what the presets add, and where that comes from.

    ``uses`` holds file and node of each zone's ``use:``.
    """
    origins, added = Origins(), {}
    for address, (file, node) in sorted(uses.items(), key=lambda item: item[0]):
        zone = settings[address]
        records = added[address] = zones[address].opened() if address in zones else Records()
        expand(read_use(file, node, zone, problems), zone, records, origins, problems)
    return origins, added


def expand(used: tuple[Used, ...], zone: ZoneSettings, records: Records, origins: Origins, problems: Problems) -> None:
    """Add the record sets of one zone's presets to ``records``; what can't be merged is reported."""
    expansion = _Expansion(zone, records, origins, problems)
    parts = expansion.parts(used)
    if senders := tuple(one for one in used if one.preset.content.spf):
        expansion.add_spf(senders, parts)
    added = [address for address in sorted(parts) if expansion.merge(address, parts[address])]
    expansion.check_cnames(added)


@dataclass(frozen=True, slots=True)
class _Expansion:
    zone: ZoneSettings
    records: Records
    origins: Origins
    problems: Problems

    def parts(self, used: Iterable[Used]) -> dict[Address, list[_Part]]:
        """Return what presets give, without SPF records, by record set."""
        found: dict[Address, list[_Part]] = {}
        for one in used:
            for address, part in self._parts_of(one).items():
                found.setdefault(address, []).append(part)
        return found

    def _parts_of(self, used: Used) -> Mapping[Address, _Part]:
        found: dict[Address, _Part] = {}
        for record in used.preset.content.records:
            if not used.holds(record.when):
                continue
            try:
                values = frozenset(wire_value(record.type, used.text(value)) for value in record.values)
                address = record_address(self.zone.zone, used.text(record.name), record.type)
            except refusals() as error:
                self.problems.error("wrong-value", f"{used.label}: {error.message()}", used.span)
                continue
            before = found.get(address, _Part(used, frozenset()))
            found[address] = _Part(used, before.values | values, (*before.when, *record.when))
        return found

    def merge(self, address: Address, parts: list[_Part]) -> bool:
        """Add one record set, and tell whether it could be added."""
        first, own = parts[0], self.records.state.get(address)
        at, rtype = first.used.span, split(address)[3]
        if not may_stand(self.zone, address, rtype, at, self.zone.lenient, self.problems, _leave_out(first)):
            return False
        ours = frozenset(value for value in own.values if isinstance(value, bytes)) if own else frozenset[bytes]()
        if self._is_put_together(address):
            values = ours.union(*(part.values for part in parts))
        elif other := next((part for part in parts if part.values != first.values), None):
            self._conflict(address, other, first.used.span, f"{first.used.label} gives")
            return False
        elif own is not None and ours != first.values:
            self._conflict(address, first, self.records.places[address], "The zone's file has")
            return False
        else:
            values = first.values
        merged = record_value(rtype, own.ttl if own else self.zone.default_ttl, values)
        self.records.state[address] = merged._replace(options=own.options if own else None)
        self._place(address, parts)
        return True

    def _is_put_together(self, address: Address) -> bool:
        return address.endswith(("/CAA", "/@/TXT"))

    def _place(self, address: Address, parts: list[_Part]) -> None:
        """Note where a record set stands: at the first preset's item, and beside it at the others and in the file."""
        spans = [part.used.span for part in parts]
        if address in self.records.places:
            spans.append(self.records.places[address])
        self.records.places[address], more = spans[0], tuple(dict.fromkeys(spans[1:]))
        self.origins.presets[address] = ", ".join(dict.fromkeys(part.used.label for part in parts))
        if more:
            self.origins.related[address] = more

    def _conflict(self, address: Address, part: _Part, place: Span, whose: str) -> None:
        remedy = f"Delete one of the two. {_leave_out(part)}".rstrip()
        detail = f"{part.used.label} gives {address}. {whose} another one, at {place}."
        self.problems.error("preset-conflict", detail, part.used.span, remedy, related=(place,), address=address)

    def check_cnames(self, added: Iterable[Address]) -> None:
        """Warn of every name at which a preset's record set stands together with a CNAME."""
        for name in dict.fromkeys(address.rpartition("/")[0] for address in added):
            cname = f"{name}/CNAME"
            beside = [rtype for rtype in KNOWN_TYPES if rtype != "CNAME" and f"{name}/{rtype}" in self.records.state]
            if cname in self.records.state and beside:
                span, *more = (self.records.places[f"{name}/{rtype}"] for rtype in ("CNAME", *beside))
                detail = f"The name also holds {', '.join(sorted(beside))}."
                related = tuple(dict.fromkeys(more))
                self.problems.warning(
                    "cname-beside-others", detail, span, "Delete one of them.", related=related, address=cname
                )

    def add_spf(self, senders: tuple[Used, ...], parts: dict[Address, list[_Part]]) -> None:
        """Add the one SPF record of presets and file to ``parts``, and take the file's own out of its record set."""
        address = record_address(self.zone.zone, "", "TXT")
        merged = self._merged_spf(address, senders)
        if merged is None:
            return
        if (own := self.records.state.get(address)) is not None:
            others = [v for v in own.values if isinstance(v, bytes) and not is_spf(_text(v))]
            self.records.state[address] = own._replace(values=tuple(others))
        value = frozenset({txt_wire(merged.text.encode())})
        given = parts.setdefault(address, [])
        without = [part for part in given if part.used not in senders]
        both = {part.used.label: part.values for part in given}
        spf = [_Part(one, both.get(one.label, frozenset()) | value) for one in senders]
        parts[address] = sorted([*without, *spf], key=lambda part: part.used.label)

    def _merged_spf(self, address: Address, senders: tuple[Used, ...]) -> MergedSpf | None:
        """Return the SPF record of all senders, or None where it can't be made, which is reported."""
        place = self.records.places.get(address)
        at = senders[0].span
        try:
            own = self._own_sender(address, str(place))
        except SpfError as error:
            where = place or at
            self.problems.error("wrong-spf", str(error), where, error.help, related=(at,), address=address)
            return None
        silent = next(
            (one for one in senders if one.preset.content.spf and not one.preset.content.spf.mechanisms), None
        )
        if own is not None and silent is not None and own.record != _sender(silent).record:
            part = _Part(silent, frozenset())
            self._conflict(address, part, place or at, "The zone's file has")
            return None
        merged = merge_spf(own, map(_sender, senders))
        if merged.is_too_much:
            self._too_many_lookups(address, merged, senders, place)
            return None
        return merged

    def _own_sender(self, address: Address, name: str) -> Sender | None:
        """Return the SPF record in the zone's file; raises ``SpfError`` for more than one."""
        own = self.records.state.get(address)
        found = [text for text in map(_text, own.values if own else ()) if is_spf(text)]
        if len(found) > 1:
            detail = f"Here stand {len(found)} SPF records, which receivers take for an error."
            raise SpfError(detail, "Put their senders into one.")
        return parse_spf(name, found[0], known_lookups()) if found else None

    def _too_many_lookups(
        self, address: Address, merged: MergedSpf, senders: tuple[Used, ...], place: Span | None
    ) -> None:
        costs = ", ".join(f"{name} costs {count}" for name, count in merged.lookups.items() if count)
        detail = (
            f"The SPF record costs {sum(merged.lookups.values())} DNS look-ups, and receivers stop with an error after "
            f"{MOST_LOOKUPS}. {costs}."
        )
        spans = [*(one.span for one in senders[1:]), *([place] if place else [])]
        remedy = "Take out a sender, or name its networks as `ip4:` and `ip6:`, which cost nothing."
        self.problems.error("spf-lookups", detail, senders[0].span, remedy, related=tuple(spans), address=address)


def _leave_out(part: _Part) -> str:
    """Return how an option leaves a record set out of its preset, or nothing where none does."""
    names = [name for name in part.when if not name.startswith("not ")]
    if not names:
        return ""
    off = NONE if part.used.preset.content.options[names[-1]].type == "text" else "false"
    return f"`{names[-1]}: {off}` leaves it out of the preset."


def _sender(used: Used) -> Sender:
    """Return what a preset says about who sends mail."""
    spec = used.preset.content.spf
    terms = [
        (used.text(t.mechanism).removesuffix("."), t.lookups)
        for t in (spec.mechanisms if spec else ())
        if used.holds(t.when)
    ]
    return Sender(used.label, tuple(term for term, _ in terms), spec.all if spec else None, costs=dict(terms))


def _text(value: bytes | str) -> str:
    return txt_content(value).decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
