"""Where a file goes: under a name that leads nowhere else, linked into place only where nothing is."""

import os
import tempfile
from collections.abc import Iterable
from hashlib import file_digest, sha256
from pathlib import Path
from urllib.parse import quote

from reconciler.model.address import Address, split
from reconciler.model.errors import ReconcilerError, UsageError

_LONGEST = 120


def file_name(address: Address) -> str:
    """Return the name of a fact's file: of letters, digits and `-_.~` only, whatever the account calls the fact.

    Every other character is spelt as its octets are in URLs, so that two facts never share a name; what gets too long
    ends with a checksum in place of the rest.
    """
    name = quote("-".join(split(address)), safe="", errors="surrogatepass")
    if len(name) > _LONGEST:
        name = f"{name[: _LONGEST - 17]}-{sha256(address.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    return f"{name}.pdf"


def holds(path: Path, checksum: str) -> bool:
    """Tell whether a file, not what only points to one, is there and has a SHA-256."""
    if not checksum or path.is_symlink() or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest() == checksum.casefold()
    except OSError:
        return False


def put(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that nobody but its owner may read, whole or not at all.

    It gets its name at once, and only where nothing has it. Raises ``UsageError`` where something has,
    ``ReconcilerError`` where it can't be written, and whatever ``pieces`` raises.
    """
    try:
        descriptor, staged = tempfile.mkstemp(prefix=".download-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            os.link(staged, path)
        finally:
            Path(staged).unlink()
    except FileExistsError:
        raise UsageError(f"{path} exists already.", "Move it away, or name another place with `--out`.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReconcilerError(f"{path} can't be written: {reason}.", "Name another folder with `--out`.") from None
