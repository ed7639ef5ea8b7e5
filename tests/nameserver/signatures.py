"""Signatures as we make and prove them, and as dnspython does: both say the same of every message."""

import time
from random import Random
from typing import Any

import dns.exception
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.tsig

from nameserver.reading import answer, mutated
from reconciler.model.errors import AuthenticationError
from reconciler.model.secret import Secret
from reconciler.nameserver.message import Message, MessageError, read_message
from reconciler.nameserver.server import Key
from reconciler.nameserver.signing import Signing, SigningError

_tsig: Any = dns.tsig
_KEYS = tuple(
    Key(name, f"hmac-{hashed}", Secret(secret))
    for name in ("key.", "Key.Example.org", "a\\.b.", "x" * 63 + ".example.")
    for hashed in ("sha256", "sha384", "sha512")
    for secret in ("", "AAAA", "bG9uZyBzZWNyZXQ=" + "AAAA" * 40)
)


class Theirs:
    """One exchange as dnspython signs and proves it, from either side."""

    def __init__(self, key: Key) -> None:
        self._key = _tsig.Key(key.name, key.secret.reveal(), key.algorithm)
        self.mac = b""
        self._context: Any = None

    def sign(self, wire: bytes, moment: int = 0, multi: bool = False) -> bytes:
        """Return a message with its signature, the next of an answer where it is one of ``multi``."""
        times = (moment or int(time.time())).to_bytes(6) + (300).to_bytes(2)
        unsigned = self._key.algorithm.to_wire() + times + b"\0\0" + wire[:2] + bytes(4)
        template = dns.rdata.from_wire(dns.rdataclass.ANY, dns.rdatatype.TSIG, unsigned, 0, len(unsigned))
        moment = int.from_bytes(times[:6])
        signature, self._context = _tsig.sign(wire, self._key, template, moment, self.mac, self._context, multi)
        if not multi:
            self.mac = signature.mac
        data = signature.to_wire()
        count = int.from_bytes(wire[10:12]) + 1
        owner = self._key.name.to_wire()
        fixed = b"\x00\xfa\x00\xff\x00\x00\x00\x00" + len(data).to_bytes(2)
        return wire[:10] + count.to_bytes(2) + wire[12:] + owner + fixed + data

    def prove(self, message: Message) -> str:
        """Return an empty string where a message is proven to be the next, else what is wrong."""
        if message.tsig is None:
            return "unsigned"
        signer, _, _, _, start, end, at = message.tsig
        try:
            data = dns.rdata.from_wire(dns.rdataclass.ANY, dns.rdatatype.TSIG, message.wire, start, end - start)
            owner, _ = dns.name.from_wire(signer, 0)
            self._context = _tsig.validate(
                message.wire, self._key, owner, data, int(time.time()), self.mac, at, self._context, True
            )
        except dns.tsig.PeerError:
            return "refused"
        except dns.tsig.BadTime:
            return "not now"
        except (dns.exception.DNSException, ValueError):
            return "wrong"
        return ""


def verdict(signing: Signing, message: Message) -> str:
    """Return the same in our words."""
    try:
        signing.prove(message)
    except AuthenticationError:
        return "refused" if message.tsig is not None else "unsigned"
    except SigningError as error:
        said = {"it isn't signed": "unsigned", "the time of its signature isn't now": "not now"}
        return said.get(str(error), "wrong")
    return ""


def disagreement(rng: Random) -> tuple[str, str]:
    """Return how an exchange ended, and in what we and dnspython differ, or an empty string.

    Ours is the request, dnspython's are the answers to it, one of which may be changed on the way.
    """
    key = rng.choice(_KEYS)
    request = answer(rng, 1)
    signing, server = Signing(key), Theirs(key)
    signed = signing.sign(request)
    if found := server.prove(read_message(signed)):
        return "request", f"dnspython calls our request {found}: {signed.hex()}"
    client = Theirs(key)
    server.mac = client.mac = signed[-6 - _size(key) : -6]
    server._context = None
    moments = (0, 0, 0, 0, int(time.time()) - 250, int(time.time()) - 400, 1 << 33)
    for _ in range(rng.randint(1, 3)):
        wire = server.sign(answer(rng, 2), rng.choice(moments), multi=True)
        if is_changed := rng.random() < 0.3:
            wire = mutated(rng, wire) if rng.random() < 0.3 else _struck(rng, wire)
        try:
            message = read_message(wire)
        except MessageError:
            return "no message", ""
        ours, theirs = verdict(signing, message), client.prove(message)
        if ours != theirs and not (is_changed and ours):
            return "differing", f"ours {ours!r}, theirs {theirs!r}: {wire.hex()}"
        if ours:
            return ours, ""
    return "proven", ""


def _struck(rng: Random, wire: bytes) -> bytes:
    """Return a message with one octet of its signature changed."""
    at = len(wire) - rng.randint(1, 150) % len(wire)
    return wire[: at - 1] + bytes((wire[at - 1] ^ 1 << rng.randrange(8),)) + wire[at:]


def _size(key: Key) -> int:
    return int(key.algorithm[-3:]) // 8
