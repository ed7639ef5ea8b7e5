"""The entries of a zone file in the plain form, to canonical record sets: the inner loop of the hot path.

It is written for speed: what nine of ten entries are is found by one regular expression and kept in a few steps.
"""

import re
from array import array
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from reconciler.kinds.record import RecordValue, record_value
from reconciler.kinds.record_names import canonical_owner, canonical_zone
from reconciler.kinds.record_text import is_known_type, is_wire_type, opaque_value, wire_value
from reconciler.load.nodes import typed_text
from reconciler.load.plain_form import (
    BEGINNING,
    DASH,
    HEAD,
    INSIDE,
    ITEM,
    LISTED,
    NAME,
    OWNER,
    PART,
    QUOTES,
    RECORD,
    USUAL,
)
from reconciler.load.yaml_text import NULLS
from reconciler.load.zone_records import ONE_VALUE, ZoneSettings
from reconciler.load.zonefile import MAX_NAME, MAX_TTL
from reconciler.model.address import Address, encode_part
from reconciler.model.fields import Json
from reconciler.model.scalars import refusals

#: What the groups of a match hold.
_Groups: TypeAlias = tuple[str | Any, ...]
#: A record set with its address, line and column.
_Placed: TypeAlias = tuple[Address, RecordValue, int, int]
#: A longer text is for the general way.
_LONGEST = 9999


class _NotPlainError(Exception):
    """An entry isn't of the plain form, although it looked like it."""


class ReadWholeError(Exception):
    """The file has to be read whole, the general way."""


class Odd(NamedTuple):
    """An entry that isn't of the plain form: where it begins and ends in the text, and its line."""

    start: int
    end: int
    line: int


class PlainEntries:
    """The entries of one file; those of the plain form become record sets."""

    def __init__(self, text: str, settings: ZoneSettings) -> None:
        self._text = text
        self._prefix = f"record/{encode_part(canonical_zone(settings.zone))}/"
        self._longest = MAX_NAME - len(settings.zone) - 1
        self._default = settings.default_ttl
        self._cuts = settings.cuts
        self._wire = partial(wire_value, lenient=settings.lenient, escaped_semicolons=settings.escaped_semicolons)
        self._ttls: dict[str, int] = {}
        self._opaque: set[str] = set()
        self._types: dict[str, tuple[str, str]] = {}
        self._parts: dict[tuple[str, str], bytes | str] = {}
        self.state: dict[Address, RecordValue] = {}
        #: Where each record set stands.
        self.lines, self.columns = array("I"), array("I")
        self.names: set[str] = set()

    def read(self) -> list[Odd]:
        """Take all plain entries and return the others."""
        text, end = self._text, len(self._text)
        at = after_head(text)
        line = text.count("\n", 0, at) + 1
        odd = []
        while at < end:
            usual = USUAL.match(text, at)
            stop = (usual and self._usual(usual, line)) or self._entry(at, line)
            if not stop:
                following = BEGINNING.search(text, at + 1)
                stop = following.start() if following else end
                odd.append(Odd(at, stop, line))
            line += text.count("\n", at, stop)
            at = stop
        return odd

    def _usual(self, found: re.Match[str], line: int) -> int:
        """Take the lone record set of an entry and return where it ends; 0 for one that isn't plain."""
        groups: _Groups = found.groups()
        name, lead, ttl, rtype, text, block = groups
        if name[0] in QUOTES:
            name = name[1:-1]
        owner = self._owner(name)
        one = self._record_set(owner, rtype, ttl, text, block) if owner else None
        if one is None:
            return 0
        if name in self.names or one[0] in self.state:
            raise ReadWholeError
        self.names.add(name)
        self.state[one[0]] = one[1]
        self.lines.append(line if lead == "  " else line + 1)
        self.columns.append(1 if lead == "  " else 3)
        return found.end()

    def _entry(self, at: int, line: int) -> int:
        """Take the entry that begins here and return where it ends; 0 for one that isn't plain."""
        text = self._text
        head = NAME.match(text, at)
        found = RECORD.match(text, head.end()) if head else None
        if head is None or found is None:
            return 0
        name = head[1][1:-1] if head[1][0] in QUOTES else head[1]
        owner = self._owner(name)
        one = self._chosen(owner, found) if owner else None
        if one is None:
            return 0
        item, gap, stop, column = found[2], found[3], found.end(), 1
        if item is not None:
            column, start = len(item) + len(gap) + 2, found.start()
            line, at = line + text.count("\n", at, start), start
        further: list[_Placed] = []
        if text[stop : stop + 1] in INSIDE:
            stop = self._further(owner, item, line + text.count("\n", at, stop), stop, further)
            if not stop:
                return 0
        if name in self.names:
            raise ReadWholeError
        self.names.add(name)
        self._add(*one, line, column)
        for more in further:
            self._add(*more)
        return stop

    def _further(self, owner: str, item: str | None, line: int, at: int, sets: list[_Placed]) -> int:
        """Take the further record sets of a list and return where it ends; 0 where one isn't plain."""
        text, dash = self._text, "" if item is None else f"{item}- "
        while dash and text.startswith(dash, at):
            found = RECORD.match(text, at)
            one = self._chosen(owner, found) if found else None
            if found is None or one is None:
                return 0
            sets.append((*one, line, len(dash) + len(found[3])))
            line += text.count("\n", at, found.end())
            at = found.end()
        return at if BEGINNING.match(text, at) else 0

    def _add(self, address: Address, value: RecordValue, line: int, column: int) -> None:
        if address in self.state:
            raise ReadWholeError
        self.state[address] = value
        self.lines.append(line)
        self.columns.append(column)

    def _owner(self, name: str) -> str:
        """Return an owner's name as it stands in addresses; empty where that is for the general way to say."""
        if len(name) > self._longest:
            return ""
        owner = name
        if not OWNER.match(name):
            try:
                owner = encode_part(canonical_owner(name))
            except refusals():
                return ""
        if self._cuts and any(owner == cut or owner.endswith(f".{cut}") for cut in self._cuts):
            return ""
        return owner

    def _chosen(self, owner: str, found: re.Match[str]) -> tuple[Address, RecordValue] | None:
        """Return the record set of a match of ``RECORD``; None where that is for the general way to judge."""
        groups: _Groups = found.groups()
        _, _, _, ttl, type1, ttl1, text1, block1, text2, block2, ttl2, type2, last = groups
        if last and (ttl or ttl1 or ttl2):
            return None
        said = ttl or ttl1 or ttl2 or last
        return self._record_set(owner, type1 or type2, said, text1 or text2, block1 or block2)

    def _record_set(
        self, owner: str, rtype: str, ttl: str | None, text: str | None, block: str
    ) -> tuple[Address, RecordValue] | None:
        """Return a record set; None where that is for the general way to judge."""
        known, part = self._types.get(rtype) or self._type(rtype)
        seconds = self._default if ttl is None else self._ttls.get(ttl)
        if seconds is None:
            seconds = self._ttls[str(ttl)] = int(str(ttl))
        if not known or seconds > MAX_TTL:
            return None
        try:
            if text is None:
                value = record_value(known, seconds, self._values(known, block))
            elif text[0] == "[":
                value = record_value(known, seconds, self._listed(known, text))
            else:
                value = RecordValue(known, seconds, (self._value(known, text),))
        except (refusals(), _NotPlainError):
            return None
        return f"{self._prefix}{owner}/{part}", value

    def _type(self, rtype: str) -> tuple[str, str]:
        """Return a type (the same object each time) and how addresses have it; empty for one that can't be declared."""
        can_be = rtype != "SOA" and (is_wire_type(rtype) or is_known_type(rtype))
        if can_be and not is_wire_type(rtype):
            self._opaque.add(rtype)
        return self._types.setdefault(rtype, (rtype, encode_part(rtype)) if can_be else ("", ""))

    def _value(self, rtype: str, text: str) -> bytes | str:
        if rtype in self._opaque:
            return opaque_value(_typed(text))
        return self._wire(rtype, _said(text))

    def _listed(self, rtype: str, text: str) -> list[bytes | str]:
        """Return the values of a list on one line."""
        items = [item.strip(" ") for item in text[1:-1].split(",")]
        if not all(map(LISTED.fullmatch, items)) or (len(items) > 1 and rtype in ONE_VALUE):
            raise _NotPlainError
        return [self._value(rtype, item) for item in items]

    def _values(self, rtype: str, block: str) -> list[bytes | str]:
        """Return the values of a list, or the one that a mapping is."""
        found = DASH.match(block)
        if found is None:
            indentation = " " * (len(block) - len(block.lstrip(" ")))
            return [self._mapping(rtype, block[len(indentation) :].rstrip("\n"), indentation)]
        dash = found.group()
        items = block[len(dash) :].rstrip("\n").split(f"\n{dash}")
        if len(items) > 1 and rtype in ONE_VALUE:
            raise _NotPlainError
        values = []
        for item in items:
            text = ITEM.fullmatch(item)
            values.append(self._value(rtype, text[1]) if text else self._mapping(rtype, item, " " * len(dash)))
        return values

    def _mapping(self, rtype: str, text: str, indentation: str) -> bytes | str:
        known = self._parts.get((rtype, text))
        if known is None:
            parts = [PART.fullmatch(line) for line in text.split(f"\n{indentation}")]
            pairs = {part[1]: part[2] for part in parts if part}
            if len(pairs) < len(parts):
                raise _NotPlainError
            if rtype in self._opaque:
                known = opaque_value({name: _typed(said) for name, said in pairs.items()})
            else:
                known = self._wire(rtype, {name: _said(said) for name, said in pairs.items()})
            self._parts[rtype, text] = known
        return known


def _said(text: str) -> str:
    """Return what a scalar says."""
    if len(text) > _LONGEST:
        raise _NotPlainError
    if text[0] in QUOTES:
        return text[1:-1]
    if text in NULLS:
        raise _NotPlainError
    return text


def _typed(text: str) -> Json:
    """Return what a scalar says where no schema of ours rules."""
    return _said(text) if text[0] in QUOTES else typed_text(_said(text))


def after_head(text: str) -> int:
    """Return where the first entry of a file begins."""
    found = HEAD.match(text)
    return found.end() if found else 0
