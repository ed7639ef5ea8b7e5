"""The proof that an edited text means what is wanted, and that nothing else of it was touched."""

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeAlias

from reconciler.edit.emit import plain_text
from reconciler.edit.places import Node, Placed
from reconciler.edit.source import UnsupportedError

#: What a part of the new text must mean: a value of the old one, or data, or data that holds both.
Wanted: TypeAlias = Any


def demand_proof(before: Placed, wanted: Wanted, after: Placed, may_go: Callable[[int], bool]) -> None:
    """Raise :class:`UnsupportedError` unless ``after`` means what is wanted and has every comment of ``before``.

    ``may_go`` tells whether the comment at an index goes with a deleted entry.
    """
    if after.root is None or not _says(after.root, wanted):
        raise UnsupportedError("With this edit, the file would mean something else than what is wanted.", 0)
    kept = Counter(text for index, text in before.comments if not may_go(index))
    if kept - Counter(text for _, text in after.comments):
        raise UnsupportedError("With this edit, a comment of the file would be lost.", 0)


def _says(node: Node, wanted: Wanted) -> bool:
    if isinstance(wanted, Node):
        return _is_same(node, wanted)
    if isinstance(wanted, dict):
        named = {item.name: item.value for item in node.items}
        return (
            node.sort == "mapping"
            and named.keys() == wanted.keys()
            and all(_says(named[name], value) for name, value in wanted.items())
        )
    if isinstance(wanted, list | tuple):
        return (
            node.sort == "list"
            and len(node.items) == len(wanted)
            and all(_says(item.value, value) for item, value in zip(node.items, wanted, strict=True))
        )
    return node.sort == "text" and node.text == plain_text(wanted)


def _is_same(node: Node, old: Node) -> bool:
    """Tell whether two values are spelt so that they mean the same to every reader."""
    mine = (node.sort, node.text, not node.style, node.anchor, node.tag, len(node.items))
    if mine != (old.sort, old.text, not old.style, old.anchor, old.tag, len(old.items)):
        return False
    return all(a.name == b.name and _is_same(a.value, b.value) for a, b in zip(node.items, old.items, strict=True))
