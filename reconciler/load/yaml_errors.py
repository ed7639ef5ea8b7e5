"""Syntax errors of YAML in our words, with the mistakes that people really make named first."""

import re
from typing import Any

from reconciler.load.problems import Problems
from reconciler.load.source_text import span_at
from reconciler.model.span import Span

#: Where the mistake is the beginning of what isn't closed, not the place at which the parser gave up.
_UNCLOSED = r"unexpected end of stream|expected ',' or '[\]}]'"

#: What the parser complains of (libyaml's and PyYAML's words) -> what probably happened, and how to mend it.
_KNOWN: tuple[tuple[str, str, str], ...] = (
    (
        r"a tab",
        "A tab stands where indentation belongs.",
        "Indent with spaces.",
    ),
    (
        r"cannot start any token",
        "A plain text can't begin with this character.",
        "Put the text in quotes; indent with spaces, not with tabs.",
    ),
    (
        r"mapping values are not allowed",
        "A colon followed by a space begins a value, but no value can begin here.",
        "Put text that holds `: ` in quotes, and check the indentation.",
    ),
    (
        r"could not find expected ':'|expected ':'",
        "This line is no `key: value`.",
        "Add the colon, or put a text of several lines in quotes.",
    ),
    (r"unexpected end of stream|while scanning a quoted scalar", "A quote is opened and never closed.", "Close it."),
    (
        r"did not find expected key|expected <block end>|did not find expected '-' indicator",
        "The indentation doesn't fit what stands above.",
        "Give all keys of a mapping and all items of a list the same indentation.",
    ),
    (
        r"expected (the )?node content",
        "A value is missing here, or a bracket isn't closed.",
        "Write the value, or close the bracket above.",
    ),
    (
        r"expected ',' or '[\]}]'",
        "A list in brackets or a mapping in braces isn't closed, or lacks a comma.",
        "Close it with `]` or `}` and put commas between the items.",
    ),
    (
        r"unknown escape character|found invalid.*escape|did not find expected hexdecimal|expected escape sequence",
        "This escape doesn't exist.",
        "Write `\\\\` for a backslash, or use single quotes.",
    ),
    (r"undefined tag handle", "A tag uses a handle that isn't defined.", "Delete the tag."),
    (
        r"incompatible YAML document|unsupported version",
        "The file asks for another version of YAML.",
        "Delete the line `%YAML`.",
    ),
    (
        r"expected the document start|did not find expected <document start>",
        "The text goes on after the document has ended.",
        "Check the indentation of this line.",
    ),
)


def explain_syntax(file: str, text: str, error: Any, problems: Problems) -> None:
    """Report a syntax error at its place."""
    words = f"{getattr(error, 'context', None) or ''} {getattr(error, 'problem', None) or error}"
    mark = getattr(error, "problem_mark", None)
    if re.search(_UNCLOSED, words) or mark is None:
        mark = getattr(error, "context_mark", None) or mark
    if mark is not None:
        span = Span(file, mark.line + 1, mark.column + 1)
    else:
        span = span_at(file, text, min(getattr(error, "position", 0) or 0, len(text)))
    if mark is not None and text[mark.index : mark.index + 1] == "\t":
        words = "a tab"
    for pattern, detail, remedy in _KNOWN:
        if re.search(pattern, words):
            problems.error("yaml-syntax", detail, span, remedy)
            return
    problems.error("yaml-syntax", "The text can't be read as YAML.", span, "Compare with the lines above.")
