"""Canonical values: immutable, hashable, in one fixed spelling, so that equal things are equal objects.

Resources with fields are :class:`Fields`; record sets have a compact form of their own (``kinds.record``).
"""

import hashlib
import json
from collections.abc import Hashable, Iterable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

Value: TypeAlias = Hashable
Json: TypeAlias = Any


_NAME = itemgetter(0)


class SecretVersion(NamedTuple):
    """What stands for a secret wherever values are compared, shown or kept: the version that its owner gave it.

    For a password's hash, which has no version, it is the SHA-256 of the hash, in hexadecimal.
    """

    version: int | str


class Digest(NamedTuple):
    """What stands for a personal or financial value in the record and in seals: a salted SHA-256, in hexadecimal."""

    sha256: str


class Fields(tuple[tuple[str, Value], ...]):
    """A mapping of field names to canonical values, as sorted pairs."""

    __slots__ = ()

    @classmethod
    def of(cls, pairs: Mapping[str, Value] | Iterable[tuple[str, Value]]) -> "Fields":
        """Return the fields of a mapping or of pairs."""
        return cls(sorted(dict(pairs).items(), key=_NAME))

    @property
    def names(self) -> frozenset[str]:
        """The names of the fields."""
        return frozenset(name for name, _ in self)

    def mapping(self) -> dict[str, Value]:
        """Return the fields as a new dictionary."""
        return dict(self)

    def value(self, name: str, default: Value = None) -> Value:
        """Return one field's value, or ``default`` where the field isn't there."""
        return next((value for field, value in self if field == name), default)

    def only(self, names: Iterable[str]) -> "Fields":
        """Return the fields whose names are in ``names``."""
        wanted = frozenset(names)
        return Fields(pair for pair in self if pair[0] in wanted)

    def replaced(self, **changes: Value) -> "Fields":
        """Return the fields with some values put in place of others, or added."""
        return Fields.of({**dict(self), **changes})


def has_digest(value: Value) -> bool:
    """Tell whether a digest stands for any part of a value, so that nobody can read it back."""
    return isinstance(value, Digest) or (isinstance(value, tuple) and any(map(has_digest, value)))


def to_json(value: Value) -> Json:
    """Return a canonical value as JSON types; secrets keep their version only."""
    if isinstance(value, SecretVersion):
        return {"$version": value.version}
    if isinstance(value, Digest):
        return {"$sha256": value.sha256}
    if isinstance(value, Fields):
        return {name: to_json(inner) for name, inner in value}
    if isinstance(value, tuple):
        return [to_json(inner) for inner in value]
    return value


def from_json(data: Json) -> Value:
    """Return the canonical value that :func:`to_json` turned into ``data``."""
    if isinstance(data, dict):
        if data.keys() == {"$version"}:
            return SecretVersion(data["$version"])
        if data.keys() == {"$sha256"}:
            return Digest(data["$sha256"])
        return Fields.of({name: from_json(inner) for name, inner in data.items()})
    if isinstance(data, list):
        return tuple(from_json(inner) for inner in data)
    return data  # type: ignore[no-any-return]  # JSON scalars are values


def canonical_json(data: Json) -> bytes:
    """Return JSON in its one canonical spelling: sorted keys, no spaces, UTF-8."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def digest_of(data: Json) -> str:
    """Return the SHA-256 of data's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(data)).hexdigest()


def salted_digest(salt: str, kind: str, field: str, value: Value) -> Digest:
    """Return what stands for a personal value outside the process; equal only for the same kind, field and value."""
    return Digest(digest_of([salt, kind, field, to_json(value)]))
