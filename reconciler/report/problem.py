"""What stopped the program, said in one paragraph or as one JSON object."""

from collections.abc import Iterator, Sequence

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fields import Json
from reconciler.model.text import neutral
from reconciler.report.diagnostics import diagnostics_json
from reconciler.report.ink import Line, Tone, line

FORMAT_VERSION = 1


def problem_lines(message: str, help: str = "", more: Sequence[str] = ()) -> Iterator[Line]:
    """Yield an error, further lines about it, and what to do."""
    yield line(("error: ", Tone.DANGER), neutral(message, 2000))
    for text in more:
        yield line(neutral(text, 2000))
    if help:
        yield line(("help: ", Tone.LINK), neutral(help, 2000))


def problem_json(message: str, help: str, exit_code: int, diagnostics: Sequence[Diagnostic]) -> Json:
    """Return an error as JSON types."""
    return {
        "format_version": FORMAT_VERSION,
        "error": {"message": message, "help": help, "exit_code": exit_code},
        "diagnostics": diagnostics_json(diagnostics),
    }
