"""What an account service says of the account, as canonical values; and that it said all of it.

Every collection is proven complete by itself (``_kundencenter_pages``), and what was read before is proven to be
unchanged by its mark. All collections are asked for at once, as far as connections go.
"""

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import partial

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from reconciler.kinds import KINDS
from reconciler.kinds.whitelist_entry import canonical_ip
from reconciler.model.address import Address
from reconciler.model.errors import AccountError, IncompleteReadError
from reconciler.model.fields import Value
from reconciler.model.groups import Groups, groups_of
from reconciler.model.late import dataclass
from reconciler.providers._http import Connection
from reconciler.providers._kundencenter_entries import collection
from reconciler.providers._kundencenter_kept import KeptZones
from reconciler.providers._kundencenter_pages import Pages
from reconciler.providers._kundencenter_requests import Requested, read_requests
from reconciler.providers._kundencenter_wholes import Dns, Settled, Whole
from reconciler.providers._kundencenter_zones import ZONES, read_zones
from reconciler.wire.account import AccountInfo
from reconciler.wire.paths import VERSION

_ACCOUNT = f"{VERSION}/account"


@dataclass(slots=True)
class Known:
    """What is known of the account in this run; ``kept`` are the zones that earlier ones read."""

    kept: KeptZones
    pages: Pages = field(default_factory=Pages)
    info: AccountInfo | None = None
    dns: Dns | None = None

    def account(self, server: Connection) -> AccountInfo:
        """Return who the account is; asked once."""
        return self.info or self.account_now(server)

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
        self.info = info
        return info

    def zones(self, server: Connection, info: AccountInfo) -> Dns:
        """Return all zones; only what changed since they were read last is read again."""
        if self.dns is None and info.record_sets and (found := self.kept.find()):
            self.dns = found
            self.pages.learn(ZONES, found.zones)
        read = read_zones(server, self.pages, info, self.dns)
        if info.record_sets and not (self.dns and self.dns.zones.etag == read.zones.etag):
            read = self.kept.keep(read)
        self.dns = read
        return read


@dataclass(frozen=True, slots=True)
class Account:
    """All of an account: values and marks of its entries by group, and what was asked for.

    ``complete`` are the groups that are proven complete, ``proof`` says how, where that isn't plain.
    """

    state: Groups[Value]
    versions: Groups[str]
    requests: Mapping[Address, Requested]
    complete: frozenset[str]
    proof: str


def read_account(server: Connection, known: Known, info: AccountInfo) -> Account:
    """Return everything in the account; each group is proven complete."""
    held = [kind for kind in KINDS.values() if kind.name in info.kinds]
    plain = [kind for kind in held if not kind.is_request and kind.name not in ("zone", "record")]
    asked = frozenset(kind.name for kind in held if kind.is_request)
    read: dict[str, Whole[Settled]] = {}
    dns: list[Dns] = []
    requests: dict[Address, Requested] = {}

    def take(name: str) -> None:
        read[name] = known.pages.read(server, collection(KINDS[name]))

    jobs: list[Callable[[], object]] = [partial(take, kind.name) for kind in plain]
    if "zone" in info.kinds:
        jobs.insert(0, lambda: dns.append(known.zones(server, info)))
    if asked:
        jobs.append(lambda: requests.update(read_requests(server, known.pages)))
    server.each(lambda job: job(), jobs)
    return _united(read, dns[0] if dns else None, requests, asked)


def _united(
    read: Mapping[str, Whole[Settled]], dns: Dns | None, requests: Mapping[Address, Requested], asked: frozenset[str]
) -> Account:
    wholes = {**read, **({"zone": dns.zones} if dns else {})}
    zones = {zone.replace("zone", "record", 1): sets for zone, sets in dns.sets.items()} if dns else {}
    values = {name: {a: e.value for a, e in whole.entries.items()} for name, whole in wholes.items()}
    versions = {name: {a: e.version for a, e in whole.entries.items()} for name, whole in wholes.items()}
    submitted = groups_of({address: request.value for address, request in requests.items()})
    state = {**values, **{name: sets.values for name, sets in zones.items()}, **submitted}
    marks = {**versions, **{name: sets.versions for name, sets in zones.items()}}
    return Account(
        Groups({name: group for name, group in state.items() if group}),
        Groups({name: group for name, group in marks.items() if group}),
        requests,
        frozenset(wholes) | frozenset(zones) | asked,
        f"{dns.unchanged} of {len(zones)} zones unchanged by ETag" if dns and dns.unchanged else "",
    )
