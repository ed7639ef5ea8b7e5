"""Text of a YAML file -> the same text in one layout; the meaning, every spelling and every comment stay."""

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.edit.layout import write_document
from reconciler.edit.source import UnsupportedError, parse_document
from reconciler.edit.tree import meaning, sorted_document
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError
from reconciler.model.span import Span
from reconciler.model.text import neutral

if TYPE_CHECKING:
    from ruamel.yaml.error import YAMLError


def format_text(text: str, path: str, zone: bool) -> str:
    """Return ``text`` in the one layout; in a ``zone`` file all keys also come into octoDNS's natural order.

    ``path`` names the file in diagnostics. Raises :class:`~reconciler.model.errors.DiagnosticsError` with what isn't
    YAML, and for the rare file that can't be written again without changing it (``not-formattable``).
    """
    source = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    formatted, changed = _format(source, path, zone)
    if not changed:
        return formatted
    detail = f"Written again, this file would lose or change {changed}, so it stays as it is."
    raise _unformattable(path, source, detail, 0)


def _format(source: str, path: str, zone: bool) -> tuple[str, str]:
    """Return the formatted text, and what it would change (nothing, unless the file is of an unforeseen sort)."""
    from ruamel.yaml.error import YAMLError

    try:
        before, comments = parse_document(source)
    except YAMLError as error:
        raise _syntax_error(path, source, error) from None
    except UnsupportedError as error:
        raise _unformattable(path, source, f"{error} No file of an account is written so.", error.index) from None
    except RecursionError:
        raise _unformattable(path, source, "The file is nested too deeply.", 0) from None
    formatted = write_document(sorted_document(before) if zone else before)
    if formatted == source:
        return formatted, ""
    try:
        after, comments_after = parse_document(formatted)
    except (YAMLError, UnsupportedError):
        return formatted, "its structure"
    if Counter(comments) != Counter(comments_after):
        return formatted, "a comment"
    same = (before.root is None) == (after.root is None)
    if before.root and after.root:
        same = meaning(before.root.value) == meaning(after.root.value)
    return formatted, "" if same else "a value"


def _syntax_error(path: str, source: str, error: "YAMLError") -> DiagnosticsError:
    from ruamel.yaml.error import MarkedYAMLError

    mark = (error.problem_mark or error.context_mark) if isinstance(error, MarkedYAMLError) else None
    if isinstance(error, MarkedYAMLError):
        problem = ": ".join(part for part in (error.context, error.problem) if part)
    else:
        problem = str(error).splitlines()[0]
    index = getattr(error, "position", 0) if mark is None else mark.index
    place, line = _place(path, source, index)
    return DiagnosticsError(
        [
            Diagnostic(
                code="yaml-syntax",
                summary="This is not valid YAML.",
                detail=f"The reader says: {neutral(problem)}.",
                span=place,
                help="Mend the line shown or the one above it; nothing was changed.",
                line=line,
            )
        ]
    )


def _unformattable(path: str, source: str, detail: str, index: int) -> DiagnosticsError:
    place, line = _place(path, source, index)
    return DiagnosticsError(
        [
            Diagnostic(
                code="not-formattable",
                summary="The file can't be formatted.",
                detail=detail,
                span=place,
                help="Write this part in plain YAML; nothing was changed.",
                line=line,
            )
        ]
    )


def _place(path: str, source: str, index: int) -> tuple[Span, str]:
    start = source.rfind("\n", 0, index) + 1
    end = source.find("\n", start)
    line = source[start : len(source) if end < 0 else end]
    return Span(path, source.count("\n", 0, index) + 1, index - start + 1), line
