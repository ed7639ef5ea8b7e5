"""What a name server does to us, beside the exceptions of ``model.errors`` that every account can raise."""

from reconciler.model.errors import AccountError

#: The answers' codes (RFC 1035, RFC 2136, RFC 8945).
RCODES = {
    0: "NOERROR",
    1: "FORMERR",
    2: "SERVFAIL",
    3: "NXDOMAIN",
    4: "NOTIMP",
    5: "REFUSED",
    6: "YXDOMAIN",
    7: "YXRRSET",
    8: "NXRRSET",
    9: "NOTAUTH",
    10: "NOTZONE",
}


class UnreachableError(AccountError):
    """The server can't be reached: nothing was sent to it."""


class ZoneRefusedError(AccountError):
    """The server doesn't serve the zone, or doesn't let us: it did nothing. ``rcode`` is its answer's code."""

    def __init__(self, message: str, help: str = "", *, zone: str, rcode: int) -> None:
        super().__init__(message, help)
        self.zone = zone
        self.rcode = rcode


class UnknownOutcomeError(AccountError):
    """An UPDATE was sent, or a part of it, and no proven answer came: only reading the zone tells what became of it."""


class TooLargeError(AccountError):
    """A change doesn't fit into one UPDATE message; nothing was sent."""


def rcode_text(rcode: int) -> str:
    """Return the name of an answer's code."""
    return RCODES.get(rcode, f"code {rcode}")
