"""TSIG (RFC 8945): what we send is signed, and of what comes every message must be.

RFC 8945 lets a server leave up to 99 messages of a transfer unsigned. BIND, Knot and PowerDNS sign every one, so an
unsigned message in the middle is refused as one that somebody put there.
"""

import struct
import time
from typing import Any

from reconciler.model.errors import AccountError, AuthenticationError
from reconciler.nameserver.message import Message
from reconciler.nameserver.server import Key

_FUDGE = 300
_NOTAUTH = 9
#: What the server says about our key or signature.
_REFUSALS = {
    "PeerBadKey": ("doesn't know the key", "Check the key's name, and that the server's configuration has it."),
    "PeerBadSignature": ("says that our signature is wrong", "Check the key's secret and its algorithm."),
    "PeerBadTime": ("says that our clock is wrong", "Set the clocks of both machines right."),
    "PeerBadTruncation": ("says that our signature is too short", "Use an algorithm such as `hmac-sha256`."),
}


class SigningError(ValueError):
    """A message isn't signed, or not by who has our key; the text says which."""


class Signing:
    """The signatures of one exchange: ours on the request, and the server's on every message of the answer."""

    def __init__(self, key: Key) -> None:
        self._name = key.name
        self._key = _dnspython_key(key)
        self._mac = b""
        self._context: Any = None

    def sign(self, wire: bytes) -> bytes:
        """Return a request with its signature."""
        import dns.rdata
        import dns.rdataclass
        import dns.rdatatype
        import dns.tsig

        tsig: Any = dns.tsig
        now, number = int(time.time()), int.from_bytes(wire[:2])
        unsigned = self._key.algorithm.to_wire() + struct.pack("!HIHHHHH", 0, now, _FUDGE, 0, number, 0, 0)
        template = dns.rdata.from_wire(dns.rdataclass.ANY, dns.rdatatype.TSIG, unsigned, 0, len(unsigned))
        signature, _ = tsig.sign(wire, self._key, template, now)
        self._mac = signature.mac
        data: bytes = signature.to_wire()
        count = int.from_bytes(wire[10:12]) + 1
        fixed = b"\x00\xfa\x00\xff\x00\x00\x00\x00" + len(data).to_bytes(2)
        owner: bytes = self._key.name.to_wire()
        return wire[:10] + count.to_bytes(2) + wire[12:] + owner + fixed + data

    def prove(self, message: Message) -> None:
        """Prove that the server signed this message as the next of its answer.

        Raises :class:`~reconciler.model.errors.AuthenticationError` where the server refuses our key, and
        :class:`SigningError`.
        """
        import dns.exception
        import dns.name
        import dns.rdata
        import dns.rdataclass
        import dns.rdatatype
        import dns.tsig

        tsig: Any = dns.tsig
        rr = message.tsig
        if rr is None:
            if message.rcode == _NOTAUTH:
                raise self._refused("PeerBadKey")
            raise SigningError("it isn't signed")
        try:
            signer, _, _, _, start, end, at = rr
            data = dns.rdata.from_wire(dns.rdataclass.ANY, dns.rdatatype.TSIG, message.wire, start, end - start)
            owner, _ = dns.name.from_wire(signer, 0)
            self._context = tsig.validate(
                message.wire, self._key, owner, data, int(time.time()), self._mac, at, self._context, True
            )
        except dns.tsig.PeerError as error:
            raise self._refused(type(error).__name__) from None
        except dns.tsig.BadTime:
            raise SigningError("the time of its signature isn't now") from None
        except (dns.exception.DNSException, ValueError, NotImplementedError):
            raise SigningError("its signature is wrong") from None

    def _refused(self, why: str) -> AuthenticationError:
        said, advice = _REFUSALS.get(why, _REFUSALS["PeerBadSignature"])
        return AuthenticationError(f"The name server {said} ({self._name}).", advice)


def _dnspython_key(key: Key) -> Any:
    import dns.exception
    import dns.tsig

    tsig: Any = dns.tsig
    try:
        made = tsig.Key(key.name, key.secret.reveal(), key.algorithm)
        tsig.HMACTSig(made.secret, made.algorithm)
    except (NotImplementedError, dns.exception.DNSException):
        raise AccountError(
            f"{key.name!r} with {key.algorithm!r} can't be a key.", "Use an algorithm such as `hmac-sha256`."
        ) from None
    except ValueError:
        raise AuthenticationError(
            f"The secret of the key {key.name} is not base64.", "Copy it as the server has it."
        ) from None
    return made
