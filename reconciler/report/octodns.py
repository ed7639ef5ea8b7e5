"""What an import of octoDNS's configuration wrote, met and left, and what account.yaml has to say."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from reconciler.model.fields import Json
from reconciler.model.span import Span
from reconciler.model.text import neutral
from reconciler.report.ink import EMPTY, Line, Tone, line
from reconciler.report.view import plural

FORMAT_VERSION = 1
#: A feature: title, verdict, meaning, and every place with the name that stands there.
Met: TypeAlias = tuple[str, str, str, Sequence[tuple[Span, str]]]
#: A scalar: place, text, what YAML 1.1 takes it for, and whether it is a key.
Reading: TypeAlias = tuple[Span, str, str, bool]
_SHOWN = 10


def octodns_lines(
    wrote: Sequence[str], in_place: Sequence[str], met: Iterable[Met], readings: Sequence[Reading], account: str
) -> Iterator[Line]:
    """Yield the files, the table of features, the other readings, and the options for account.yaml."""
    yield from (line(("wrote ", Tone.ADD), neutral(path)) for path in wrote)
    yield from (line(("in place ", Tone.DIM), neutral(path)) for path in in_place)
    for title, verdict, meaning, places in met:
        yield EMPTY
        tone = Tone.CHANGE if verdict == "not taken over" else Tone.BOLD
        yield line((f"{verdict}: ", tone), title)
        yield line(f"  {meaning}")
        yield from (
            line(("  --> ", Tone.LINK), neutral(str(span)), f"  {neutral(what)}") for span, what in places[:_SHOWN]
        )
        if len(places) > _SHOWN:
            yield line(f"  and {len(places) - _SHOWN} more; `--json` lists all")
    if readings:
        yield EMPTY
        yield line(
            (f"octoDNS reads {plural(len(readings), 'scalar')} with YAML 1.1 otherwise than they stand:", Tone.BOLD)
        )
        yield from (_reading_line(*reading) for reading in readings)
    yield EMPTY
    if account:
        yield line(("For account.yaml, so that the zones are read as octoDNS reads them:", Tone.BOLD))
        yield from (line(f"  {neutral(text)}" if text else "") for text in account.splitlines())
    else:
        yield line("The zones are read as octoDNS reads them; account.yaml needs no option for that.")


def _reading_line(span: Span, text: str, reading: str, key: bool) -> Line:
    what = "the name" if key else "the value"
    shown = neutral(text) or "nothing"
    said = f"  {what} `{shown}` is {neutral(reading)} for octoDNS, and `{shown}` here"
    return line(("  --> ", Tone.LINK), neutral(str(span)), said)


def octodns_json(
    wrote: Sequence[str], in_place: Sequence[str], met: Iterable[Met], readings: Sequence[Reading], account: Json
) -> Json:
    """Return the same as JSON types, with every place."""
    return {
        "format_version": FORMAT_VERSION,
        "files": list(wrote),
        "in_place": list(in_place),
        "features": [
            {
                "title": title,
                "verdict": verdict,
                "meaning": meaning,
                "places": [{**span._asdict(), "what": what} for span, what in places],
            }
            for title, verdict, meaning, places in met
        ],
        "yaml_1_1": [
            {**span._asdict(), "text": text, "octodns": reading, "key": key} for span, text, reading, key in readings
        ],
        "account": account,
    }
