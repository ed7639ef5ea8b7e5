"""Bytes that claim to be a PDF: whole, of the size and with the checksum that the account tells, and not too many."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from reconciler.model.address import Address
from reconciler.model.errors import AccountError
from reconciler.model.text import neutral

#: More is no invoice; a broken account could send for ever.
MOST = 64 * 2**20
_BEGIN, _END = b"%PDF-", b"%%EOF"
#: Within how many octets a PDF's end has to stand, as readers of PDFs look for it (ISO 32000-1, annex H.3.18).
_TAIL = 1024
_TRY_AGAIN = "Nothing was kept. Try again; if it stays so, tell the company."


class Proof:
    """Looks at pieces as they pass, and at the end says whether all of them are the document."""

    def __init__(self, address: Address, sha256_told: str, size_told: int) -> None:
        """Expect what the account tells of a file; an empty checksum or a size of 0 says that it tells none."""
        self._address = neutral(address)
        self._wanted, self._size = sha256_told.casefold(), size_told
        self._digest, self._seen = sha256(), 0
        self._head, self._tail = b"", b""

    def passing(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the pieces; raises ``AccountError`` where they are no PDF, too many, or not what was told."""
        for piece in pieces:
            self._take(piece)
            yield piece
        self._demand_whole()

    @property
    def sha256(self) -> str:
        """The checksum of what has passed, in hexadecimal."""
        return self._digest.hexdigest()

    @property
    def size(self) -> int:
        """How many octets have passed."""
        return self._seen

    def _take(self, piece: bytes) -> None:
        self._digest.update(piece)
        self._seen += len(piece)
        self._head = (self._head + piece)[: len(_BEGIN)] if len(self._head) < len(_BEGIN) else self._head
        self._tail = (self._tail + piece)[-_TAIL:]
        if not _BEGIN.startswith(self._head) and self._head != _BEGIN:
            raise self._refused("is no PDF: it doesn't begin as one")
        if self._seen > MOST:
            raise self._refused(f"is larger than {MOST // 2**20} MiB")

    def _demand_whole(self) -> None:
        if self._head != _BEGIN:
            raise self._refused("is no PDF: it doesn't begin as one")
        if self._size and self._seen != self._size:
            raise self._refused(f"has {self._seen} octets, and the account tells {self._size}")
        if _END not in self._tail:
            raise self._refused("is no whole PDF: its end is missing")
        if self._wanted and self.sha256 != self._wanted:
            raise self._refused("isn't what the account tells of it: the SHA-256 differs")

    def _refused(self, why: str) -> AccountError:
        return AccountError(f"The file of {self._address} {why}.", _TRY_AGAIN)
