"""The effects of commits on disk, below the repository's git directory: losing or damaging the file costs time only.

Each line stands for itself and begins with the digest of what follows, so that a torn or altered line is read anew. It
holds what the record may hold, too: private values as salted digests, secrets as versions.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from reconciler import __version__
from reconciler.audit.effects import Effect, Effects, Said
from reconciler.model.fields import canonical_json, digest_of

FORMAT = 1


class Cache:
    """The effects of one account folder's commits, read with one salt by one version of the program."""

    def __init__(self, git_dir: Path, folder: str, salt: str) -> None:
        self._path = git_dir / "reconciler" / f"effects-{digest_of(folder)[:16]}.jsonl"
        self._key = digest_of([FORMAT, __version__, folder, salt])

    def read(self) -> dict[str, Effect]:
        """Return what is kept; nothing where there is no file, or one of another version."""
        try:
            head, *lines = self._path.read_bytes().split(b"\n")
        except OSError:
            return {}
        return (
            dict(map(_effect, filter(None, map(_checked, lines))))
            if head.decode("ascii", "replace") == self._key
            else {}
        )

    def add(self, effects: Effects) -> None:
        """Keep more effects; where the file can't be written, nothing is kept."""
        if not effects:
            return
        try:
            self._path.parent.mkdir(exist_ok=True)
            fresh = not self._path.exists() or not self._path.read_bytes().startswith(self._key.encode() + b"\n")
            with self._path.open("wb" if fresh else "ab") as file:
                file.write(self._key.encode() + b"\n" if fresh else b"\n")
                file.write(b"".join(_line(commit, effect) for commit, effect in effects.items()))
        except OSError:
            return


def _line(commit: str, effect: Effect) -> bytes:
    data = canonical_json([commit, effect.values, effect.error, effect.exists, effect.touches])
    return sha256(data).hexdigest()[:16].encode() + data + b"\n"


def _checked(line: bytes) -> bytes | None:
    digest, data = line[:16], line[16:]
    return data if data and sha256(data).hexdigest()[:16].encode() == digest else None


def _effect(data: bytes) -> tuple[str, Effect]:
    commit, values, error, exists, touches = json.loads(data.decode("utf-8", "surrogatepass"))
    said: Mapping[str, Said | None] = {a: None if one is None else Said(*one) for a, one in values.items()}
    return commit, Effect(said, error, exists, touches)
