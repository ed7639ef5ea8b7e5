"""What the lint of a zone goes by, without a look into any zone; empty where the content of one is known to nobody."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from reconciler.cache import plain
from reconciler.check.dns.zones import Account, Answer
from reconciler.model.address import encode_part
from reconciler.model.groups import Group, groups_of, of_kind

#: Raised whenever what is kept has another form.
_FORMAT = 2


def keys_of(account: Account) -> dict[str, bytes]:
    """Return the key of each zone: its content, the files in which it stands, and what else the rules look at."""
    desired, places = account.desired, of_kind(account.desired.places, "zone")
    presets = groups_of(desired.presets)
    shared = (_FORMAT, list(account.groups), sorted(of_kind(desired.state, "zone")), account.left_alone)
    common, everywhere = digest(shared), digest(sorted(desired.files.items()))
    keys = {}
    for name, group in account.groups.items():
        address = f"zone/{encode_part(name)}"
        file = place.file if (place := places.get(address)) else ""
        options = desired.zone_options.get(address)
        domains = sorted(account.mailboxes.get(name, ()))
        given = sorted(presets.get(f"record/{encode_part(name)}", {}).items())
        told = (common, file, desired.files.get(file, ""), bool(options and options.lenient), domains, given)
        more = (everywhere if given or not file else b"", sorted(account.hosts) if domains else [])
        content = group.id if isinstance(group, Group) else ""
        keys[name] = digest((content, told, more)) if content else b""
    return keys


def digest(value: Any) -> bytes:
    """Return the digest of plain values."""
    return sha256(plain.dump(value)).digest()


def answer_key(answer: Answer) -> bytes:
    """Return what an answer of another zone is known by."""
    if answer is None:
        return b""
    return digest(sorted((rtype, list(one.value.values)) for rtype, one in answer.items()))


def asked_keys(asked: Mapping[str, Mapping[str, Answer]]) -> dict[str, dict[str, bytes]]:
    """Return what the answers of other zones are known by, by zone and name."""
    return {zone: {name: answer_key(answer) for name, answer in names.items()} for zone, names in asked.items()}
