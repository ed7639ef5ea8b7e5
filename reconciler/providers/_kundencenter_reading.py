"""What an account service says of the account, as canonical values; and that it said all of it.

Every collection is proven complete by itself (``_kundencenter_pages``), and what was read before is proven to be
unchanged by its mark. All collections are asked for at once, as far as connections go.
"""

from collections.abc import Callable
from dataclasses import field
from functools import partial

from reconciler.cache.agreed import Agreed
from reconciler.kinds import KINDS
from reconciler.kinds.whitelist_entry import canonical_ip
from reconciler.model.address import Address, live_id_address
from reconciler.model.errors import AccountError, IncompleteReadError
from reconciler.model.fields import Fields, Value
from reconciler.model.groups import Groups, groups_of
from reconciler.model.late import dataclass
from reconciler.model.scalars import faults, refusals
from reconciler.model.state import Applied, Live
from reconciler.ports import Scope
from reconciler.providers._http import Connection
from reconciler.providers._kundencenter_entries import collection
from reconciler.providers._kundencenter_kept import Kept
from reconciler.providers._kundencenter_pages import Pages
from reconciler.providers._kundencenter_requests import Requested, read_requests
from reconciler.providers._kundencenter_wholes import Dns, Sets, Settled, Whole
from reconciler.providers._kundencenter_zones import ZONES, read_zones
from reconciler.wire.account import AccountInfo
from reconciler.wire.paths import ACCOUNT


@dataclass(slots=True)
class Known:
    """What is known of the account in this run.

    ``kept`` is what earlier ones left of it, ``agreed`` the kinds in which these found that live agrees with the
    record.
    """

    kept: Kept
    agreed: Agreed
    pages: Pages = field(default_factory=Pages)
    info: AccountInfo | None = None
    dns: Dns | None = None

    def account(self, server: Connection) -> AccountInfo:
        """Return who the account is; asked once."""
        return self.info or self.account_now(server)

    def account_now(self, server: Connection) -> AccountInfo:
        """Return who the account is, and as whom it sees us now; raises ``IncompleteReadError`` or ``AccountError``."""
        answer = server.get(ACCOUNT)
        if answer.status == 404:
            raise AccountError(f"{server.where} is no account service.", "Correct the provider's `url`.")
        answer.json()
        try:
            info = AccountInfo.model_validate_json(answer.data)
            if info.caller is not None:
                canonical_ip(info.caller)
        except (faults(), refusals()):
            raise IncompleteReadError(f"What {server.where} says of the account isn't what is expected.") from None
        self.info = info
        return info

    def stand_in(self, kind: str, recorded: Applied) -> Whole[Settled] | None:
        """Return what is recorded of a kind, under the mark that it had when that was live; None where it wasn't."""
        values = groups_of(recorded.state).get(kind, {})
        found = self.agreed.find(kind, values)
        if found is None:
            return None
        mark, unsaid = found
        ids = groups_of(recorded.provenance).get(kind, {}) if KINDS[kind].natural_key else {}
        entries = (
            (live_id_address(kind, ids[a].live_id or "") if a in ids else a, value) for a, value in values.items()
        )
        return Whole(mark, {entry: Settled(_with(value, unsaid.get(entry)), "") for entry, value in entries})

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


def read_account(server: Connection, known: Known, origin: str, scope: Scope) -> Live:
    """Return everything in the account, each group proven complete."""
    info = known.account_now(server)
    found = _Found(scope.recorded())
    held = [kind for kind in KINDS.values() if kind.name in info.kinds]
    jobs: list[Callable[[], None]] = [
        partial(found.take_settings, server, known, kind.name)
        for kind in held
        if not kind.is_request and kind.name not in ("zone", "record")
    ]
    if "zone" in info.kinds:
        jobs.insert(0, partial(found.take_zones, server, known, info))
    if asked := frozenset(kind.name for kind in held if kind.is_request):
        jobs.append(partial(found.take_requests, server, known))
    server.each(lambda job: job(), jobs)
    return Live(
        account=info.number,
        origin=origin,
        state=found.state,
        versions=found.versions,
        complete=frozenset(found.settings) | frozenset(found.zones) | asked,
        topics=frozenset(info.topics),
        caller=info.caller,
        proof=found.proof,
        requests={address: entry.asked for address, entry in found.requests.items()},
        marks={kind: whole.etag for kind, whole in found.settings.items() if kind not in ("zone", *found.as_recorded)},
        as_recorded=frozenset(found.as_recorded),
    )


@dataclass(slots=True)
class _Found:
    """What was found, group by group; ``recorded`` is what may stand for it."""

    recorded: Applied | None
    settings: dict[str, Whole[Settled]] = field(default_factory=dict)
    zones: dict[str, Sets] = field(default_factory=dict)
    requests: dict[Address, Requested] = field(default_factory=dict)
    as_recorded: set[str] = field(default_factory=set)
    unchanged: int = 0

    def take_settings(self, server: Connection, known: Known, kind: str) -> None:
        """Read the settings of a kind."""
        stand_in = known.stand_in(kind, self.recorded) if self.recorded else None
        self.settings[kind] = known.pages.read(server, collection(KINDS[kind]), stand_in)
        if stand_in and self.settings[kind] is stand_in:
            self.as_recorded.add(kind)

    def take_zones(self, server: Connection, known: Known, info: AccountInfo) -> None:
        """Read the zones and their record sets."""
        dns = known.zones(server, info)
        self.settings["zone"], self.unchanged = dns.zones, dns.unchanged
        self.zones = {zone.replace("zone", "record", 1): sets for zone, sets in dns.sets.items()}

    def take_requests(self, server: Connection, known: Known) -> None:
        """Read what was asked for."""
        self.requests = read_requests(server, known.pages, known.kept)

    @property
    def state(self) -> Groups[Value]:
        """All values."""
        settings = {name: {a: e.value for a, e in whole.entries.items()} for name, whole in self.settings.items()}
        requests = groups_of({address: request.value for address, request in self.requests.items()})
        zones = {name: sets.values for name, sets in self.zones.items()}
        return Groups({name: group for name, group in {**settings, **zones, **requests}.items() if group})

    @property
    def versions(self) -> Groups[str]:
        """The account's marks of all settings and record sets; none of what the record stands for."""
        wholes = {name: whole for name, whole in self.settings.items() if name not in self.as_recorded}
        settings = {name: {a: e.version for a, e in whole.entries.items()} for name, whole in wholes.items()}
        zones = {name: sets.versions for name, sets in self.zones.items()}
        return Groups({name: group for name, group in (settings | zones).items() if group})

    @property
    def proof(self) -> str:
        """What was proven to be unchanged, in words."""
        kinds = f"{len(self.as_recorded)} kind{'' if len(self.as_recorded) == 1 else 's'}"
        parts = [f"{self.unchanged} of {len(self.zones)} zones"] * bool(self.unchanged)
        parts += [kinds] * bool(self.as_recorded)
        return f"{' and '.join(parts)} unchanged by ETag" if parts else ""


def _with(value: Value, more: Fields | None) -> Value:
    return Fields.of([*value, *more]) if more and isinstance(value, Fields) else value
