"""The order of keys in zone files: octoDNS's natural order, in which ``a2`` stands before ``a10``."""

import unicodedata
from typing import Any, TypeAlias

from reconciler.model.fields import Json
from reconciler.model.late import pattern

_DIGITS = pattern(r"([0-9]+|\d)")
_NUMBER = pattern(r"0\Z|[1-9][0-9]*\Z")
_MAYBE_NUMBER = pattern(
    r"[-+.0-9][-+.0-9a-fA-FxXoO_:eE]*\Z|(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE)\Z"
)

NaturalKey: TypeAlias = tuple[str | float, ...]


def natural_key(name: str, *, plain: bool = False) -> NaturalKey:
    """Return what sorts ``name`` as octoDNS's ``enforce_order`` demands: runs of digits compare as numbers.

    A ``plain`` name, without quotes, that older YAML readers take for a number (``010``, ``1.5``) or a truth (``no``)
    sorts as octoDNS sees it: as that number, or as 0 or 1.
    """
    if plain and _MAYBE_NUMBER.match(name) and not _NUMBER.match(name):
        number = _as_number(name)
        if number is not None:
            return "", number
    parts: list[str | float] = []
    for part in _DIGITS.split(unicodedata.normalize("NFD", name)):
        if part.isdecimal():
            parts += [int(part)] if parts and isinstance(parts[-1], str) else ["", int(part)]
        elif part:
            parts.append(part)
    return tuple(parts)


def in_natural_order(data: Json) -> Json:
    """Return JSON with the keys of all mappings in octoDNS's natural order."""
    if isinstance(data, dict):
        return type(data)((key, in_natural_order(data[key])) for key in sorted(data, key=natural_key))
    return [in_natural_order(item) for item in data] if isinstance(data, list | tuple) else data


def _as_number(text: str) -> float | None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 1)
    try:
        value: Any = reader.load(text)
    except (YAMLError, ValueError, OverflowError):
        return None
    return value if isinstance(value, int | float) else None
