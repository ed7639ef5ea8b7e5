"""Lines in tones: what terminal formats make, written plain or, on a terminal, in colour.

Views make their texts neutral and cut them; here, at the last step, nothing that acts gets past whoever forgot.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TextIO, TypeAlias
from unicodedata import combining, east_asian_width

from reconciler.model.text import escaped


class Tone(StrEnum):
    """How a piece of a line is printed; the value is rich's style."""

    PLAIN = ""
    BOLD = "bold"
    DIM = "dim"
    ADD = "green"
    CHANGE = "yellow"
    DESTROY = "red"
    DANGER = "bold red"
    LINK = "cyan"


Piece: TypeAlias = tuple[str, Tone]
Line: TypeAlias = tuple[Piece, ...]

EMPTY: Line = ()

TONES: Mapping[str, Tone] = {
    "+": Tone.ADD,
    "~": Tone.CHANGE,
    "-/+": Tone.DESTROY,
    "-": Tone.DESTROY,
    "=": Tone.LINK,
    ">": Tone.ADD,
    "!": Tone.DANGER,
}


def line(*pieces: str | Piece) -> Line:
    """Return a line of pieces, plain where no tone is given."""
    return tuple((piece, Tone.PLAIN) if isinstance(piece, str) else piece for piece in pieces)


def plain(lines: Iterable[Line]) -> str:
    """Return lines as text without colour, each ended."""
    return "".join(escaped("".join(text for text, _ in pieces)).rstrip() + "\n" for pieces in lines)


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Tell whether a stream is a terminal whose user hasn't asked for plain text (no-color.org)."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def write(lines: Iterable[Line], stream: TextIO, colour: bool) -> None:
    """Write lines to a stream; a line in which something would act is written plain, with that spelt as escapes."""
    if not colour:
        stream.write(plain(lines))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, force_terminal=True, highlight=False, emoji=False, markup=False)
    for pieces in lines:
        whole = "".join(text for text, _ in pieces)
        shown = pieces if escaped(whole) == whole else line(escaped(whole))
        console.print(Text.assemble(*((text, tone.value) for text, tone in shown)), soft_wrap=True)


def columns(text: str) -> int:
    """Return how many columns a terminal gives a text: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
