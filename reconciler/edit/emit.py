"""JSON -> YAML that any reader takes for the same: text that some version of YAML reads as something else is quoted."""

from functools import cache
from io import StringIO
from typing import Any

from reconciler.model.fields import Json
from reconciler.model.late import dataclass, pattern

_WIDTH = 2**31 - 1
#: Text of several lines that can stand as a block: no line begins or ends with a space, the first and last have text.
_TIDY_LINES = pattern(r"(?!\s)(?:(?:\S(?:.*\S)?)?\n)+\S(?:.*\S)?\n?\Z")


class Inline(dict[str, Json]):
    """A mapping that is written on one line, in braces."""


def emit(data: Json, header: str, *, start: bool = False, inline_lists: bool = True) -> str:
    """Return ``data`` as YAML in the layout of ``fmt``, below ``header``, a comment of one line.

    ``start`` writes octoDNS's ``---``; ``inline_lists`` puts lists of texts on one line, in brackets.
    """
    mark = "---\n" if start else "\n"
    return f"# {header}\n{mark}{_dumped(_node(data, inline_lists), Layout())}"


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is indented: spaces a level, and spaces from a key to the dashes of its list."""

    step: int = 2
    dash: int = 2


def block_lines(data: Json, layout: Layout, *, inline_lists: bool = True) -> list[str]:
    """Return the lines of a mapping or list that isn't empty, without brackets around it."""
    return _dumped(_node(data, inline_lists), layout).removesuffix("\n").split("\n")


def inline(data: Json) -> str:
    """Return data on one line, as it stands between brackets."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{inline(key)}: {inline(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list | tuple):
        return "[" + ", ".join(map(inline, data)) + "]"
    return _dumped(_node(Inline(x=data), inline_lists=True), Layout()).strip().removeprefix("{x:")[:-1].strip()


def scalar_lines(data: Json, style: str) -> list[str]:
    """Return a scalar behind a key: its first line, and the lines of a block indented by one level of two spaces.

    ``style`` says how the scalar that it replaces is quoted; it is kept where it can be.
    """
    text = plain_text(data)
    if style in ("'", '"') and text.isprintable():
        quoted = text.replace("\\", "\\\\").replace('"', '\\"') if style == '"' else text.replace("'", "''")
        return [f"{style}{quoted}{style}"]
    first, *more = block_lines({"x": data}, Layout())
    return [first.removeprefix("x:").lstrip(" "), *more]


def plain_text(data: Json) -> str:
    """Return a scalar as the text that stands for it in YAML."""
    if data is None:
        return "null"
    return str(data).lower() if isinstance(data, bool) else str(data)


def _dumped(node: Any, layout: Layout) -> str:
    from ruamel.yaml import YAML

    writer = YAML()
    writer.Representer = _representer()
    writer.width = _WIDTH
    writer.indent(mapping=layout.step, sequence=layout.dash + 2, offset=layout.dash)
    stream = StringIO()
    writer.dump(node, stream)
    return stream.getvalue()


@cache
def _representer() -> type:
    """Return ruamel's way of writing values, with ``null`` as a word: an empty place may not be seen."""
    from ruamel.yaml.representer import RoundTripRepresenter

    class Representer(RoundTripRepresenter):
        """Writes ``null`` as a word."""

    Representer.add_representer(type(None), lambda self, _: self.represent_scalar("tag:yaml.org,2002:null", "null"))
    return Representer


def _node(data: Json, inline_lists: bool, in_list: bool = False) -> Any:
    """Return what ruamel writes as ``data``, with the style of every part decided; a list in a list has brackets."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(data, str):
        return _text(data)
    if isinstance(data, dict):
        mapping = CommentedMap((_text(key), _node(value, inline_lists)) for key, value in data.items())
        if isinstance(data, Inline) or not data:
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(data, list | tuple):
        sequence = CommentedSeq(_node(item, inline_lists, in_list=True) for item in data)
        if not data or in_list or (inline_lists and all(isinstance(item, str) for item in data)):
            sequence.fa.set_flow_style()
        return sequence
    return data


def _text(text: str) -> Any:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString, SingleQuotedScalarString

    if _TIDY_LINES.match(text) and all(line.isprintable() for line in text.split("\n")):
        return LiteralScalarString(text)
    if not text.isprintable():
        return DoubleQuotedScalarString(text)
    return SingleQuotedScalarString(text) if is_ambiguous(text) else text


def is_ambiguous(text: str) -> bool:
    """Tell whether some reader takes a plain ``text`` for a number, a date, a truth, nothing or (``:x``) a mark."""
    return not text or text[0] in ":?" or any(pattern.match(text) for first, pattern in _patterns() if text[0] in first)


@cache
def _patterns() -> tuple[tuple[frozenset[str], Any], ...]:
    from ruamel.yaml.resolver import implicit_resolvers

    return tuple((frozenset(first), pattern) for _, _, pattern, first in implicit_resolvers)
