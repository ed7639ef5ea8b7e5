"""What a code means, as a page of Markdown, and the list of all codes."""

from collections.abc import Iterator, Mapping

from reconciler.report.ink import Line, Tone, line
from reconciler.report.rendering import render


def explanation_markdown(code: str, summary: str, text: str, failing: str = "", passing: str = "") -> str:
    """Return the page of a code; the texts are our own Markdown, the examples YAML."""
    return render("explanation.md.j2", code=code, summary=summary, text=_filled(text), failing=failing, passing=passing)


def index_lines(summaries: Mapping[str, str]) -> Iterator[Line]:
    """Yield every code and its summary."""
    width = max(map(len, summaries))
    for code in sorted(summaries):
        yield line((code.ljust(width), Tone.BOLD), f"  {summaries[code]}")


def _filled(text: str) -> str:
    import textwrap

    return textwrap.fill(text, 88, break_long_words=False, break_on_hyphens=False)
