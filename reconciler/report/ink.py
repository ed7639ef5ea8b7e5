"""Lines in tones: what terminal formats make, written plain or, on a terminal, in colour."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TextIO, TypeAlias


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
    "!": Tone.DANGER,
}


def line(*pieces: str | Piece) -> Line:
    """Return a line of pieces, plain where no tone is given."""
    return tuple((piece, Tone.PLAIN) if isinstance(piece, str) else piece for piece in pieces)


def plain(lines: Iterable[Line]) -> str:
    """Return lines as text without colour, each ended."""
    return "".join("".join(text for text, _ in pieces).rstrip() + "\n" for pieces in lines)


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Tell whether a stream is a terminal whose user hasn't asked for plain text (no-color.org)."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def write(lines: Iterable[Line], stream: TextIO, colour: bool) -> None:
    """Write lines to a stream; texts must have been neutralised."""
    if not colour:
        stream.write(plain(lines))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, force_terminal=True, highlight=False, emoji=False, markup=False)
    for pieces in lines:
        console.print(Text.assemble(*((text, tone.value) for text, tone in pieces)), soft_wrap=True)
