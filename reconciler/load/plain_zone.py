"""A zone file in the plain form of octoDNS's YAML, straight from its text: a hot path, written for speed.

A zone may hold 100,000 record sets, and an event of a YAML parser for each of their scalars costs more than all else.
So an entry that is written as octoDNS and most people write it (block style, the usual keys, scalars of one line that
are plain or simply quoted, comments) is recognised by one regular expression. All other entries go the general way
(``zonefile``), in a text in which only line ends and a ``#`` are left of the plain ones, so that every place is right.
Where that could differ in anything from a file read whole, or where there is an error, the file is read whole.
"""

from reconciler.load.nodes import Node, Scalar
from reconciler.load.places import Places
from reconciler.load.plain_entries import Odd, PlainEntries, ReadWholeError, after_head
from reconciler.load.plain_form import (
    OTHER_BREAKS,
)
from reconciler.load.problems import Problems
from reconciler.load.yaml_text import ZONE, YamlReader
from reconciler.load.zone_records import Records, ZoneContent, ZoneSettings, check_cnames
from reconciler.load.zonefile import ZoneEntries, read_zone_file

#: No entry of the plain form holds more keys and values for each of its lines.
_NODES_PER_LINE = 3


def read_plain_zone(file: str, raw: bytes, settings: ZoneSettings, problems: Problems) -> ZoneContent:
    """Return what a zone file declares, exactly as ``read_zone_file`` does."""
    try:
        return _read(file, raw, settings, problems)
    except ReadWholeError:
        records = Records()
        read_zone_file(file, raw, settings, records, problems)
        return ZoneContent(records.state, records.places, records.metas)


def _read(file: str, raw: bytes, settings: ZoneSettings, problems: Problems) -> ZoneContent:
    text = _text(raw)
    entries = PlainEntries(text, settings)
    odd = entries.read()
    state, others = entries.state, Records()
    if not state:
        raise ReadWholeError
    if odd:
        apart = problems.apart()
        rest = _without_plain(text, odd)
        if odd[-1].end == len(text) and not raw.endswith(b"\n"):
            rest = rest[:-1]  # a text in a block may end without a line end
        names = _read_odd(file, rest, odd, ZoneEntries(file, settings, others, apart), apart)
        if names & entries.names or not state.keys().isdisjoint(others.state):
            raise ReadWholeError
        state.update(others.state)
        entries.lines.extend(span.line for span in others.places.values())
        entries.columns.extend(span.column for span in others.places.values())
        problems.absorb(apart)
    problems.source(file, raw)
    numbers = entries.lines + entries.columns  # without the entries, which hold the text
    places = Places(file, len(state), lambda: state, lambda: numbers)
    check_cnames(state, places, problems)
    return ZoneContent(state, places, others.metas)


def _text(raw: bytes) -> str:
    """Return a file's text with a line end at its end."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ReadWholeError from None
    too_much = len(raw) > ZONE.size or _NODES_PER_LINE * text.count("\n") > ZONE.nodes
    if too_much or "\r" in text or (not text.isascii() and OTHER_BREAKS.search(text)):
        raise ReadWholeError
    return text if text.endswith("\n") else f"{text}\n"


def _without_plain(text: str, odd: list[Odd]) -> str:
    """Return the text with nothing but line ends and a ``#`` left of all plain entries.

    The sign ends whatever would take in the line ends, as the key did that stood there.
    """
    at = after_head(text)
    pieces = [text[:at]]
    for one in odd:
        if one.start > at:
            pieces.append("#" + "\n" * text.count("\n", at, one.start))
        pieces.append(text[one.start : one.end])
        at = one.end
    return "".join(pieces)


def _read_odd(file: str, text: str, odd: list[Odd], entries: ZoneEntries, problems: Problems) -> set[str]:
    """Read the entries that aren't plain and return their names; the general way must see the same entries."""
    names: list[str] = []
    places: list[tuple[int, int]] = []

    def take(key: Scalar, node: Node) -> None:
        names.append(key.text)
        places.append((key.mark.line, key.mark.column))
        entries.take(key, node)

    reader = YamlReader(file, text.encode(), problems, ZONE)
    other = reader.entries(take)
    if reader.failed or problems.failed or other is not None or places != [(one.line - 1, 0) for one in odd]:
        raise ReadWholeError
    return set(names)
