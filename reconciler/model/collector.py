"""Python's cycle collector, out of the way of what makes very many values."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused(wanted: bool = True) -> Iterator[None]:
    """Keep Python's cycle collector from scanning a million values, none of which is in a cycle.

    What was made meanwhile counts as old afterwards, so that it isn't scanned at once when the collector goes on.
    """
    running = gc.isenabled()
    if not (wanted and running):
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()
        gc.enable()
