"""The data of a master file's records to canonical wire bytes; names are relative to the origin there."""

import re
import struct
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from reconciler.kinds.record_names import is_absolute, name_to_wire
from reconciler.kinds.record_text import is_wire_type, txt_wire, wire_value
from reconciler.load.master_text import Word
from reconciler.model.late import pattern
from reconciler.model.scalars import refusals

_NUMBER = pattern(r"[0-9]{1,10}\Z")
_ESCAPE = pattern(r"\\([0-9]{3}|.)", re.DOTALL)
_TYPE_NUMBER = pattern(r"TYPE[0-9]{1,5}\Z")


class WrongWordError(Exception):
    """A word that can't stand where it does: its place, the code, a sentence, and how to mend it."""

    def __init__(self, word: Word, detail: str, help: str = "", code: str = "wrong-value") -> None:
        super().__init__(detail)
        self.word = word
        self.code = code
        self.help = help


Data: TypeAlias = Sequence[Word]


def absolute(word: Word, origin: str) -> str:
    """Return the absolute name that a word stands for; raises :class:`WrongWordError`."""
    text = word.text
    if not text.isascii():
        detail = f"{text!r} is not ASCII, which some name servers read as bytes and some as a U-label."
        raise WrongWordError(word, detail, "Write the name's A-label (`xn--...`).")
    if text == "@":
        return origin
    if is_absolute(text):
        return text
    return f"{text}." if origin == "." else f"{text}.{origin}"


def name_wire(word: Word, origin: str) -> bytes:
    """Return the wire bytes of the absolute name that a word stands for; raises :class:`WrongWordError`."""
    try:
        return name_to_wire(absolute(word, origin))
    except refusals() as error:
        raise WrongWordError(word, error.message()) from None


def type_name(text: str) -> str | None:
    """Return a type in its one spelling (``TYPE1`` is ``A``), or None for what is no type with data."""
    rtype = text.upper()
    if _TYPE_NUMBER.match(rtype):
        import dns.rdatatype

        if int(rtype[4:]) > 65535:
            return None
        rtype = dns.rdatatype.to_text(dns.rdatatype.from_text(rtype))
    return rtype if is_wire_type(rtype) or rtype == "SOA" else None


def data_wire(rtype: str, at: Word, data: Data, origin: str) -> bytes:
    """Return canonical data of a record whose type stands at ``at``; raises :class:`WrongWordError`."""
    direct = _DIRECT.get(rtype)
    try:
        if direct is None or (data and data[0].text == "\\#" and not data[0].quoted):
            return _general(rtype, at, data, origin)
        return direct(rtype, at, data, origin)
    except refusals() as error:
        remedy = str((error.context or {}).get("help", ""))
        raise WrongWordError(data[0] if data else at, error.message(), remedy) from None


def _address(rtype: str, at: Word, data: Data, _origin: str) -> bytes:
    (word,) = _parts(at, data, 1)
    return wire_value(rtype, _plain(word).text)


def _name(_rtype: str, at: Word, data: Data, origin: str) -> bytes:
    (word,) = _parts(at, data, 1)
    return name_wire(_plain(word), origin)


def _mx(_rtype: str, at: Word, data: Data, origin: str) -> bytes:
    preference, exchange = _parts(at, data, 2)
    return struct.pack("!H", _number(preference)) + name_wire(_plain(exchange), origin)


def _srv(_rtype: str, at: Word, data: Data, origin: str) -> bytes:
    *numbers, target = _parts(at, data, 4)
    return struct.pack("!HHH", *map(_number, numbers)) + name_wire(_plain(target), origin)


def _txt(_rtype: str, at: Word, data: Data, _origin: str) -> bytes:
    if not data:
        raise WrongWordError(at, "This record has no text.", 'Write it in quotes; `""` is an empty one.')
    return txt_wire(b"".join(map(_string, data)))


def _string(word: Word) -> bytes:
    """Return the octets of one character string."""
    text = word.text
    octets = text.encode() if "\\" not in text else _unescaped(word)
    if len(octets) > 255:
        detail = f"This string has {len(octets)} octets; one string holds at most 255."
        raise WrongWordError(word, detail, 'Write several strings in a row: `"first" "second"`.')
    return octets


def _unescaped(word: Word) -> bytes:
    parts: list[bytes] = []
    last = 0
    for found in _ESCAPE.finditer(word.text):
        parts.append(word.text[last : found.start()].encode())
        escape, last = found[1], found.end()
        if not (escape[0].isascii() and escape[0].isdigit()):
            parts.append(escape.encode())
        elif len(escape) == 3 and int(escape) < 256:
            parts.append(bytes((int(escape),)))
        else:
            raise WrongWordError(word, f"`\\{escape}` is not an octet; `\\000` to `\\255` are.")
    return b"".join([*parts, word.text[last:].encode()])


def _parts(at: Word, data: Data, count: int) -> Data:
    if len(data) == count:
        return data
    parts = "part" if count == 1 else "parts"
    detail = f"The data of this record has {count} {parts}, but here stand {len(data)}."
    raise WrongWordError(data[count] if len(data) > count else at, detail)


def _plain(word: Word) -> Word:
    if word.quoted:
        raise WrongWordError(word, "This part of the data can't stand in quotes.", "Delete the quotes.")
    return word


def _number(word: Word) -> int:
    if _NUMBER.match(_plain(word).text) and int(word.text) < 2**16:
        return int(word.text)
    raise WrongWordError(word, f"`{word.text}` is not a whole number from 0 to 65535.")


def _general(rtype: str, at: Word, data: Data, origin: str) -> bytes:
    """Return data of any type that dnspython knows."""
    for word in data:
        if not word.quoted and not word.text.isascii():
            raise WrongWordError(word, f"{word.text!r} is not ASCII.", "Write octets as `\\DDD`, or text in quotes.")
    text = " ".join(f'"{word.text}"' if word.quoted else word.text for word in data)
    try:
        return _parsed(rtype, text, origin)
    except ValueError as error:
        detail = f"This is not the data of a record of type {rtype}: {str(error).rstrip('.')}."
        raise WrongWordError(data[0] if data else at, detail) from None


@lru_cache(maxsize=1 << 10)
def _parsed(rtype: str, text: str, origin: str) -> bytes:
    """Return data in presentation format as canonical wire bytes; raises ``ValueError``."""
    import dns.exception
    import dns.name
    import dns.rdata

    try:
        rdata = dns.rdata.from_text("IN", rtype, text, dns.name.from_text(origin), relativize=False)
    except (dns.exception.DNSException, struct.error, OverflowError) as error:
        raise ValueError(str(error)) from error
    return wire_value(rtype, rdata.to_text())


_DIRECT: Mapping[str, Callable[[str, Word, Data, str], bytes]] = {
    "A": _address,
    "AAAA": _address,
    "CNAME": _name,
    "DNAME": _name,
    "MX": _mx,
    "NS": _name,
    "PTR": _name,
    "SPF": _txt,
    "SRV": _srv,
    "TXT": _txt,
}
