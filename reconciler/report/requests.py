"""What became of requests, as a table, as JSON and as CSV."""

from collections.abc import Iterator, Mapping

from reconciler.model.address import Address, split
from reconciler.model.fields import Json
from reconciler.model.state import Asked
from reconciler.model.text import neutral
from reconciler.report.csv_text import csv_text
from reconciler.report.ink import EMPTY, Line, Tone, line
from reconciler.report.table import table_lines
from reconciler.report.view import plural

FORMAT_VERSION = 1
_HEADS = ("KIND", "REFERENCE", "STATUS", "SINCE", "PRICE", "NOTE")
_CUT = 60
_PRICE = 4


def requests_lines(asked: Mapping[Address, Asked]) -> Iterator[Line]:
    """Yield a table of requests, the oldest first, and how many there are."""
    if not asked:
        yield line(("Nothing was ever asked for.", Tone.BOLD))
        return
    yield from table_lines(_HEADS, [tuple(neutral(cell, _CUT) for cell in row) for row in _rows(asked)], {_PRICE})
    yield EMPTY
    yield line((f"{plural(len(asked), 'request')}.", Tone.BOLD))


def requests_json(asked: Mapping[Address, Asked]) -> Json:
    """Return the same as JSON types, each price whole."""
    return {
        "format_version": FORMAT_VERSION,
        "requests": [
            {
                "address": address,
                "status": one.status,
                "at": one.at.isoformat(),
                "note": one.note,
                "quote": one.quote.to_json() if one.quote else None,
            }
            for address, one in _in_order(asked)
        ],
    }


def requests_csv(asked: Mapping[Address, Asked]) -> str:
    """Return the same as CSV."""
    return csv_text([[head.lower() for head in _HEADS], *_rows(asked)])


def _rows(asked: Mapping[Address, Asked]) -> list[tuple[str, ...]]:
    return [
        (*split(address)[:2], one.status, one.at.isoformat(sep=" ", timespec="seconds"), _price(one), one.note)
        for address, one in _in_order(asked)
    ]


def _price(one: Asked) -> str:
    return f"{one.quote.gross} {one.quote.period}" if one.quote else ""


def _in_order(asked: Mapping[Address, Asked]) -> list[tuple[Address, Asked]]:
    return sorted(asked.items(), key=lambda item: (item[1].at, item[0]))
