"""Secrets of the account: of a password only its Argon2id hash is kept; an IBAN is kept, and shown by its last four."""

from typing import NamedTuple

from reconciler.model.secret import Secret


class Cost(NamedTuple):
    """What hashing one password costs; the default is OWASP's recommendation for Argon2id (RFC 9106)."""

    passes: int = 2
    memory_kib: int = 19_456
    lanes: int = 1


def hash_password(secret: Secret, cost: Cost) -> str:
    """Return the encoded hash of a password, with a random salt; one that is a hash is taken as it is."""
    if secret.is_hash:
        return secret.reveal()
    from argon2 import PasswordHasher

    hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
    return hasher.hash(secret.reveal().encode("utf-8", "surrogateescape"))


def iban_text(secret: Secret) -> str:
    """Return an IBAN as the bank is told it: capitals and digits only."""
    return "".join(secret.reveal().split()).upper()


def masked_iban(iban: str) -> str:
    """Return what may be shown of an IBAN: its last four characters."""
    return f"...{iban[-4:]}"
