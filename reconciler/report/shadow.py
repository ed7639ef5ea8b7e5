"""Our plan beside octoDNS's, as a table of what they disagree about, and as JSON."""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from reconciler.kinds.record import RecordValue, texts
from reconciler.model.fields import Json, Value
from reconciler.model.shadow import Disagreement, Shadow, Sort
from reconciler.model.text import neutral
from reconciler.report.fields import masked_json
from reconciler.report.ink import EMPTY, Line, Tone, columns, line
from reconciler.report.view import plural

_HEADS = ("CLASS", "RECORD SET", "OURS", "OCTODNS")
#: How much of what each would do stands in the table; JSON has all of it.
_WIDTH = 60


def shadow_lines(shadow: Shadow, config: str) -> Iterator[Line]:
    """Yield a table of the disagreements with a word why, what is particular where both agree, and a last line."""
    yield EMPTY
    if shadow.disagreements:
        yield from _table(shadow.disagreements)
        yield EMPTY
    for address, remark in sorted(shadow.remarks.items()):
        yield line((f"{neutral(address)}: the same. {neutral(remark)}", Tone.DIM))
    if shadow.remarks:
        yield EMPTY
    agreed, apart = plural(shadow.agreed, "change"), plural(len(shadow.disagreements), "disagreement")
    yield line((f"Beside octoDNS ({neutral(PurePath(config).name)}): {agreed} the same, {apart}.", Tone.BOLD))


def shadow_json(shadow: Shadow, config: str) -> Json:
    """Return the same as JSON types, with whole values."""
    return {
        "config": config,
        "agreed": shadow.agreed,
        "disagreements": [_json(one) for one in shadow.disagreements],
        "remarks": dict(sorted(shadow.remarks.items())),
    }


def _json(one: Disagreement) -> Json:
    sides = {
        name: None if side is None else {"action": side.action.value, "after": masked_json(one.address, side.after)}
        for name, side in (("ours", one.ours), ("octodns", one.theirs))
    }
    return {"address": one.address, "class": one.sort.value, "why": one.why, **sides}


def _table(rows: Sequence[Disagreement]) -> Iterator[Line]:
    cells = [_HEADS, *map(_cells, rows)]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    for number, row in enumerate(cells):
        text = "  ".join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        yield line((text, Tone.CHANGE if number else Tone.DIM))
        if number and rows[number - 1].why:
            yield line((f"    {neutral(rows[number - 1].why)}", Tone.DIM))


def _cells(one: Disagreement) -> tuple[str, ...]:
    nothing = "not planned" if one.sort is Sort.REFUSED else "-"
    ours = _side(one.ours.action.value, one.ours.after) if one.ours else "-"
    theirs = _side(one.theirs.action.value, one.theirs.after) if one.theirs else nothing
    return (one.sort.value, neutral(one.address), ours, theirs)


def _side(action: str, after: Value | None) -> str:
    if not isinstance(after, RecordValue):
        return action
    words = " ".join((str(after.ttl), ", ".join(texts(after)), after.options or "")).rstrip()
    return f"{action} {neutral(words, _WIDTH)}"
