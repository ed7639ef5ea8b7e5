"""Which steps of the story of conformance hold."""

from collections.abc import Iterable, Iterator, Sequence

from reconciler.model.fields import Json
from reconciler.model.text import neutral
from reconciler.report.ink import EMPTY, Line, Tone, line

FORMAT_VERSION = 1
#: Chapter, step, whether it holds, whether it was tried, and what doesn't hold.
Row = tuple[str, str, bool, bool, str]


def conformance_lines(rows: Sequence[Row]) -> Iterator[Line]:
    """Yield a line a step, below each that doesn't hold what came in its place, and at the end how many hold."""
    width = max((len(chapter) for chapter, *_ in rows), default=0)
    for chapter, step, holds, tried, broken in rows:
        word, tone = ("holds", Tone.ADD) if holds else ("BROKEN", Tone.DANGER) if tried else ("not tried", Tone.DIM)
        yield line((word.ljust(9), tone), f"  {chapter.ljust(width)}  {neutral(step)}")
        if broken and tried:
            yield line(f"{' ' * 11}{neutral(broken)}")
    held, wrong = sum(row[2] for row in rows), sum(row[3] and not row[2] for row in rows)
    yield EMPTY
    yield line((f"{held} steps hold, {wrong} don't, {len(rows) - held - wrong} weren't tried.", Tone.BOLD))


def conformance_json(rows: Iterable[Row]) -> Json:
    """Return every step as JSON types."""
    names = ("chapter", "step", "holds", "tried", "broken")
    return {"format_version": FORMAT_VERSION, "steps": [dict(zip(names, row, strict=True)) for row in rows]}
