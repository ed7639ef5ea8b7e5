"""Secrets: references in YAML, and the resolved text that never shows itself."""

from dataclasses import field

from reconciler.model.late import dataclass

#: The path of the secret that is an IBAN.
IBAN = "pay.iban"


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret lies: ``source`` is ``env`` or ``file``, ``name`` the variable or the path, ``version`` counts.

    A hash lies in the YAML itself: its source is ``hash``, its version the digest, its name the digest's beginning,
    and ``given`` is what was written.
    """

    source: str
    name: str
    version: int | str = 1
    given: "Secret | None" = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.source}/{self.name}"


class Secret:
    """A resolved secret. It has no text form: only :meth:`reveal` gives the text, to whoever sends it.

    ``is_hash`` says that the text is the hash of a password, which the account takes as it is.
    """

    __slots__ = ("_text", "is_hash")

    def __init__(self, text: str, *, is_hash: bool = False) -> None:
        self._text = text
        self.is_hash = is_hash

    def reveal(self) -> str:
        """Return the secret's text, for the one call that writes it to the account."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(...)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is never serialised")
