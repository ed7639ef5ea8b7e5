"""A section -> its file, or the files into which it goes where one would be larger than a file may be."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from reconciler.edit.emit import emit
from reconciler.model.fields import Json

#: An entry that no file tears apart: the keys below which it stands, and what stands there.
_Part: TypeAlias = tuple[tuple[str, ...], Any]


def in_portions(
    section: str, data: Mapping[str, Any], header: str, path: str, folder: str, most: int
) -> Mapping[str, str]:
    """Return the files that hold a section: one at ``path``, or several in ``folder`` of at most ``most`` bytes each.

    Mail is then written by domain, and everything else, as the mail of a domain that is too large by itself, in
    numbered files. The same data always makes the same files.
    """

    def write(parts: Sequence[_Part]) -> str:
        return emit({section: _together(parts)}, header)

    whole = emit({section: dict(data)}, header)
    if len(whole.encode()) <= most:
        return {path: whole}
    if section != "mail":
        return _numbered(f"{folder}/", _fitting(_parts(data, 1), write, most))
    files: dict[str, str] = {}
    for domain, parts in groupby(_parts(data, 3), key=lambda part: part[0][0]):
        texts = _fitting(list(parts), write, most)
        files |= {f"{folder}/{domain}.yaml": texts[0]} if len(texts) == 1 else _numbered(f"{folder}/{domain}-", texts)
    return files


def _numbered(start: str, texts: Sequence[str]) -> dict[str, str]:
    width = len(str(len(texts)))
    return {f"{start}{number:0{width}}.yaml": text for number, text in enumerate(texts, 1)}


def _parts(data: Mapping[str, Any], depth: int, above: tuple[str, ...] = ()) -> list[_Part]:
    """Return the entries ``depth`` levels down, or where the mappings end before."""
    parts: list[_Part] = []
    for key, value in data.items():
        if depth > 1 and type(value) is dict and value:  # what stands on one line is never torn apart
            parts += _parts(value, depth - 1, (*above, key))
        else:
            parts.append(((*above, key), value))
    return parts


def _together(parts: Sequence[_Part]) -> Json:
    data: dict[str, Any] = {}
    for (*way, last), value in parts:
        place = data
        for key in way:
            place = place.setdefault(key, {})
        place[last] = value
    return data


def _fitting(parts: Sequence[_Part], write: Callable[[Sequence[_Part]], str], most: int) -> list[str]:
    """Return the texts of as many halves, quarters and so on as fit, in order; one part is never divided."""
    text = write(parts)
    if len(text.encode()) <= most or len(parts) == 1:
        return [text]
    middle = len(parts) // 2
    return [*_fitting(parts[:middle], write, most), *_fitting(parts[middle:], write, most)]
