"""What a code means, as a page of Markdown, and the list of all codes."""

from collections.abc import Iterator, Mapping

from reconciler.model.fields import Json
from reconciler.report.ink import Line, Tone, line
from reconciler.report.rendering import render

FORMAT_VERSION = 1


def explanation_markdown(code: str, summary: str, text: str, failing: str = "", passing: str = "") -> str:
    """Return the page of a code; the texts are our own Markdown, the examples YAML."""
    return render("explanation.md.j2", code=code, summary=summary, text=_filled(text), failing=failing, passing=passing)


def explanation_json(code: str, summary: str, text: str, failing: str = "", passing: str = "") -> Json:
    """Return what a code means as JSON types; the examples are YAML, empty where no file causes the code."""
    explained = {"code": code, "summary": summary, "text": text, "failing": failing, "passing": passing}
    return {"format_version": FORMAT_VERSION, **explained}


def index_json(summaries: Mapping[str, str]) -> Json:
    """Return every code and its summary as JSON types."""
    return {"format_version": FORMAT_VERSION, "codes": dict(sorted(summaries.items()))}


def index_lines(summaries: Mapping[str, str]) -> Iterator[Line]:
    """Yield every code and its summary."""
    width = max(map(len, summaries))
    for code in sorted(summaries):
        yield line((code.ljust(width), Tone.BOLD), f"  {summaries[code]}")


def _filled(text: str) -> str:
    import textwrap

    return textwrap.fill(text, 88, break_long_words=False, break_on_hyphens=False)
