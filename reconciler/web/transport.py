"""What goes over the wire: counted, and on a connection that only reads nothing that could change anything."""

import ssl
from collections.abc import Callable

import httpx2

from reconciler.web.errors import UnsafeVerbError
from reconciler.web.verbs import SAFE_VERBS


class WatchedTransport(httpx2.HTTPTransport):
    """Sends requests, one pool for all of them; ``sent`` is told the verb of each."""

    def __init__(
        self, trust: ssl.SSLContext, connections: int, proxy: str | None, reading: bool, sent: Callable[[str], object]
    ) -> None:
        """Trust what ``trust`` does; with ``reading`` refuse every verb that isn't safe."""
        pool = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
        super().__init__(verify=trust, trust_env=False, limits=pool, proxy=proxy)
        self._reading = reading
        self._sent = sent

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; raises :class:`~reconciler.web.errors.UnsafeVerbError` before anything is sent."""
        if self._reading and request.method not in SAFE_VERBS:
            raise UnsafeVerbError(request.method)
        self._sent(request.method)
        return super().handle_request(request)
