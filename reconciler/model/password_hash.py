"""The hash of a password, which may stand where a reference to the password would.

A hash lies in the YAML and so in git; it is the only form of a secret that does. It isn't shown nevertheless.
"""

import re
from hashlib import sha256
from typing import Annotated, Any, TypeAlias

from reconciler.model.late import pattern
from reconciler.model.marks import BeforeValidator, WithJsonSchema
from reconciler.model.scalars import refused_as, wrong_type, wrong_value
from reconciler.model.secret_field import SecretField, secret_field
from reconciler.model.written import Written

_ARGON2ID = (
    r"argon2id\$v=19\$m=[1-9][0-9]{0,9},t=[1-9][0-9]{0,9},p=[1-9][0-9]{0,7}"
    r"\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,171}"
)
_BCRYPT = r"2[by]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}"
_HASH = rf"^\$({_ARGON2ID}|{_BCRYPT})$"
_LOOKS_LIKE_ONE = pattern(r"\W*(?:\{[A-Z0-9-]+\})?\W*(?:argon2|2[abxy]\$)")
_FORMS = 'Write `{hash: "$argon2id$..."}` or `{hash: "$2y$..."}`, in quotes.'


def _hash(value: Any) -> str:
    if not isinstance(value, str):
        raise wrong_type("the hash of a password", _FORMS)
    if re.fullmatch(_HASH, value):
        return value
    raise wrong_value(_what_is_wrong(value), _FORMS)


def _what_is_wrong(text: str) -> str:
    """Return how a text differs from a hash, without showing it."""
    if text[:1] in ("'", '"'):
        return "The hash stands in two pairs of quotes."
    if text.startswith("{"):
        return "The scheme in braces before the hash doesn't belong to it."
    if "$$" in text:
        return "Each `$` stands twice; that is how some tools want it, but not YAML."
    if text.startswith(("$argon2", "$2")):
        return "Only complete hashes of Argon2id (version 19) and of bcrypt (`$2y$`, `$2b$`) are known."
    if _LOOKS_LIKE_ONE.match(text) or text.startswith("="):
        return "The hash has lost a `$`, perhaps to a shell: there it stands in single quotes."
    return "This is not the hash of a password."


class HashField(Written):
    """A password's hash, as the mail server keeps it. It has no version: another hash is another password."""

    hash: Annotated[str, BeforeValidator(_hash), WithJsonSchema({"type": "string", "pattern": _HASH})]

    @property
    def version(self) -> str:
        """What is compared in place of a version."""
        return sha256(self.hash.encode()).hexdigest()

    def __repr__(self) -> str:
        return "HashField()"


#: What may stand for a secret.
SecretLeaf: TypeAlias = SecretField | HashField


def _secret_or_hash(value: Any) -> Any:
    if isinstance(value, str) and _LOOKS_LIKE_ONE.match(value):
        detail = "A hash is written as one, so that nobody takes it for the password."
        raise refused_as("literal_secret", "{detail}", {"detail": detail, "help": _FORMS})
    if not isinstance(value, dict):
        return secret_field(value)
    if "hash" not in value:
        return SecretField.model_validate(value)
    if any(key.partition("=")[0] in ("t", "p") for key in value):
        raise wrong_value("The hash ends at its first comma, because it isn't in quotes.", _FORMS)
    if "version" in value:
        raise wrong_value("A hash has no version: another hash is another password.", "Delete `version`.")
    if "secret" in value:
        raise wrong_value("A password has a place or a hash, not both.", "Delete `secret` or `hash`.")
    return HashField.model_validate(value)


SecretOrHash = Annotated[SecretField | HashField, BeforeValidator(_secret_or_hash)]
