"""What an account service says of the account, as canonical values; and that it said all of it.

Every collection is proven complete by itself (``_kundencenter_pages``), and what was read before in this run is proven
to be unchanged by its mark. A zone that goes between the list and its record sets makes the list be read again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from reconciler.kinds import KINDS
from reconciler.kinds.whitelist_entry import canonical_ip
from reconciler.model.address import Address, group_of, kind_of, live_id_of
from reconciler.model.errors import AccountError, IncompleteReadError
from reconciler.model.fields import Value
from reconciler.model.kind import Kind
from reconciler.model.text import neutral
from reconciler.providers._http import Connection
from reconciler.providers._kundencenter_answers import is_sound, is_sound_address
from reconciler.providers._kundencenter_pages import ROUNDS, Collection, GoneError, Pages, Whole
from reconciler.wire.account import AccountInfo
from reconciler.wire.entries import Entry, Page
from reconciler.wire.paths import VERSION, records_path

_ACCOUNT = f"{VERSION}/account"
#: What the kinds raise for data that isn't theirs.
_NOT_OURS = (ValueError, LookupError, TypeError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Settled:
    """One entry: its value and the account's mark of it."""

    value: Value
    version: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the account in this run."""

    pages: Pages = field(default_factory=Pages)
    info: list[AccountInfo] = field(default_factory=list)

    def account(self, server: Connection) -> AccountInfo:
        """Return who the account is; asked once."""
        return self.info[0] if self.info else self.account_now(server)

    def account_now(self, server: Connection) -> AccountInfo:
        """Return who the account is, and as whom it sees us now; raises ``IncompleteReadError`` or ``AccountError``."""
        answer = server.get(_ACCOUNT)
        if answer.status == 404:
            raise AccountError(f"{server.where} is no account service.", "Correct the provider's `url`.")
        answer.json()
        try:
            info = AccountInfo.model_validate_json(answer.data)
            if info.caller is not None:
                canonical_ip(info.caller)
        except (ValidationError, PydanticCustomError):
            raise IncompleteReadError(f"What {server.where} says of the account isn't what is expected.") from None
        self.info[:] = [info]
        return info


def read_settings(server: Connection, known: Known, info: AccountInfo) -> Mapping[str, Whole[Settled]]:
    """Return every setting and record set, by group; each group is proven complete."""
    kinds = [kind for kind in KINDS.values() if kind.name in info.kinds and not kind.is_request]
    plain = [kind for kind in kinds if kind.name not in ("zone", "record")]
    read = server.each(lambda kind: known.pages.read(server, _collection(kind)), plain)
    found = dict(zip((kind.name for kind in plain), read, strict=True))
    return found | (_read_zones(server, known) if "zone" in info.kinds else {})


def _read_zones(server: Connection, known: Known) -> dict[str, Whole[Settled]]:
    for _ in range(ROUNDS):
        zones = known.pages.read(server, _collection(KINDS["zone"]))
        try:
            read = server.each(lambda zone: known.pages.read(server, _record_sets(zone)), zones.entries)
        except GoneError:
            continue
        groups = (zone.replace("zone", "record", 1) for zone in zones.entries)
        return {"zone": zones, **dict(zip(groups, read, strict=True))}
    raise IncompleteReadError(f"{server.where} lists zones that it doesn't have.", "Try again.")


def _collection(kind: Kind) -> Collection[Settled]:
    return Collection(f"{VERSION}/settings/{kind.name}", Page, partial(_settled, kind.name))


def _record_sets(zone: Address) -> Collection[Settled]:
    name = zone.partition("/")[2]
    return Collection(records_path(name), Page, partial(_settled, f"record/{name}"))


def _settled(group: str, entry: Entry) -> tuple[Address, Settled]:
    """Return what an entry of a group means; raises ``ValueError`` for what isn't one."""
    address = entry.address
    if not is_sound_address(address) or not is_sound(live_id_of(address) or "-"):
        raise ValueError(f"{neutral(address, 200)} can't be an address")
    if not is_sound(entry.version):
        raise ValueError(f"the version of {neutral(address, 200)} can't be one")
    if group_of(address) != group or kind_of(address) not in KINDS:
        raise ValueError(f"{neutral(address, 200)} doesn't belong there")
    kind = KINDS[kind_of(address)]
    try:
        proper = bool(live_id_of(address)) if kind.natural_key else kind.address(kind.keys(address)) == address
        value = entry.canonical()
    except PydanticCustomError as error:
        raise ValueError(f"{neutral(address, 200)} can't be read: {neutral(error.message(), 200)}") from None
    except _NOT_OURS:
        raise ValueError(f"{neutral(address, 200)} can't be read") from None
    if not proper:
        raise ValueError(f"{neutral(address, 200)} is no address of a {kind.title}")
    return address, Settled(value, entry.version)
