"""Looks at an account: when somebody looked, what they found, and how long nobody did."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from reconciler.model.fields import Json
from reconciler.model.look import Look, Result
from reconciler.model.text import neutral
from reconciler.report.ink import EMPTY, Line, Tone, columns, line
from reconciler.report.view import plural

FORMAT_VERSION = 1
_HEADS = ("WHEN", "AFTER", "RESULT", "DRIFT", "BOTH", "UNMANAGED", "UNMET", "RECEIPT", "WHO", "RUN")


def looks_lines(looks: Sequence[Look], now: datetime) -> Iterator[Line]:
    """Yield the looks, the newest first, each with the time since the one before it; the last line names the gaps."""
    if not looks:
        yield line(("Nobody has left a trace of a look. `reconciler drift --heartbeat` leaves one.", Tone.BOLD))
        return
    cells = [_HEADS, *(_cells(look, gap) for look, gap in zip(looks, _gaps(looks), strict=True))]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    for number, row in enumerate(cells):
        text = "  ".join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        yield line((text, Tone.DIM if number == 0 else Tone.PLAIN))
    yield EMPTY
    yield line((_summary(looks, now), Tone.BOLD))


def looks_json(looks: Sequence[Look], now: datetime) -> Json:
    """Return the same as JSON types; gaps in seconds."""
    seconds = [None if gap is None else round(gap.total_seconds()) for gap in _gaps(looks)]
    return {
        "format_version": FORMAT_VERSION,
        "looks": [{**look.to_json(), "after": gap} for look, gap in zip(looks, seconds, strict=True)],
        "longest_gap": max((gap for gap in seconds if gap is not None), default=None),
        "since_last": round((now - looks[0].time).total_seconds()) if looks else None,
    }


def _gaps(looks: Sequence[Look]) -> list[timedelta | None]:
    """Return how long before each look nobody looked, as far as the traces tell."""
    return [*(later.time - earlier.time for later, earlier in pairwise(looks)), *([None] if looks else [])]


def _cells(look: Look, gap: timedelta | None) -> tuple[str, ...]:
    found = "" if look.result is Result.UNREADABLE else "{}"
    counts = (found.format(count) for count in (look.drift, look.both, look.unmanaged, look.expectations, look.receipt))
    result = f"{look.result} ({neutral(look.error)})" if look.error else look.result.value
    run = neutral(look.run_url)
    return (_minute(look.time), "" if gap is None else spoken(gap), result, *counts, neutral(look.who), run)


def _summary(looks: Sequence[Look], now: datetime) -> str:
    ago = spoken(now - looks[0].time)
    gaps = [(gap, later) for gap, later in zip(_gaps(looks), looks, strict=True) if gap is not None]
    parts = [f"{plural(len(looks), 'look')} since {_minute(looks[-1].time)}", f"the last {ago} ago"]
    if gaps:
        gap, later = max(gaps, key=lambda one: one[0])
        parts.append(f"the longest gap {spoken(gap)} until {_minute(later.time)}")
    return f"{', '.join(parts)}."


def _minute(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M")


def spoken(gap: timedelta) -> str:
    """Return a length of time in its two largest units."""
    minutes = max(0, round(gap / timedelta(minutes=1)))
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
