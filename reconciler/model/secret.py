"""Secrets: references in YAML, and the resolved text that never shows itself."""

import re
from dataclasses import dataclass

_AGE = re.compile(r"(?P<path>[^\x00]*\.age)(?:#(?P<key>[^\x00]*))?\Z")
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,127}\Z")


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret lies: ``source`` is ``env`` or ``file``, ``name`` the variable or the path, ``version`` counts."""

    source: str
    name: str
    version: int = 1

    def __str__(self) -> str:
        return f"{self.source}/{self.name}"


def split_age(name: str) -> tuple[str, str | None] | None:
    """Return the path of an age file and what follows ``#`` (None where nothing does); None for any other path."""
    found = _AGE.match(name)
    return (found["path"], found["key"]) if found else None


def is_age_key(key: str | None) -> bool:
    """Tell whether a secret in an age file can have this name."""
    return key is not None and _KEY.match(key) is not None


def is_inside(path: str) -> bool:
    """Tell whether a path leads from the account folder to something inside it, in its one spelling."""
    return not any(part in ("", ".", "..") for part in path.split("/"))


class Secret:
    """A resolved secret. It has no text form: only :meth:`reveal` gives the text, to whoever sends it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret's text, for the one call that writes it to the account."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(...)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is never serialised")
