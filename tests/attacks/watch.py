"""What this process does to the outside, seen by an audit hook: sockets, children with their environment, files."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

_SOCKETS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind", "socket.sendto")
_PROGRAMS = ("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn")


@dataclass
class Seen:
    """Everything that happened while somebody watched; children as their words and their environment."""

    sockets: list[str] = field(default_factory=list)
    children: list[tuple[tuple[str, ...], dict[str, str]]] = field(default_factory=list)
    programs: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def take(self, event: str, args: tuple[Any, ...]) -> None:
        """Take one event of the interpreter."""
        if event in _SOCKETS:
            self.sockets.append(f"{event} {args!r}")
        elif event == "subprocess.Popen":
            env = {os.fsdecode(name): os.fsdecode(value) for name, value in dict(args[3] or {}).items()}
            self.children.append((tuple(map(os.fsdecode, args[1])), env))
        elif event in _PROGRAMS:
            self.programs.append(event)
        elif event in ("open", "sqlite3.connect") and isinstance(args[0], str | bytes):
            self.opened.append(os.fsdecode(args[0]))

    def opens(self, place: str) -> bool:
        """Tell whether a file, or one beside it that begins in the same way, was opened."""
        return any(place in path for path in self.opened)


_watching: list[Seen] = []


def _hook(event: str, args: tuple[Any, ...]) -> None:
    for seen in _watching:
        seen.take(event, args)


@contextmanager
def watched() -> Iterator[Seen]:
    """Watch what happens inside; the hook itself stays for ever, as hooks do."""
    if not hasattr(sys, "_reconciler_watch"):
        sys.addaudithook(_hook)
        sys._reconciler_watch = True
    seen = Seen()
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)
