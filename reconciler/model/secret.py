"""Secrets: references in YAML, and the resolved text that never shows itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret lies: ``source`` is ``env`` or ``file``, ``name`` the variable or the path, ``version`` counts."""

    source: str
    name: str
    version: int = 1

    def __str__(self) -> str:
        return f"{self.source}/{self.name}"


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
