"""What the entries of an account service mean: addresses, canonical values and the account's marks, each judged."""

from functools import partial

from reconciler.kinds import KINDS
from reconciler.model.address import Address, group_of, kind_of, live_id_of
from reconciler.model.kind import Kind
from reconciler.model.scalars import refusals
from reconciler.model.text import neutral
from reconciler.providers._kundencenter_answers import is_sound, is_sound_address
from reconciler.providers._kundencenter_pages import Collection
from reconciler.providers._kundencenter_wholes import Settled
from reconciler.wire.entries import Entry, Page
from reconciler.wire.paths import records_path, settings_path

#: What the kinds raise for data that isn't theirs.
_NOT_OURS = (ValueError, LookupError, TypeError, AttributeError, OverflowError)


def collection(kind: Kind) -> Collection[Settled]:
    """Return the collection of all settings of a kind; of record sets those of all zones."""
    return Collection(settings_path(kind.name), Page, partial(_settled, kind.name))


def record_sets(zone: Address) -> Collection[Settled]:
    """Return the collection of one zone's record sets."""
    name = zone.partition("/")[2]
    return Collection(records_path(name), Page, partial(_settled, f"record/{name}"))


def _settled(group: str, entry: Entry) -> tuple[Address, Settled]:
    """Return what an entry of a group, or of a kind, means; raises ``ValueError`` for what isn't one."""
    address = entry.address
    if not is_sound_address(address) or not is_sound(live_id_of(address) or "-"):
        raise ValueError(f"{neutral(address, 200)} can't be an address")
    if not is_sound(entry.version) or not is_sound(entry.records or "-"):
        raise ValueError(f"the version of {neutral(address, 200)} can't be one")
    if group not in (group_of(address), kind_of(address)) or kind_of(address) not in KINDS:
        raise ValueError(f"{neutral(address, 200)} doesn't belong there")
    kind = KINDS[kind_of(address)]
    try:
        proper = bool(live_id_of(address)) if kind.natural_key else kind.address(kind.keys(address)) == address
        value = entry.canonical()
    except refusals() as error:
        raise ValueError(f"{neutral(address, 200)} can't be read: {neutral(error.message(), 200)}") from None
    except _NOT_OURS:
        raise ValueError(f"{neutral(address, 200)} can't be read") from None
    if not proper:
        raise ValueError(f"{neutral(address, 200)} is no address of a {kind.title}")
    return address, Settled(value, entry.version, entry.records or "")
