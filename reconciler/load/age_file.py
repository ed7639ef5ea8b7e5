"""An age file: several named secrets in one encrypted text, bound to the place that they are for.

What is encrypted is JSON: the format, the account's number, the file's path, its recipients, and the secrets by key.
So a file that was copied from another account or renamed is refused, even by who can decrypt both. It is padded, so
that the length of the file doesn't tell the length of a secret.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

from reconciler.load.age import Identity, damaged, identity_of
from reconciler.load.secret_text import MOST, UnusableSecretError
from reconciler.load.spelling import did_you_mean
from reconciler.model.fields import canonical_json
from reconciler.model.late import dataclass
from reconciler.model.secret import Secret

FORMAT = 1
#: The longest file.
MOST_BYTES = 2**20
_PADDED_TO = 1024


@dataclass(frozen=True, slots=True)
class AgeFile:
    """What an age file holds, decrypted: for which place and which recipients, and the secrets by key."""

    account: str
    path: str
    recipients: tuple[str, ...] = ()
    secrets: Mapping[str, Secret] = field(default_factory=dict)

    def encode(self) -> bytes:
        """Return what is encrypted."""
        data = {
            "format": FORMAT,
            "account": self.account,
            "path": self.path,
            "recipients": list(self.recipients),
            "secrets": {key: secret.reveal() for key, secret in self.secrets.items()},
        }
        plain = canonical_json(data)
        return plain + b" " * (-len(plain) % _PADDED_TO)

    def secret(self, key: str) -> Secret:
        """Return one secret; raises :class:`UnusableSecretError` with the nearest key."""
        if key not in self.secrets:
            adds = f"`reconciler secret set {self.path}#{key}` adds it."
            remedy = f"{did_you_mean(key, self.secrets, 'Its keys')} {adds}".lstrip()
            raise UnusableSecretError("secret-missing", f"`{self.path}` has no key `{key}`.", remedy)
        return self.secrets[key]


class AgeFiles:
    """The age files of one run: the identity is asked for once, and each file is decrypted once."""

    def __init__(self, folder: Path, environ: Mapping[str, str], account: str) -> None:
        self._folder = folder
        self._environ = environ
        self._account = account
        self._identity: Identity | UnusableSecretError | None = None
        self._files: dict[str, AgeFile | UnusableSecretError] = {}

    def file(self, path: str) -> AgeFile:
        """Return what a file holds; raises the same :class:`UnusableSecretError` each time, for the same reason."""
        if path not in self._files:
            try:
                self._files[path] = self._decrypted(path)
            except UnusableSecretError as error:
                self._files[path] = error
        return _or_raise(self._files[path])

    def _decrypted(self, path: str) -> AgeFile:
        raw = read_bytes(self._folder, path)
        if self._identity is None:
            try:
                self._identity = identity_of(self._environ)
            except UnusableSecretError as error:
                self._identity = error
        return decode(_or_raise(self._identity).decrypt(raw), self._account, path)


_T = TypeVar("_T")


def _or_raise(found: _T | UnusableSecretError) -> _T:
    if isinstance(found, UnusableSecretError):
        raise found
    return found


def read_bytes(folder: Path, path: str) -> bytes:
    """Return a file of the account folder; raises :class:`UnusableSecretError`, also for links and large files."""
    place = folder / path
    if place.resolve() != folder.resolve() / path:
        detail = f"`{path}` is a symbolic link, or lies behind one."
        raise UnusableSecretError("secret-unreadable", detail, "Put the file itself there.")
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        remedy = "The path counts from the account folder; `reconciler secret set FILE#KEY` makes such a file."
        raise UnusableSecretError("secret-missing", f"`{path}` doesn't exist.", remedy) from None
    except OSError as error:
        detail = f"`{path}` can't be read: {error.strerror or error}."
        raise UnusableSecretError("secret-unreadable", detail, "Correct the path.") from None
    if len(raw) > MOST_BYTES:
        detail = f"`{path}` has more than 1 MiB."
        raise UnusableSecretError("secret-unreadable", detail, "Spread its secrets over several files.")
    return raw


def decode(plain: bytes, account: str, path: str) -> AgeFile:
    """Return what was encrypted, if it is for this account and this path; else raises :class:`UnusableSecretError`."""
    try:
        data = json.loads(plain)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not isinstance(data.get("format"), int):
        raise damaged(f"`{path}` holds no secrets of reconciler")
    if data["format"] != FORMAT:
        detail = f"`{path}` has the format {data['format']}, and this version reads {FORMAT}."
        raise UnusableSecretError("age-file-damaged", detail, "Use the version of reconciler that wrote it.")
    if (data.get("account"), data.get("path")) != (account, path):
        raise UnusableSecretError(
            "age-file-misplaced",
            f"`{path}` was written as `{data.get('path')}` for the account {data.get('account')}.",
            f"Set its secrets again with `reconciler secret set {path}#KEY`, in a new file of the account {account}.",
        )
    recipients, secrets = data.get("recipients"), data.get("secrets")
    if not _are_texts(recipients) or not isinstance(secrets, dict) or not all(map(_is_secret, secrets.values())):
        raise damaged(f"`{path}` doesn't hold what it should")
    return AgeFile(account, path, tuple(recipients), {key: Secret(text) for key, text in secrets.items()})


def _are_texts(data: Any) -> TypeGuard[list[str]]:
    return isinstance(data, list) and all(isinstance(item, str) for item in data)


def _is_secret(text: Any) -> bool:
    if not isinstance(text, str) or not text or "\0" in text:
        return False
    try:
        return len(text.encode("utf-8")) <= MOST
    except UnicodeEncodeError:
        return False
