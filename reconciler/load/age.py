"""The door to age: identities, recipients, and text that is encrypted for them.

The recipients of a file are those of ``age -R``: a line each, of X25519 (``age1...``) or of SSH (``ssh-ed25519 ...``).
An identity comes from the environment only. Nothing here puts an identity, or a line that may be one, into a message.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from reconciler.load.secret_text import UnusableSecretError
from reconciler.model.late import pattern

IDENTITY = "RECONCILER_AGE_IDENTITY"
IDENTITY_FILE = "RECONCILER_AGE_IDENTITY_FILE"
#: How an armored file begins, and how one that isn't armored does.
BEGINNINGS = (b"-----BEGIN AGE ENCRYPTED FILE-----", b"age-encryption.org/v1")
_MOST = 64 * 2**10
_SSH = "-----BEGIN OPENSSH PRIVATE KEY-----"
_SECRET = pattern("AGE-SECRET-KEY-|AGE-PLUGIN-|PRIVATE KEY", re.IGNORECASE)
_NO_MATCH = "No matching keys found"
#: A key of age, of either sort; the library has no types.
_Key: TypeAlias = Any


class Identity:
    """Who may decrypt: one or several keys. It has no text form."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Sequence[_Key]) -> None:
        self._keys = tuple(keys)

    def decrypt(self, sealed: bytes) -> bytes:
        """Return what was encrypted; raises :class:`UnusableSecretError` for another's or a damaged text."""
        from pyrage import DecryptError, decrypt

        try:
            return bytes(decrypt(sealed, self._keys))
        except DecryptError as error:
            if str(error) == _NO_MATCH:
                raise UnusableSecretError(
                    "age-identity-wrong",
                    "The age identity isn't one of those for whom the file was encrypted.",
                    f"Give another identity, or let somebody who can decrypt the file add its public key to the "
                    f"recipients and run `reconciler secret rekey`. {_WHERE}",
                ) from None
            raise damaged("The file can't be decrypted") from None

    def __repr__(self) -> str:
        return "Identity(...)"

    def __reduce__(self) -> str:
        raise TypeError("an identity is never serialised")


_WHERE = f"The identity stands in {IDENTITY}, or in the file that {IDENTITY_FILE} names."


def identity_of(environ: Mapping[str, str]) -> Identity:
    """Return the identity that the environment gives; raises :class:`UnusableSecretError`.

    A variable that is empty isn't set: that is how CI hands on a secret which doesn't exist.
    """
    text, path = environ.get(IDENTITY, ""), environ.get(IDENTITY_FILE, "")
    if text and path:
        raise _unusable(f"{IDENTITY} and {IDENTITY_FILE} are both set.", "Set one of the two.")
    if not text and not path:
        remedy = f"Set {IDENTITY} to the text `AGE-SECRET-KEY-1...`, or {IDENTITY_FILE} to the path of its file."
        raise UnusableSecretError("age-identity-missing", f"Neither {IDENTITY} nor {IDENTITY_FILE} is set.", remedy)
    return parse_identity(text, IDENTITY) if text else parse_identity(_read(path), f"The file of {IDENTITY_FILE}")


def _read(path: str) -> str:
    """Return the text of the identity file; its path isn't named, because the identity itself might stand there."""
    if _SECRET.search(path):
        raise _unusable(f"{IDENTITY_FILE} holds an identity, not a path.", f"Set {IDENTITY} instead.")
    try:
        with Path(path).open("rb") as file:
            raw = file.read(_MOST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is malformed"
        detail = f"The file that {IDENTITY_FILE} names can't be read: {reason}."
        raise _unusable(detail, f"Correct {IDENTITY_FILE}.") from None
    if len(raw) > _MOST:
        raise _unusable(f"The file that {IDENTITY_FILE} names has more than 64 KiB.", f"Correct {IDENTITY_FILE}.")
    return raw.decode("utf-8", "replace")


def parse_identity(text: str, where: str) -> Identity:
    """Return the identity that a text holds: lines as ``age-keygen`` writes them, or an OpenSSH private key."""
    from pyrage import IdentityError, ssh, x25519

    if text.lstrip().startswith("-----BEGIN"):
        try:
            if _SSH not in text:
                raise IdentityError
            return Identity([ssh.Identity.from_buffer(f"{text.strip()}\n".encode("utf-8", "replace"))])
        except IdentityError:
            remedy = "Give an ssh-ed25519 key without a passphrase, or an identity of `age-keygen`."
            raise _unusable(f"{where} holds a key that can't be used.", remedy) from None
    keys = []
    for number, line in _lines(text):
        try:
            keys.append(x25519.Identity.from_str(line))
        except IdentityError:
            remedy = "Write `AGE-SECRET-KEY-1...` on a line of its own, as `age-keygen` does."
            raise _unusable(f"{where} holds no identity in line {number}.", remedy) from None
    if not keys:
        raise _unusable(f"{where} holds no identity.", "`age-keygen -o FILE` makes one.")
    return Identity(keys)


def parse_recipients(text: str) -> tuple[tuple[str, ...], dict[int, str]]:
    """Return the recipients that a text lists, sorted, without comments; and what is wrong, by line number."""
    found: set[str] = set()
    problems: dict[int, str] = {}
    for number, line in _lines(text):
        recipient = " ".join(line.split()[:2]) if line.startswith("ssh-") else line
        if _SECRET.search(line):
            problems[number] = "This looks like a secret key. Whoever has seen this file knows it: make another."
        elif _key(recipient) is None:
            problems[number] = "This is no public key."
        else:
            found.add(recipient)
    return tuple(sorted(found)), problems


def encrypt(plain: bytes, recipients: Sequence[str]) -> bytes:
    """Return bytes encrypted for recipients of :func:`parse_recipients`, as armored text."""
    import pyrage

    keys = [key for recipient in recipients if (key := _key(recipient)) is not None]
    return bytes(pyrage.encrypt(plain, keys, armored=True))


def damaged(what: str) -> UnusableSecretError:
    """Return the error for a file that isn't as it was written."""
    return UnusableSecretError(
        "age-file-damaged", f"{what}.", "Restore it from git; only `reconciler secret` writes such files."
    )


def _key(recipient: str) -> _Key | None:
    from pyrage import RecipientError, ssh, x25519

    try:
        if recipient.startswith("ssh-ed25519 "):
            return ssh.Recipient.from_str(recipient)
        return x25519.Recipient.from_str(recipient)
    except RecipientError:
        return None


def _lines(text: str) -> list[tuple[int, str]]:
    """Return the lines that aren't empty or comments, stripped, with their numbers."""
    numbered = enumerate((line.strip() for line in text.splitlines()), start=1)
    return [(number, line) for number, line in numbered if line and not line.startswith("#")]


def _unusable(detail: str, help: str) -> UnusableSecretError:
    return UnusableSecretError("age-identity-unusable", detail, help)
