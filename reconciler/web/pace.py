"""How many requests are under way at once: fewer while a server refuses some, and by and by more again.

A pause that a server asks for holds for all who ask it, not only for whom it told. Whoever was refused keeps his turn,
and half as many as before go on at once, so that nobody storms a door that has just been opened, and nobody is refused
for ever. Some answers later one more goes along, up to as many as there are connections.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from reconciler.web.answer import Answer

#: After so many answers without a refusal one more may ask.
_EVERY = 10


class Pace:
    """The pace at which several threads ask one site."""

    def __init__(self, most: int, longest_pause: float) -> None:
        """Let ``most`` requests be under way at once; a server that asks for a longer pause isn't waited for."""
        self._most = most
        self._longest_pause = longest_pause
        self.at_once = most
        self._answers = 0
        self._under_way = 0
        self._closed_until = 0.0
        self._changed = Condition()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until one may ask, and ask within, again if need be."""
        with self._changed:
            while self._under_way >= self.at_once:
                self._changed.wait()
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def wait(self) -> None:
        """Wait out the pause that the server asked for last."""
        while (left := self._closed_until - time.monotonic()) > 0:
            time.sleep(left)

    def learn(self, answer: Answer, *, is_busy: bool) -> None:
        """Go slower after an answer that says that there is too much to do, and by and by faster after others."""
        with self._changed:
            if is_busy:
                self.at_once, self._answers = max(1, self.at_once // 2), 0
                wanted = answer.retry_after or 0.0
                if wanted <= self._longest_pause:
                    self._closed_until = max(self._closed_until, time.monotonic() + wanted)
                return
            self._answers += 1
            if self._answers >= _EVERY and self.at_once < self._most:
                self.at_once, self._answers = self.at_once + 1, 0
                self._changed.notify_all()
