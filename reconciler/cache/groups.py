"""Record sets of one zone as bytes: equal record sets are equal bytes, so their digest says what they are."""

from collections.abc import Mapping

from reconciler.cache import plain
from reconciler.kinds.record import RecordValue
from reconciler.model.address import Address
from reconciler.model.fields import Value


def encode(group: Mapping[Address, Value]) -> bytes:
    """Return the bytes of a group of record sets."""
    addresses = sorted(group)
    records = [value for address in addresses if isinstance(value := group[address], RecordValue)]
    if len(records) != len(addresses):
        raise TypeError("only record sets are kept")
    parts = [record.values for record in records]
    options = [record.options for record in records]
    values = [found[0] if len(found) == 1 else None for found in parts]
    odd = {at for at, value in enumerate(values) if type(value) is not bytes}
    odd |= {at for at, said in enumerate(options) if said is not None}
    told = {}
    for at in sorted(odd):
        values[at], said = b"", options[at]
        encoded = None if said is None else said.encode("utf-8", "surrogatepass")
        inside = [v.encode("utf-8", "surrogatepass") if isinstance(v, str) else v for v in parts[at]]
        told[at] = (inside, tuple(isinstance(v, str) for v in parts[at]), encoded)
    joined = "\n".join(addresses).encode("utf-8", "surrogatepass")
    return plain.dump((joined, [record.ttl for record in records], values, told))


def decode(data: bytes) -> dict[Address, Value]:
    """Return the group that :func:`encode` turned into ``data``."""
    joined, ttls, values, told = plain.load(data)
    addresses = joined.decode("utf-8", "surrogatepass").split("\n") if joined else []
    found: dict[Address, Value] = {
        address: RecordValue(address[address.rindex("/") + 1 :], ttl, (value,))
        for address, ttl, value in zip(addresses, ttls, values, strict=True)
    }
    for at, (parts, texts, options) in told.items():
        address = addresses[at]
        inside = (v.decode("utf-8", "surrogatepass") if is_text else v for v, is_text in zip(parts, texts, strict=True))
        said = None if options is None else options.decode("utf-8", "surrogatepass")
        found[address] = RecordValue(address[address.rindex("/") + 1 :], ttls[at], tuple(inside), said)
    return found
