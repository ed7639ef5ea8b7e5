"""Seal lists: what an approval is bound to, and the one form of their file.

The file is one line of canonical JSON. The SHA-256 of that line, without its end, is the plan's seal.
"""

import json

from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import Json, canonical_json, digest_of
from reconciler.model.late import dataclass, pattern
from reconciler.model.text import neutral

#: Raised whenever the same input would give other seals, so that no old approval fits by chance.
SEAL_FORMAT = 1
#: Longest file that is read: far above the list of 100,000 changes.
MAX_BYTES = 64 * 2**20

_SEAL = pattern(r"[0-9a-f]{64}\Z")
_KEYS = frozenset(("format", "account", "context", "changes"))


def is_seal(text: object) -> bool:
    """Tell whether something is spelt as a seal is."""
    return isinstance(text, str) and _SEAL.match(text) is not None


@dataclass(frozen=True, slots=True)
class SealList:
    """What an approval is bound to: the account, the context (policy and endpoint origins) and each change's seal."""

    account: str
    context: str
    changes: tuple[str, ...]

    def to_json(self) -> Json:
        """Return the seal list as JSON types."""
        return {"format": SEAL_FORMAT, "account": self.account, "context": self.context, "changes": list(self.changes)}

    def to_bytes(self) -> bytes:
        """Return the seal list as its file."""
        return canonical_json(self.to_json()) + b"\n"

    @property
    def seal(self) -> str:
        """The plan's seal: the digest of the list."""
        return digest_of(self.to_json())


def read_seal_list(data: bytes, name: str) -> SealList:
    """Return the seal list of a file's bytes; raises ``ReconcilerError`` naming the file where it isn't sound.

    Nobody has to trust where it comes from: it counts only where its seal was approved.
    """
    if len(data) > MAX_BYTES:
        raise _unsound(name, "is too large to be a seal list")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise _unsound(name, "is not a seal list: it isn't JSON") from None
    if not isinstance(found, dict) or found.keys() != _KEYS:
        raise _unsound(name, "is not a seal list of reconciler: it holds other keys")
    if type(found["format"]) is not int or found["format"] != SEAL_FORMAT:
        what = f"has the seal format {neutral(str(found['format']), 20)}; this program's is {SEAL_FORMAT}"
        raise _unsound(name, what)
    account, context, changes = found["account"], found["context"], found["changes"]
    if not isinstance(account, str) or not is_seal(context) or not isinstance(changes, list):
        raise _unsound(name, "is damaged: account, context or changes aren't what they should be")
    if not all(map(is_seal, changes)) or changes != sorted(set(changes)):
        raise _unsound(name, "is damaged: its changes aren't sorted seals")
    return SealList(account, context, tuple(changes))


def _unsound(name: str, what: str) -> ReconcilerError:
    return ReconcilerError(f"{neutral(name)} {what}.", "Write it anew with `reconciler plan --seal-list FILE`.")
