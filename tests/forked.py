"""Runs the program in processes that are forked from one that has loaded it already: ``python forked.py SOCKET``.

A test that runs the program as a process pays half a second for its imports and a tenth for what it does. A process
forked from here is one like any other (its own folder, environment, files and end), without that price. What a start
costs and loads, and that the installed script runs at all, is tested with real starts (``tests/architecture``,
``tests/docs``, ``tests/examples``).

Asked over a socket, each time on a connection of its own: arguments, folder and environment as JSON, with the three
files of the process. Answered with its exit code. Ends when the one who started it does.
"""

import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

#: What isn't loaded beforehand: extras, which a test may be about.
LEFT_OUT = ("octodns", "reconciler.service", "reconciler.demo")
_MOST = 1 << 20


def load() -> None:
    """Load all that the program can need; nothing of it is run."""
    import reconciler

    for module in pkgutil.walk_packages(reconciler.__path__, "reconciler."):
        if not any(part in module.name for part in LEFT_OUT):
            importlib.import_module(module.name)


def serve(listening: socket.socket) -> list[str] | None:
    """Answer until standard input ends; in a forked process return its arguments, in the first one None."""
    while True:
        ready, _, _ = select.select([listening, 0], [], [])
        if 0 in ready:
            return None
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            asked, files = _received(connection)
            child = os.fork()
            if child == 0:
                connection.close()
                return _become(asked, files)
            _, status = os.waitpid(child, 0)
            connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
            os._exit(0)
        connection.close()


def _received(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    text, files, _, _ = socket.recv_fds(connection, _MOST, 3)
    while not text.endswith(b"\n"):
        text += connection.recv(_MOST)
    return json.loads(text), files


def _become(asked: dict[str, Any], files: list[int]) -> list[str]:
    """Make this process one that was started with what was asked, and return its arguments."""
    for standard, file in enumerate(files):
        os.dup2(file, standard)
        os.close(file)
    os.chdir(str(asked["cwd"]))
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    return list(asked["args"])


if __name__ == "__main__":
    sys.path[0] = str(Path(sys.executable).parent)
    load()
    # What is loaded is never looked through again; otherwise each process would copy all of it when it ends.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as waiting:
        waiting.bind(sys.argv[1])
        waiting.listen(64)
        os.write(1, b"ready\n")
        arguments = serve(waiting)
    if arguments is not None:
        from reconciler.cli.main import main

        sys.argv = [str(Path(sys.executable).parent / "reconciler"), *arguments]
        main()
