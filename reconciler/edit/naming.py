"""Readable, unique names for what an account knows by its own ids only, and for the secrets that it doesn't show."""

import re
import unicodedata
from collections.abc import Iterable

from reconciler.model.late import pattern

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_OTHER = pattern(r"[^a-z0-9]+")


class Names:
    """Hands out names, each once; ``separator`` stands before the number of a name that is taken."""

    def __init__(self, taken: Iterable[str] = (), separator: str = "-") -> None:
        self._taken = set(taken)
        self._separator = separator

    def choose(self, candidates: Iterable[str], fallback: str) -> str:
        """Return the first candidate that is neither empty nor taken, else one of them with a number."""
        wanted = [name for name in candidates if name] or [fallback]
        name = next((name for name in wanted if name not in self._taken), None)
        number = 2
        while name is None:
            numbered = f"{wanted[0]}{self._separator}{number}"
            name = None if numbered in self._taken else numbered
            number += 1
        self._taken.add(name)
        return name


def slug(text: str) -> str:
    """Return a text as lower-case ASCII words joined by hyphens; empty where nothing of it is left."""
    ascii_text = unicodedata.normalize("NFKD", text.translate(_GERMAN)).encode("ascii", "ignore").decode()
    return _OTHER.sub("-", ascii_text.lower()).strip("-")


def contact_names(email: str, name: str) -> tuple[str, str]:
    """Return what a contact may be called: the local part of its address, then its name."""
    return slug(email.partition("@")[0]), slug(name)


def whitelist_name(address: str) -> str:
    """Return what the entry of an IP address is called: ``ip-203-0-113-7``."""
    return "ip-" + re.sub(r"[.:]", "-", address).strip("-")


def secret_name(prefix: str, name: str) -> str:
    """Return the environment variable for a resource's secret: ``MAIL_INFO_EXAMPLE_ORG``."""
    return f"{prefix}_{slug(name)}".upper().replace("-", "_").rstrip("_")
