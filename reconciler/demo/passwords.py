"""The secrets of the Musterfirma: a published IBAN, and passwords that nobody has."""

import base64
import hashlib

from reconciler.demo.firm import Firm
from reconciler.model.address import Address
from reconciler.model.secret import Secret

#: The IBAN that stands in every German example; no account has it.
IBAN_TEXT = "DE89370400440532013000"


def locked(firm: Firm, address: Address) -> Secret:
    """Return a hash in the form of Argon2id that is the hash of no known password: there is nothing to find out.

    Hashing real ones would also take an hour for a large account.
    """
    drawn = hashlib.blake2b(repr((firm.seed, address)).encode(), digest_size=48).digest()
    salt, digest = (base64.b64encode(part).decode().rstrip("=") for part in (drawn[:16], drawn[16:]))
    return Secret(f"$argon2id$v=19$m=19456,t=2,p=1${salt}${digest}", is_hash=True)
