"""Codes: the names of what can be wrong, with what each means."""

from typing import NamedTuple


class Code(NamedTuple):
    """What a code means: the ``summary`` of all its diagnostics, and an ``explanation`` for ``reconciler explain``."""

    summary: str
    explanation: str
