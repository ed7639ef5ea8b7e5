"""octoDNS's mappings for record types with several parts, as tables: which keys, in which order, with which default."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reconciler.model.late import dataclass, pattern
from reconciler.model.scalars import refused_as, wrong_type

if TYPE_CHECKING:
    pass

_NUMBER = pattern(r"(?:0|[1-9][0-9]{0,9})\Z")
#: One word of presentation format, or a quoted string.
_WORD = pattern(r'"((?:[^"\\]|\\.)*)"|(\S+)')


@dataclass(frozen=True)
class Key:
    """One key: its name, other names that octoDNS also takes, and its default (None: required)."""

    name: str
    others: tuple[str, ...] = ()
    default: str | None = None
    quoted: bool = False


@dataclass(frozen=True)
class MappingForm:
    """The mapping of a record type, in the order of its presentation format."""

    keys: tuple[Key, ...]

    def fields(self, value: Mapping[str, Any]) -> list[Any]:
        """Return the values in presentation order; raises ``PydanticCustomError`` for unknown and missing keys."""
        known = {name for key in self.keys for name in (key.name, *key.others)}
        for name in value:
            if name not in known:
                raise refused_as(
                    "unknown_key",
                    "The key {key} doesn't exist here.",
                    {"key": repr(name), "name": name, "expected": sorted(key.name for key in self.keys)},
                )
        return [self._field(value, key) for key in self.keys]

    def _field(self, value: Mapping[str, Any], key: Key) -> Any:
        for name in (key.name, *key.others):
            if name in value:
                return value[name]
        if key.default is None:
            raise refused_as("missing_key", "The key {key} is missing.", {"key": repr(key.name)})
        return key.default

    def presentation(self, value: Mapping[str, Any]) -> str:
        """Return the mapping in presentation format; raises ``PydanticCustomError``."""
        return " ".join(_word(key, given) for key, given in zip(self.keys, self.fields(value), strict=True))

    def mapping(self, presentation: str) -> dict[str, Any] | None:
        """Return presentation format as a mapping, numbers as numbers; None for data that has other parts."""
        words = [found[1] or found[2] or "" for found in _WORD.finditer(presentation)]
        if len(words) != len(self.keys):
            return None
        return {key.name: _part(key, word) for key, word in zip(self.keys, words, strict=True)}


def _part(key: Key, word: str) -> Any:
    if key.quoted:
        return word.replace('\\"', '"').replace("\\\\", "\\")
    return int(word) if _NUMBER.match(word) else word


class _ServiceForm(MappingForm):
    """SVCB and HTTPS (RFC 9460), whose parameters are a mapping of their own."""

    def presentation(self, value: Mapping[str, Any]) -> str:
        priority, target, params = self.fields(value)
        if not isinstance(params, Mapping):
            params = {}
        words = [_word(self.keys[0], priority), _word(self.keys[1], target)]
        for name, given in params.items():
            if isinstance(given, list | tuple):
                words.append(f'{name}="{",".join(map(str, given))}"' if given else str(name))
            elif isinstance(given, Mapping):
                raise wrong_type(f"text or a list for the parameter {name}")
            else:
                words.append(f'{name}="{given}"' if str(given) else str(name))
        return " ".join(words)


class _DelegationForm(MappingForm):
    """DS, for which octoDNS also takes the keys of its first releases."""

    def fields(self, value: Mapping[str, Any]) -> list[Any]:
        if "public_key" in value or "flags" in value:
            old = MappingForm((Key("flags"), Key("protocol"), Key("algorithm"), Key("public_key")))
            return old.fields(value)
        return super().fields(value)


def _word(key: Key, value: Any) -> str:
    if not isinstance(value, str | int | float):
        raise wrong_type(f"text or a number for {key.name}")
    text = str(value)
    if key.quoted:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if not text or any(c.isspace() or c in '";()' for c in text):
        raise wrong_type(f"one word for {key.name}")
    return text


def _form(*names: str) -> tuple[Key, ...]:
    return tuple(Key(name) for name in names)


class _LocationForm(MappingForm):
    """LOC (RFC 1876), whose lengths carry their unit in presentation format."""

    def presentation(self, value: Mapping[str, Any]) -> str:
        words = [_word(key, given) for key, given in zip(self.keys, self.fields(value), strict=True)]
        return " ".join(words[:8] + [f"{word.removesuffix('m')}m" for word in words[8:]])


_SERVICE = _ServiceForm((Key("svcpriority", default="0"), Key("targetname"), Key("svcparams", default="")))

MAPPINGS: Mapping[str, MappingForm] = {
    "CAA": MappingForm((Key("flags", default="0"), Key("tag"), Key("value", quoted=True))),
    "DS": _DelegationForm(_form("key_tag", "algorithm", "digest_type", "digest")),
    "HTTPS": _SERVICE,
    "LOC": _LocationForm(
        _form(
            *("lat_degrees", "lat_minutes", "lat_seconds", "lat_direction"),
            *("long_degrees", "long_minutes", "long_seconds", "long_direction"),
            *("altitude", "size", "precision_horz", "precision_vert"),
        )
    ),
    "MX": MappingForm((Key("preference", ("priority",)), Key("exchange", ("value",)))),
    "NAPTR": MappingForm(
        (
            *_form("order", "preference"),
            *(Key(name, quoted=True) for name in ("flags", "service", "regexp")),
            Key("replacement"),
        )
    ),
    "SRV": MappingForm(_form("priority", "weight", "port", "target")),
    "SSHFP": MappingForm(_form("algorithm", "fingerprint_type", "fingerprint")),
    "SVCB": _SERVICE,
    "TLSA": MappingForm(
        (
            *(Key(name, default="0") for name in ("certificate_usage", "selector", "matching_type")),
            Key("certificate_association_data"),
        )
    ),
    "URI": MappingForm((*_form("priority", "weight"), Key("target", quoted=True))),
}
