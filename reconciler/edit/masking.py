"""What changes in a file of ours, as others may see it: private values and hashes of passwords are masked."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from reconciler.edit.places import Node, place_values
from reconciler.kinds import KINDS

_MASK = "(private)"
_CONTEXT = 3
#: The sections in which something private, or the hash of a password, may stand.
_SECTIONS = frozenset(kind.path[0] for kind in KINDS.values() if kind.private_fields | kind.secret_fields)


def difference(file: str, old: str | None, new: str | None) -> Iterator[str]:
    """Yield the unified difference between two texts of a file (None: there is none), line by line.

    The lines are compared as they are and shown with private values masked.
    """
    yield f"--- {'/dev/null' if old is None else f'a/{file}'}"
    yield f"+++ {'/dev/null' if new is None else f'b/{file}'}"
    before, after = _lines(old or ""), _lines(new or "")
    shown_before, shown_after = (masked_text("\n".join(lines)).split("\n") for lines in (before, after))
    for group in SequenceMatcher(None, before, after).get_grouped_opcodes(_CONTEXT):
        _, i, _, j, _ = group[0]
        _, _, end, _, until = group[-1]
        yield f"@@ -{i + 1},{end - i} +{j + 1},{until - j} @@"
        for what, i, end, j, until in group:
            if what == "equal":
                yield from (f" {line}" for line in shown_before[i:end])
                continue
            yield from (f"-{line}" for line in shown_before[i:end])
            yield from (f"+{line}" for line in shown_after[j:until])


def masked_text(text: str) -> str:
    """Return a YAML text (line feeds only) with the same lines, in which every private value and hash is masked."""
    if not any(f"{section}:" in text for section in _SECTIONS):
        return text
    root = place_values(text).root
    pieces, at = [], 0
    for node in sorted(_private(root) if root else (), key=lambda node: node.start):
        if node.start >= at and node.end > node.start:
            pieces += [text[at : node.start], _MASK, "\n" * text.count("\n", node.start, node.end)]
            at = node.end
    return "".join(pieces) + text[at:]


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n") if text else []


def _private(root: Node) -> Iterator[Node]:
    for kind in KINDS.values():
        for path in (*kind.private_fields, *(f"{secret}.hash" for secret in kind.secret_fields)):
            yield from _at(root, (*kind.path, *path.split(".")))


def _at(node: Node, path: tuple[str, ...]) -> Iterator[Node]:
    if not path:
        yield node
        return
    for item in node.items:
        if item.key and path[0] in ("*", item.name):
            yield from _at(item.value, path[1:])
