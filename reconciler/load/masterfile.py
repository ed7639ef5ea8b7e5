"""A zone's master file (RFC 1035, section 5) to canonical record sets, as BIND's named-checkzone understands it.

Where BIND only warns, so do we: a TTL that differs inside a record set, a name that ends with the zone's name twice.
"""

import re
from collections.abc import Iterator
from dataclasses import field
from typing import NamedTuple

from reconciler.kinds.record import record_value
from reconciler.kinds.record_names import name_to_wire, wire_to_name
from reconciler.kinds.record_text import record_address
from reconciler.load.master_generate import MOST, generated, numbers_of
from reconciler.load.master_rdata import WrongWordError, absolute, data_wire, name_wire, type_name
from reconciler.load.master_text import Comment, Entry, MasterText, Word
from reconciler.load.problems import MOST_PER_FILE, Problems
from reconciler.load.spelling import did_you_mean
from reconciler.load.zone_records import ONE_VALUE, Records, ZoneSettings, check_cnames, may_stand
from reconciler.load.zonefile import KNOWN_TYPES
from reconciler.model.address import Address
from reconciler.model.late import dataclass, pattern
from reconciler.model.scalars import refusals
from reconciler.model.span import Span

_SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_TTL = pattern(r"[0-9]{1,10}\Z|(?:[0-9]{1,10}[wdhms])+\Z", re.IGNORECASE)
_TTL_PART = pattern(r"([0-9]+)([a-z]?)")
_MAX_TTL = 2**31 - 1
_MAX_NAME = 253
_USUAL_OWNER = pattern(r"[a-z0-9_*-]{1,63}(?:\.[a-z0-9_*-]{1,63})*\Z")
_MAX_RECORDS = 1_000_000
_OTHER_CLASSES = frozenset({"CH", "CHAOS", "HS", "HESIOD", "CS", "NONE"})
_CLASS_NUMBER = pattern(r"CLASS[0-9]{1,5}\Z")


class MasterRecord(NamedTuple):
    """One record: its record set's address (None for the SOA), canonical data, place, and the line of its last word."""

    address: Address | None
    rtype: str
    ttl: int
    data: bytes
    span: Span
    last: int


@dataclass(frozen=True, slots=True)
class MasterZone:
    """A master file as read: its records in the order of the file, and its comments."""

    records: tuple[MasterRecord, ...]
    comments: tuple[Comment, ...]


def read_master_file(file: str, raw: bytes, settings: ZoneSettings, records: Records, problems: Problems) -> MasterZone:
    """Add a master file's record sets to ``records``, and return what it holds one by one."""
    text = MasterText(file, raw, problems)
    reader = _Reader(file, settings, problems)
    found = tuple(reader.records(text))
    sets = _Sets(settings, records, problems)
    for record in found:
        sets.add(record)
    sets.close()
    if not found and not problems.failed:
        detail = f"The zone {settings.zone} is managed and empty."
        problems.warning("empty-zone-file", detail, Span(file, 1, 1), "Write the SOA record if this is meant.")
    return MasterZone(found, tuple(text.comments))


class _Reader:
    """What a master file's lines depend on: origin, last owner, TTLs."""

    def __init__(self, file: str, settings: ZoneSettings, problems: Problems) -> None:
        self._file = file
        self._settings = settings
        self._problems = problems
        self._zone = name_to_wire(f"{settings.zone}.")
        self._origin = f"{settings.zone}."
        #: Absolute names as written, and relative to the zone in canonical form (None outside of it).
        self._owners: dict[tuple[str, str], tuple[str, str | None]] = {}
        self._owner: tuple[str, str | None] | None = None
        self._default: int | None = None
        self._last: int | None = None
        self._soa: bytes | None = None
        self._run: dict[str, tuple[int, Span]] = {}
        self._generated = 0

    def records(self, text: MasterText) -> Iterator[MasterRecord]:
        """Yield every sound record; what is wrong with the others is reported."""
        count = wrong = 0
        for entry in text.entries():
            try:
                for record in self._entry(entry):
                    count += 1
                    yield record
            except WrongWordError as error:
                wrong += 1
                self._problems.error(error.code, str(error), self._span(error.word), error.help)
            if count > _MAX_RECORDS:
                detail = f"The file has more than {_MAX_RECORDS:,} records."
                self._problems.error("too-many-nodes", detail, self._span(entry.words[0]))
                return
            if wrong >= MOST_PER_FILE:
                detail = f"After {wrong} wrong lines nothing more was read."
                self._problems.error("too-many-errors", detail, self._span(entry.words[0]))
                return

    def _entry(self, entry: Entry) -> Iterator[MasterRecord]:
        first = entry.words[0]
        if entry.inherits or first.quoted or not first.text.startswith("$"):
            yield self._record(entry)
        elif first.text.upper() == "$GENERATE":
            yield from self._many(entry)
        else:
            self._directive(first, entry.words[1:])

    def _directive(self, first: Word, rest: list[Word]) -> None:
        name = first.text.upper()
        if name not in ("$TTL", "$ORIGIN"):
            what = "would read another file" if name == "$INCLUDE" else "is unknown"
            remedy = "`$ORIGIN`, `$TTL` and `$GENERATE` are understood; write the records of an `$INCLUDE` here."
            raise WrongWordError(first, f"`{first.text}` {what}.", remedy, "master-directive")
        if len(rest) != 1:
            raise WrongWordError(rest[1] if rest else first, f"`{name}` takes exactly one word.", code="master-syntax")
        if name == "$ORIGIN":
            self._origin = wire_to_name(name_wire(rest[0], self._origin))[0]
            return
        self._default = _ttl(rest[0])
        if self._default is None:
            raise WrongWordError(rest[0], f"`{rest[0].text}` is no TTL.", "Write seconds, or units: `1h30m`.")

    def _many(self, entry: Entry) -> Iterator[MasterRecord]:
        numbers = numbers_of(entry)
        if self._ttl_and_class(entry.words, 3)[1] != len(entry.words) - 2:
            detail = "The data of a generated record is one word, after the type."
            raise WrongWordError(entry.words[-1], detail, "Write data of several parts in quotes.", "master-syntax")
        self._generated += len(numbers)
        if self._generated > MOST:
            detail = f"With this one, the directives of this file stand for {self._generated:,} records."
            raise WrongWordError(entry.words[1], detail, f"Stay within {MOST:,}.", "too-many-generated")
        outside = self._owner, self._run
        for one in generated(entry, numbers):
            self._run = {}
            yield self._record(one)
        self._owner, self._run = outside

    def _record(self, entry: Entry) -> MasterRecord:
        words = entry.words
        if not entry.inherits:
            self._enter(words[0])
        if self._owner is None:
            detail = "The record begins with a space, but no record with a name stands before it."
            raise WrongWordError(words[0], detail, "Write its name, or `@` for the zone itself.", "master-syntax")
        at = words[0] if entry.inherits else words[min(1, len(words) - 1)]
        ttl, index = self._ttl_and_class(words, 0 if entry.inherits else 1)
        if index >= len(words):
            raise WrongWordError(at, "The record has no type and no data.", code="master-syntax")
        return self._typed(words[index], words[index + 1 :], ttl, words[0])

    def _typed(self, at: Word, data: list[Word], given: int | None, first: Word) -> MasterRecord:
        rtype = None if at.quoted else type_name(at.text)
        if rtype is None:
            remedy = did_you_mean(at.text.upper(), KNOWN_TYPES, "Common types")
            raise WrongWordError(at, f"`{at.text}` is no record type.", remedy, "unknown-type")
        span, name = self._span(first), self._owner[1] if self._owner else None
        if name is None:
            detail = f"This record belongs to {self._owner[0] if self._owner else ''}"
            remedy = f"Names without a trailing dot are relative to `{self._origin}`."
            raise WrongWordError(first, f"{detail}, outside of {self._settings.zone}.", remedy, "out-of-zone")
        if rtype == "SOA":
            return self._start(at, data, given, name, span)
        ttl = self._effective(rtype, given, span)
        wire = data_wire(rtype, at, data, self._origin)
        self._check_doubled(data)
        try:
            address = record_address(self._settings.zone, name, rtype)
        except refusals() as error:
            raise WrongWordError(first, error.message()) from None
        return MasterRecord(address, rtype, ttl, wire, span, (data or [at])[-1].line)

    def _start(self, at: Word, data: list[Word], given: int | None, name: str, span: Span) -> MasterRecord:
        """Read the SOA, of which only the TTL matters: the name server keeps the record itself."""
        wire = data_wire("SOA", at, data, self._origin)
        if name != "@" or self._soa not in (None, wire):
            what = "An SOA stands at the zone's own name only." if name != "@" else "This SOA differs from the first."
            raise WrongWordError(at, what, "Delete the record.")
        self._soa = wire
        if given is None and self._default is None and self._last is None:
            self._default = int.from_bytes(wire[-4:])  # the field `minimum`
        return MasterRecord(None, "SOA", self._effective("SOA", given, span), wire, span, data[-1].line)

    def _effective(self, rtype: str, given: int | None, span: Span) -> int:
        """Return a record's TTL: its own, else `$TTL`, else the last one written (RFC 1035), else the zone's option.

        Among records of one type that follow each other below one owner the first TTL counts.
        """
        ttl = given if given is not None else self._default if self._default is not None else self._last
        if ttl is None:
            return self._settings.default_ttl
        prior, at = self._run.setdefault(rtype, (ttl, span))
        if prior != ttl:
            self._report_ttls(ttl, prior, span, at)
        self._last = prior
        return prior

    def _report_ttls(self, ttl: int, taken: int, span: Span, other: Span) -> None:
        detail = f"The TTL here is {ttl}, but the record set has {taken}, which counts."
        remedy = "Write the same TTL for all records of a name and type (RFC 2181, section 5.2)."
        self._problems.warning("different-ttls", detail, span, remedy, related=(other,))

    def _ttl_and_class(self, words: list[Word], index: int) -> tuple[int | None, int]:
        """Return the TTL, if there is one, and where the type stands; TTL and class come in any order, once each."""
        ttl, has_class = None, False
        for word in words[index : index + 2]:
            found = None if word.quoted or ttl is not None else _ttl(word)
            if found is not None:
                ttl = found
            elif not has_class and not word.quoted and self._is_class(word):
                has_class = True
            else:
                break
            index += 1
        return ttl, index

    def _is_class(self, word: Word) -> bool:
        text = word.text.upper()
        if text in ("IN", "CLASS1"):
            return True
        if text in _OTHER_CLASSES or _CLASS_NUMBER.match(text):
            raise WrongWordError(word, f"The class of this record is {text}.", "Write `IN`.", "wrong-class")
        return False

    def _enter(self, word: Word) -> None:
        """Make a word the current owner."""
        key = (word.text, self._origin)
        owner = self._owners.get(key)
        if owner is None:
            owner = self._owners[key] = (absolute(word, self._origin), self._relative(word))
            self._check_doubled([word])
        if self._owner is None or self._owner[0] != owner[0]:
            self._run = {}
        self._owner = owner

    def _relative(self, word: Word) -> str | None:
        """Return a name relative to the zone, None for one outside of it."""
        text, zone = word.text, f"{self._settings.zone}."
        if self._origin == zone and len(text) + len(zone) < _MAX_NAME and _USUAL_OWNER.match(text):
            return text
        wire, at = name_wire(word, self._origin), 0
        while wire[at:] != self._zone:
            if not wire[at]:
                return None
            at += wire[at] + 1
        return wire_to_name(wire[:at] + b"\0")[0].removesuffix(".") if at else "@"

    def _check_doubled(self, words: list[Word]) -> None:
        """Warn of a name that ends with the zone's name twice: the mistake for which no tool has a rule."""
        zone = self._settings.zone
        for word in words:
            text = word.text.lower()
            if text.endswith(zone) and not word.quoted and text[: -len(zone)][-1:] in ("", "."):
                full = f"{text}.{self._origin}"
                if full.endswith(f"{zone}.{zone}."):
                    detail = f"`{word.text}` has no trailing dot, so it stands for {full}"
                    self._problems.warning("doubled-zone", detail, self._span(word), f"Write `{word.text}.`")

    def _span(self, word: Word) -> Span:
        return Span(self._file, word.line, word.column)


@dataclass(slots=True)
class _Sets:
    """The record sets that records make together."""

    settings: ZoneSettings
    records: Records
    problems: Problems
    values: dict[Address, set[bytes]] = field(default_factory=dict)
    ttls: dict[Address, tuple[int, Span, str]] = field(default_factory=dict)
    refused: set[Address] = field(default_factory=set)

    def add(self, record: MasterRecord) -> None:
        """Add one record; of TTLs that differ in places far from each other the last counts, as with BIND."""
        address = record.address
        if address is None or address in self.refused:
            return
        if address not in self.values:
            if not may_stand(self.settings, address, record.rtype, record.span, self.settings.lenient, self.problems):
                self.refused.add(address)
                return
            self.records.places[address] = record.span
            self.values[address] = set()
        elif record.rtype in ONE_VALUE and record.data not in self.values[address]:
            self._report_second(record, address)
            return
        elif self.ttls[address][0] != record.ttl:
            self._report_ttls(record, *self.ttls[address])
        self.values[address].add(record.data)
        self.ttls[address] = (record.ttl, record.span, record.rtype)

    def close(self) -> None:
        """Put the record sets where they belong."""
        for address, values in self.values.items():
            ttl, _, rtype = self.ttls[address]
            self.records.state[address] = record_value(rtype, ttl, values)
        check_cnames(self.values, self.records.places, self.problems)

    def _report_ttls(self, record: MasterRecord, ttl: int, span: Span, _rtype: str) -> None:
        detail = (
            f"The record set has the TTL {ttl} before and {record.ttl} here, which counts, as name servers read it."
        )
        remedy = "Write the same TTL for all records of a name and type (RFC 2181, section 5.2)."
        self.problems.warning("different-ttls", detail, record.span, remedy, related=(span,), address=record.address)

    def _report_second(self, record: MasterRecord, address: Address) -> None:
        detail = f"A name has exactly one record of type {record.rtype}."
        first = self.records.places[address]
        self.problems.error("wrong-value", detail, record.span, "Keep one.", related=(first,), address=address)


def _ttl(word: Word) -> int | None:
    """Return the seconds of a TTL such as ``3600`` or ``1h30m``; None for another word."""
    text = word.text
    if not _TTL.match(text):
        return None
    seconds = sum(int(number) * _SECONDS[unit or "s"] for number, unit in _TTL_PART.findall(text.lower()))
    if seconds > _MAX_TTL:
        detail = "A TTL is between 0 and 2147483647 seconds (RFC 2181, section 8)."
        raise WrongWordError(word, detail, "Write a smaller number; `86400` is a day.")
    return seconds
