"""What became of files that were fetched, one line each, and as JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from reconciler.model.address import Address
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import Json
from reconciler.model.text import neutral
from reconciler.report.ink import Line, Tone, line

FORMAT_VERSION = 1


class FetchedFile(Protocol):
    """One file: where it is, or why not."""

    @property
    def address(self) -> Address:
        """The fact whose file it is."""

    @property
    def path(self) -> Path:
        """Where it is."""

    @property
    def sha256(self) -> str:
        """Its checksum in hexadecimal."""

    @property
    def size(self) -> int:
        """Its octets."""

    @property
    def was_there(self) -> bool:
        """Whether it was there already, the same."""

    @property
    def proven(self) -> bool:
        """Whether its checksum is the one that the account tells."""

    @property
    def error(self) -> ReconcilerError | None:
        """Why there is none."""


def fetched_line(one: FetchedFile) -> Line:
    """Return the line that says what became of a file."""
    head = (f"{neutral(one.address)}: ", Tone.BOLD)
    if one.error:
        return line(head, ("not saved", Tone.DANGER), f": {neutral(one.error.in_full, 1000)}")
    where = neutral(str(one.path), 1000)
    if one.was_there:
        return line(head, f"{where} is there already, the same")
    sure = "SHA-256 as the account tells" if one.proven else f"the account tells no checksum; SHA-256 {one.sha256}"
    return line(head, f"{where} ({one.size} octets, {sure})")


def downloads_json(done: Sequence[FetchedFile]) -> Json:
    """Return the same as JSON types."""
    return {
        "format_version": FORMAT_VERSION,
        "files": [
            {
                "address": one.address,
                "path": str(one.path),
                "saved": one.error is None,
                "was_there": one.was_there,
                "sha256": one.sha256,
                "size": one.size,
                "proven": one.proven,
                "problem": one.error.in_full if one.error else "",
            }
            for one in done
        ],
    }
