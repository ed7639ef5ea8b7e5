"""TSIG (RFC 8945): what we send is signed, and of what comes every message must be.

RFC 8945 lets a server leave up to 99 messages of a transfer unsigned. BIND, Knot and PowerDNS sign every one, so an
unsigned message in the middle is refused as one that somebody put there.

Every message of a large zone is proven, so this goes over its octets once and makes no object of its signature;
``make fuzz-wire`` compares it with dnspython.
"""

import base64
import hmac
import struct
import time

from reconciler.kinds.record_names import name_to_wire
from reconciler.model.errors import AccountError, AuthenticationError
from reconciler.model.late import dataclass
from reconciler.model.scalars import refusals
from reconciler.nameserver.message import TSIG, Message, MessageError, read_name
from reconciler.nameserver.server import Key

_FUDGE = 300
_NOTAUTH = 9
_HASHES = {"hmac-sha256": "sha256", "hmac-sha384": "sha384", "hmac-sha512": "sha512"}
_BADSIG, _BADKEY, _BADTIME, _BADTRUNC = 16, 17, 18, 22
#: What the server says about our key or signature.
_REFUSALS = {
    _BADKEY: ("doesn't know the key", "Check the key's name, and that the server's configuration has it."),
    _BADSIG: ("says that our signature is wrong", "Check the key's secret and its algorithm."),
    _BADTIME: ("says that our clock is wrong", "Set the clocks of both machines right."),
    _BADTRUNC: ("says that our signature is too short", "Use an algorithm such as `hmac-sha256`."),
}
#: A signature's class, which is ANY, and its TTL.
_ANY = b"\x00\xff\x00\x00\x00\x00"


class SigningError(ValueError):
    """A message isn't signed, or not by who has our key; the text says which."""


class Signing:
    """The signatures of one exchange: ours on the request, and the server's on every message of the answer.

    What is signed of a message begins with the signature before it.
    """

    def __init__(self, key: Key) -> None:
        self._name = key.name
        self._owner, self._algorithm, self._keyed = _opened(key)
        self._before = b""
        self._is_first = True

    def sign(self, wire: bytes) -> bytes:
        """Return a request with its signature."""
        times = int(time.time()).to_bytes(6) + _FUDGE.to_bytes(2)
        digest = self._keyed.copy()
        digest.update(wire + self._owner + _ANY + self._algorithm + times + bytes(4))
        mac = digest.digest()
        self._before, self._is_first = mac, True
        data = b"".join((self._algorithm, times, len(mac).to_bytes(2), mac, wire[:2], bytes(4)))
        count = int.from_bytes(wire[10:12]) + 1
        fixed = TSIG.to_bytes(2) + _ANY + len(data).to_bytes(2)
        return b"".join((wire[:10], count.to_bytes(2), wire[12:], self._owner, fixed, data))

    def prove(self, message: Message) -> None:
        """Prove that the server signed this message as the next of its answer.

        Raises :class:`~reconciler.model.errors.AuthenticationError` where the server refuses our key, and
        :class:`SigningError`.
        """
        if message.tsig is None:
            if message.rcode == _NOTAUTH:
                raise self._refused(_BADKEY)
            raise SigningError("it isn't signed")
        owner, _, _, _, start, end, at = message.tsig
        signed = _read(message.wire, start, end)
        if signed.error:
            raise self._refused(signed.error)
        wire, digest, count = message.wire, self._keyed.copy(), int.from_bytes(message.wire[10:12]) - 1
        before = len(self._before).to_bytes(2) + self._before
        digest.update(before + signed.number + wire[2:10] + count.to_bytes(2))
        digest.update(memoryview(wire)[12:at])
        if self._is_first:
            digest.update(self._owner + _ANY + self._algorithm)
        digest.update(signed.times + (bytes(2) + signed.other if self._is_first else b""))
        is_ours = owner == self._owner and signed.algorithm == self._algorithm
        if not is_ours or not hmac.compare_digest(digest.digest(), signed.mac):
            raise SigningError("its signature is wrong")
        if abs(int.from_bytes(signed.times[:6]) - int(time.time())) > int.from_bytes(signed.times[6:]):
            raise SigningError("the time of its signature isn't now")
        self._before, self._is_first = signed.mac, False

    def _refused(self, code: int) -> AuthenticationError:
        said, advice = _REFUSALS.get(code, _REFUSALS[_BADSIG])
        return AuthenticationError(f"The name server {said} ({self._name}).", advice)


@dataclass(frozen=True, slots=True)
class _Signature:
    """What a signature holds: ``times`` are when it was made and how far clocks may differ, as they stand there.

    ``other`` has its length in front.
    """

    algorithm: bytes
    times: bytes
    mac: bytes
    number: bytes
    error: int
    other: bytes


def _read(wire: bytes, start: int, end: int) -> _Signature:
    try:
        algorithm, at = read_name(wire, start, end, {})
        times, size = wire[at : at + 8], int.from_bytes(wire[at + 8 : at + 10])
        at += 10
        number, error, other = struct.unpack_from("!2sHH", wire, at + size)
    except (MessageError, struct.error):
        raise SigningError("its signature is wrong") from None
    if at + size + 6 + other != end:
        raise SigningError("its signature is wrong")
    return _Signature(algorithm.lower(), times, wire[at : at + size], number, error, wire[at + size + 4 : end])


def _opened(key: Key) -> tuple[bytes, bytes, hmac.HMAC]:
    """Return a key's name and algorithm as they are signed, and the digest that begins with its secret."""
    try:
        owner, algorithm = name_to_wire(key.name, lenient=True), name_to_wire(f"{key.algorithm}.")
        hashed = _HASHES[key.algorithm]
    except (KeyError, refusals()):
        raise AccountError(
            f"{key.name!r} with {key.algorithm!r} can't be a key.", "Use an algorithm such as `hmac-sha256`."
        ) from None
    try:
        secret = base64.decodebytes(key.secret.reveal().encode())
    except ValueError:
        raise AuthenticationError(
            f"The secret of the key {key.name} is not base64.", "Copy it as the server has it."
        ) from None
    return owner, algorithm, hmac.new(secret, digestmod=hashed)
