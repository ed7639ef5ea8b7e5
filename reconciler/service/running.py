"""Runs the service: a socket, the server, and the signals that end it when what runs is finished."""

import asyncio
import logging
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from reconciler.model.errors import UsageError

_BACKLOG = 1024
#: How many seconds a stop waits for what runs; a supervisor that waits less than this kills it.
_STOP_SECONDS = 30
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class _Server(uvicorn.Server):
    """A server that ends by a signal as if it had finished, which it has: uvicorn's own raises the signal again."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Begin to stop at a signal; the second one doesn't wait."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that takes connections already; raises ``UsageError`` where that isn't possible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"Can't listen on {host} port {port}: {said}.", "Choose another --host or --port.") from None


def url_of(bound: socket.socket, scheme: str = "http") -> str:
    """Return where a socket is reached."""
    host, port = bound.getsockname()[:2]
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def server_of(app: ASGIApp) -> uvicorn.Server:
    """Return the server of ``app``, which runs until SIGTERM or SIGINT; what runs then is finished first."""
    # A proxy's headers are read at our own gate, and what uvicorn would log there is said.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        app,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    return _Server(config)
