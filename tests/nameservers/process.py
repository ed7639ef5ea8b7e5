"""A server as a process of ours: on a port that nobody else has, ready when it says so, ended with who started it."""

import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import IO

_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
#: Below what systems give to outgoing connections, so that none of those takes a port between two starts.
_PORTS = range(20_000, 32_000)
_READY_WITHIN = 30.0

_held: list[IO[str]] = []


@cache
def program(name: str) -> str | None:
    """Return where a program lies, also where only administrators look, or None."""
    return shutil.which(name, path=_PATH)


def demand(name: str) -> str:
    """Return where a program lies."""
    found = program(name)
    assert found is not None, f"{name} isn't installed; `make servers` does that"
    return found


def free_port() -> int:
    """Return a port that is free over UDP and TCP, and stays this process's own.

    A lock keeps it from the other processes of a test run: servers that share a port (SO_REUSEPORT) wouldn't notice.
    """
    locks = Path(tempfile.gettempdir()) / f"reconciler-ports-{os.getuid()}"
    locks.mkdir(exist_ok=True)
    for port in random.sample(_PORTS, len(_PORTS)):
        lock = (locks / str(port)).open("w")
        if _locked(lock) and _unused(port):
            _held.append(lock)
            return port
        lock.close()
    raise AssertionError("no port is free")


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _unused(port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with closing(socket.socket(socket.AF_INET, kind)) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


class Process:
    """A server in the foreground; its output is kept in ``log``."""

    def __init__(self, command: list[str], folder: Path, is_ready: Callable[[], bool]) -> None:
        """Say how it is started and when it is ready; ``start`` does so."""
        self.log = folder / "log"
        self._command = command
        self._folder = folder
        self._is_ready = is_ready
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self._running is not None, "it isn't running"
        return self._running.pid

    def start(self) -> None:
        """Start it and wait until it answers; otherwise fail with its own words."""
        setpriv = program("setpriv")  # a server dies with the test run, however that ends
        dying = [setpriv, "--pdeathsig", "KILL"] if setpriv else []
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                [*dying, *self._command], cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until = time.monotonic() + _READY_WITHIN
        while not self._is_ready():
            if self._running.poll() is not None or time.monotonic() > until:
                self.stop()
                raise AssertionError(f"{' '.join(self._command)} didn't start:\n{self.tail()}")
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it by its number; by force when it takes longer than it may."""
        if self._running is None:
            return
        self._running.send_signal(how)
        try:
            self._running.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
        self._running = None

    def tail(self, lines: int = 30) -> str:
        """Return the last lines that it printed."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def ran(command: list[str]) -> bool:
    """Run a command to its end and tell whether it went well; for asking a server whether it is ready."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def run(command: list[str]) -> str:
    """Run a command that must go well, and return what it printed."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout
