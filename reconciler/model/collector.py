"""Python's cycle collector, out of the way of what makes very many values."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused(wanted: bool = True) -> Iterator[None]:
    """Keep Python's cycle collector from scanning a million values, none of which is in a cycle."""
    running = gc.isenabled()
    if not (wanted and running):
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
