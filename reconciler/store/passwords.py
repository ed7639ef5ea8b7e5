"""Secrets of the account: of a password only its Argon2id hash is kept; an IBAN is kept, and shown by its last four."""

from typing import TYPE_CHECKING

from reconciler.model.late import dataclass
from reconciler.model.secret import IBAN, Secret

if TYPE_CHECKING:
    from argon2 import PasswordHasher

#: More memory times passes than this, in KiB, isn't spent on proving that a password is the one that is kept.
_MOST_WORK = 1_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What hashing one password costs; the default is OWASP's recommendation for Argon2id (RFC 9106)."""

    passes: int = 2
    memory_kib: int = 19_456
    lanes: int = 1


def hasher(cost: Cost) -> "PasswordHasher":
    """Return what hashes passwords; the library is loaded by then."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)


def hash_password(secret: Secret, cost: Cost) -> str:
    """Return the encoded hash of a password, with a random salt; one that is a hash is taken as it is."""
    if secret.is_hash:
        return secret.reveal()
    return hasher(cost).hash(secret.reveal().encode("utf-8", "surrogateescape"))


def kept_text(path: str, secret: Secret, cost: Cost) -> str:
    """Return what is kept of the secret of a path."""
    return iban_text(secret) if path == IBAN else hash_password(secret, cost)


def is_kept(path: str, secret: Secret, kept: str) -> bool:
    """Tell whether ``kept`` is what is kept of a secret; what can't be proven isn't so."""
    from hmac import compare_digest

    if path == IBAN or secret.is_hash:
        return compare_digest(kept_text(path, secret, Cost()).encode(), kept.encode())
    from argon2 import PasswordHasher, extract_parameters
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        asked = extract_parameters(kept)
        if asked.memory_cost * asked.time_cost > _MOST_WORK:
            return False
        return PasswordHasher().verify(kept, secret.reveal().encode("utf-8", "surrogateescape"))
    except (InvalidHashError, VerificationError):
        return False


def iban_text(secret: Secret) -> str:
    """Return an IBAN as the bank is told it: capitals and digits only."""
    return "".join(secret.reveal().split()).upper()


def masked_iban(iban: str) -> str:
    """Return what may be shown of an IBAN: its last four characters."""
    return f"...{iban[-4:]}"
