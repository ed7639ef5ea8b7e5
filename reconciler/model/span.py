"""Places in files."""

from typing import NamedTuple


class Span(NamedTuple):
    """A place in a file: path relative to the account folder, line and column, both counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"
