"""The files of an account -> the same files without spent entries: entries of `removed:` and `previously` keys."""

from collections.abc import Callable, Iterable

from reconciler.edit.patch import Delete, by_hand, patch_text
from reconciler.edit.places import Path, Placed, place_values
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError
from reconciler.model.late import pattern
from reconciler.model.span import Span

_RETURNS = pattern("\r\n?")
_REMOVED: Path = ("removed",)


def prune_files(read: Callable[[str], bytes], places: Iterable[Span]) -> dict[str, str]:
    """Return the new text of each file that holds an entry whose key stands at one of the places.

    Only the lines concerned change. Raises :class:`~reconciler.model.errors.DiagnosticsError` (``by-hand``) with every
    entry that can't be taken out.
    """
    by_file: dict[str, list[Span]] = {}
    for span in places:
        by_file.setdefault(span.file, []).append(span)
    made: dict[str, str] = {}
    refused: list[Diagnostic] = []
    for file, spans in sorted(by_file.items()):
        try:
            made[file] = _pruned(read(file).decode("utf-8"), file, spans)
        except DiagnosticsError as error:
            refused += error.diagnostics
    if refused:
        raise DiagnosticsError(refused)
    return made


def _pruned(text: str, file: str, spans: list[Span]) -> str:
    placed = place_values(_RETURNS.sub("\n", text))
    paths = []
    for span in spans:
        path = placed.path_at(span.line, span.column)
        if path is None:
            raise DiagnosticsError([by_hand(file, placed.text, "The entry isn't written out here.", 0)])
        paths.append(path)
    return patch_text(text, file, map(Delete, _whole(placed, paths)))


def _whole(placed: Placed, paths: list[Path]) -> list[Path]:
    """Return the paths, with `removed:` itself in place of all of its entries."""
    section = placed.at(_REMOVED)
    inside = {path for path in paths if path[:-1] == _REMOVED}
    if section is None or len(inside) < len(section.items):
        return paths
    return [*(path for path in paths if path not in inside), _REMOVED]
