"""What of a live account a file of ours can hold, and how text says itself where templates are replaced."""

import unicodedata
from collections.abc import Iterable, Iterator

from reconciler.model.fields import Json
from reconciler.model.late import pattern
from reconciler.model.text import first_invisible, is_template

_MARKS = pattern(r"\{[{%#]")
_MAX_TEXT = 64 * 2**10
_MAX_TEMPLATE = 4096
_ALLOWED_CONTROLS = "\n\r\t\x85"


def can_be_written(keys: Iterable[str], data: Json, templates: bool) -> bool:
    """Tell whether a file may hold ``data`` below ``keys``: no harmful character, no text too long.

    Where ``templates`` are replaced, their marks can be written in values, but not in keys.
    """
    names = [*keys, *_keys(data)]
    if any(not _is_harmless(name) or (templates and is_template(name)) for name in names):
        return False
    return all(_is_writable(value, templates) for value in _values(data))


def without_templates(data: Json) -> Json:
    """Return data whose texts mean themselves where templates are replaced."""
    if isinstance(data, dict):
        return type(data)({key: without_templates(value) for key, value in data.items()})
    if isinstance(data, list):
        return [without_templates(item) for item in data]
    if isinstance(data, str) and is_template(data):
        return _MARKS.sub(lambda found: "{{ '" + found.group() + "' }}", data)
    return data


def _is_writable(value: Json, templates: bool) -> bool:
    if not isinstance(value, str):
        return True
    if templates and is_template(value):
        # a template's line ends become line feeds, and it has a limit of its own
        return "\r" not in value and len(value) < _MAX_TEMPLATE // 10 and _is_harmless(value)
    return len(value) <= _MAX_TEXT and _is_harmless(value)


def _is_harmless(text: str) -> bool:
    if text.isprintable():
        return True
    return first_invisible(text) is None and not any(
        c in "\ufffe\uffff" or (c not in _ALLOWED_CONTROLS and unicodedata.category(c) in ("Cc", "Cs")) for c in text
    )


def _keys(data: Json) -> Iterator[str]:
    if isinstance(data, dict):
        yield from data
        for value in data.values():
            yield from _keys(value)
    elif isinstance(data, list):
        for item in data:
            yield from _keys(item)


def _values(data: Json) -> Iterator[Json]:
    if isinstance(data, dict | list):
        for item in data.values() if isinstance(data, dict) else data:
            yield from _values(item)
    else:
        yield data
