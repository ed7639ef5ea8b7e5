"""The files of a zone as one file: a single one stays as it is, split ones are put together, comments and all."""

from collections.abc import Sequence
from dataclasses import replace

from reconciler.edit.fmt import format_text
from reconciler.edit.layout import write_document
from reconciler.edit.source import parse_document
from reconciler.edit.tree import Collection, Document, Entry, Line, sorted_document


def merged_zone(files: Sequence[tuple[str, str]]) -> str:
    """Return one text for files given as name and text; names that stand in several of them get a list.

    Raises :class:`~reconciler.model.errors.DiagnosticsError` for a file that can't be taken apart.
    """
    if len(files) == 1:
        return files[0][1]
    entries: dict[str, Entry] = {}
    below: list[Line] = []
    for name, text in files:
        document, _ = parse_document(format_text(text, name, zone=False))
        root = document.root
        if root is None or not isinstance(root.value, Collection):
            below += [*document.head, *document.below]
            continue
        first, *rest = root.value.entries or (None,)
        heading = (*document.head, *root.above, *(first.above if first else ()))
        below += [*root.value.below, *document.below, *(() if first else heading)]
        for entry in [replace(first, above=heading), *rest] if first else ():
            key = entry.key.value if entry.key else ""
            entries[key] = _both(entries[key], entry) if key in entries else entry
    merged = Collection(True, not entries, False, tuple(entries.values()))
    return write_document(sorted_document(Document((), True, "", Entry((), None, merged), tuple(below))))


def _both(one: Entry, other: Entry) -> Entry:
    """Return a name's entry with the record sets of both."""
    return replace(one, value=Collection(False, False, False, (*_items(one, top=False), *_items(other, top=True))))


def _items(entry: Entry, *, top: bool) -> tuple[Entry, ...]:
    above = (*entry.above, *([entry.beside] if entry.beside else ())) if top else ()
    if isinstance(entry.value, Collection) and not entry.value.mapping:
        first, *rest = entry.value.entries
        return (replace(first, above=(*above, *first.above)), *rest)
    return (Entry(above, None, entry.value),)
