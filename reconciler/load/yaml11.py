"""What YAML 1.1, which octoDNS's loader speaks, takes a plain scalar for; we take it for the text that stands there."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from reconciler.load.nodes import Mapping, Node, Scalar
from reconciler.load.problems import Problems, place
from reconciler.load.yaml_text import ZONE, YamlReader
from reconciler.model.late import dataclass
from reconciler.model.span import Span

#: Blocks in which a plain `true` or `443` is read alike by both.
_TYPED = frozenset({"octodns", "geo", "dynamic"})


@dataclass(frozen=True, slots=True)
class OtherReading:
    """A scalar, and what YAML 1.1 takes it for; ``key`` says that it stands where a key does."""

    span: Span
    text: str
    reading: str
    key: bool


def other_readings(file: str, raw: bytes) -> tuple[OtherReading, ...]:
    """Return every scalar of a file that YAML 1.1 reads differently, in order; none for a file that can't be read."""
    reader = YamlReader(file, raw, Problems(), ZONE)
    found: list[OtherReading] = []

    def take(key: Scalar, node: Node) -> None:
        found.extend(_readings(file, key, key=True, typed=False))
        found.extend(_readings(file, node, key=False, typed=False))

    reader.entries(take)
    return tuple(found)


def reading_of(node: Scalar) -> Any:
    """Return what YAML 1.1 constructs from a scalar; its text for what can't be constructed."""
    if node.quoted or not _may_differ(node.text):
        return node.text
    import yaml

    try:
        return yaml.safe_load(node.text)
    except (yaml.YAMLError, ValueError, OverflowError):
        return node.text


def _readings(file: str, node: Node, *, key: bool, typed: bool) -> Iterator[OtherReading]:
    if isinstance(node, Scalar):
        value = reading_of(node)
        if not _says(value, node, typed):
            yield OtherReading(place(file, node), node.text, _shown(value), key)
    elif isinstance(node, Mapping):
        for name, (inner, value) in node.entries.items():
            yield from _readings(file, inner, key=True, typed=False)
            yield from _readings(file, value, key=False, typed=typed or name in _TYPED or isinstance(value, Mapping))
    else:
        for item in node.items:
            yield from _readings(file, item, key=False, typed=typed)


def _says(value: Any, node: Scalar, typed: bool) -> bool:
    """Tell whether a value says what its text does."""
    if isinstance(value, str):
        return True
    if isinstance(value, bool):
        return typed and node.text in ("true", "false")
    if value is None or not isinstance(value, int | float):
        return False
    return str(value) == node.text


def _shown(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value) if isinstance(value, int | float) else f"{value} ({type(value).__name__})"


@cache
def _patterns() -> dict[str, tuple[Any, ...]]:
    from yaml.resolver import Resolver

    return {
        first: tuple(pattern for tag, pattern in found if not tag.endswith((":merge", ":value")))
        for first, found in Resolver.yaml_implicit_resolvers.items()
    }


def _may_differ(text: str) -> bool:
    return any(pattern.match(text) for pattern in _patterns().get(text[:1], ()))
