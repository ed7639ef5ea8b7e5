"""Telling how an apply goes on, which must not keep what was done from being recorded."""

from collections.abc import Callable

from reconciler.model.outcome import Outcome


class Telling:
    """Tells each outcome to ``progress``; a mistake in that ends the telling, and is raised where the block ends."""

    def __init__(self, progress: Callable[[Outcome], None]) -> None:
        """Tell ``progress``."""
        self._progress = progress
        self._mistake: Exception | None = None

    def __enter__(self) -> "Telling":
        """Begin to tell."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Raise the mistake, if there was one and nothing else is raised."""
        if self._mistake is not None and kind is None:
            raise self._mistake

    def __call__(self, outcome: Outcome) -> None:
        """Tell an outcome."""
        if self._mistake is None:
            try:
                self._progress(outcome)
            except Exception as mistake:
                self._mistake = mistake
