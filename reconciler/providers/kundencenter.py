"""An account behind a service that keeps the contract of ``wire``.

_http                    one origin, one pool, limits, retries
_kundencenter_pages      collections in pages, proven complete
_kundencenter_reading    the whole account as it is
_kundencenter_entries    settings and record sets, one by one
_kundencenter_zones      zones, of which only what changed is read again
_kundencenter_kept       what an earlier run read
_kundencenter_requests   what was asked for, and asking, exactly once
_kundencenter_writing    batches that happen once
_kundencenter_answers    what is answered to a write
_kundencenter_facts      what the account tells, and its files

What reads has no method that writes, and a connection on which no verb passes that could.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.cache.agreed import Agreed
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.errors import AccountError, AuthenticationError
from reconciler.model.facts import Facts
from reconciler.model.outcome import Status
from reconciler.model.providers import KundencenterProvider
from reconciler.model.state import Live
from reconciler.model.text import neutral
from reconciler.ports import Capabilities, FactReader, Reader, Scope, Write, Writer, Written
from reconciler.providers._http import Api, Connection
from reconciler.providers._kundencenter_facts import read_facts, read_file
from reconciler.providers._kundencenter_kept import Kept
from reconciler.providers._kundencenter_reading import Known, read_account
from reconciler.providers._kundencenter_requests import submit
from reconciler.providers._kundencenter_writing import BatchWriter
from reconciler.providers._provider import Access, Provider
from reconciler.web.connection import Limits

#: A service that is busy, or begins anew, is given some seconds.
PATIENT = Limits(tries=5)
_SKIPPED = Written(Status.SKIPPED, "What goes before it was not done.")


def open_reader(access: Access, limits: Limits = PATIENT) -> Reader:
    """Return the reader of an account; raises ``AuthenticationError`` for a token that can't be one."""
    return ServiceReader(_reading(access, limits), _known(access), origin_of(access.settings))


def open_writer(access: Access, limits: Limits = PATIENT) -> Writer:
    """Return the writer of an account; raises ``AccountError`` or ``AuthenticationError`` where it can't be asked."""
    writing = api_of(access, limits, reading=False).connection()
    return ServiceWriter(_reading(access, limits), writing, _known(access), access)


def open_facts(access: Access, limits: Limits = PATIENT) -> FactReader:
    """Return what tells the account's facts; raises ``AuthenticationError`` for a token that can't be one."""
    return ServiceFacts(_reading(access, limits), _known(access))


def place(settings: KundencenterProvider, folder: Path) -> str:
    """Return which service it is, however its address is spelt."""
    parts = urlsplit(settings.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"kundencenter:{parts.hostname}:{port}{parts.path}"


def origin_of(settings: KundencenterProvider) -> str:
    """Return where the account is, for seals and people."""
    return f"kundencenter:{settings.url}"


class ServiceReader:
    """Reads an account; it can't do anything else."""

    def __init__(self, server: Connection, known: Known, origin: str) -> None:
        """Read through ``server``; ``known`` is what is known of the account in this run."""
        self._server = server
        self._known = known
        self._origin = origin

    @property
    def capabilities(self) -> Capabilities:
        """What the account says that it can."""
        return self._known.account(self._server).capabilities()

    @property
    def origin(self) -> str:
        """``kundencenter:`` and where the service is."""
        return self._origin

    def read(self, scope: Scope) -> Live:
        """Return the whole account; raises ``IncompleteReadError``, ``AccountError`` or ``AuthenticationError``."""
        return read_account(self._server, self._known, self._origin, scope)


class ServiceFacts:
    """Reads what the account tells."""

    def __init__(self, server: Connection, known: Known) -> None:
        """Read through ``server``; ``known`` is what is known of the account in this run."""
        self._server = server
        self._known = known

    def read_facts(self, kinds: frozenset[str]) -> Facts:
        """Return all facts of these kinds, each kind proven complete."""
        return read_facts(self._server, self._known.pages, kinds)

    def read_file(self, address: Address) -> Iterator[bytes]:
        """Yield the file of a fact; raises ``AccountError`` where there is none, or it isn't what was announced."""
        return read_file(self._server, address)


class ServiceWriter:
    """Writes to an account, one transaction a batch."""

    def __init__(self, reading: Connection, writing: Connection, known: Known, access: Access) -> None:
        """Write through ``writing``; raises ``AccountError`` where it is another account, or can't be asked now."""
        info = known.account_now(reading)
        if info.number != access.account:
            raise AccountError(
                f"The live account is {neutral(info.number)}, but account.yaml says {access.account}.",
                "Correct `account:`, or the `url` of the provider.",
            )
        self._server = writing
        self._octets = info.body_limit
        self._managed_by: str | None = access.settings.managed_by

    def prepare(self, domains: frozenset[str]) -> None:
        """Nothing is made ready: a domain is ordered, never booked by the way."""

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        """Carry out a batch: all of it or nothing; what it asks for is asked afterwards, each by itself."""
        settings = [write for write in batch if write.action is not Action.SUBMIT]
        answers = BatchWriter(self._server, self._octets, self._managed_by).write(settings)
        found = {write.address: answer for write, answer in zip(settings, answers, strict=True)}
        for write in batch:
            if write.address not in found:
                missed = any(answer.status is not Status.DONE for answer in found.values())
                found[write.address] = _SKIPPED if missed else submit(self._server, write, self._managed_by)
        return tuple(found[write.address] for write in batch)


def api_of(access: Access, limits: Limits, *, reading: bool) -> Api:
    """Return the service's interface; raises ``AuthenticationError`` for a token that can't be one."""
    settings: KundencenterProvider = access.settings
    token = access.secrets["token"].reveal()
    if not (token.isascii() and token.isprintable()) or " " in token or not token:
        raise AuthenticationError("The secret behind `token` can't be a token.", "Correct the secret.")
    trusted = str(access.folder / settings.ca_file) if settings.ca_file else None
    headers = {"Authorization": f"Bearer {token}"}
    return Api(settings.url, headers, "token", limits, trusted, settings.proxy, reading, access.sent)


def _reading(access: Access, limits: Limits) -> Connection:
    """Return the connection that reads, one in a run."""
    found: Connection = access.known.setdefault("reading", api_of(access, limits, reading=True).connection())
    return found


def _known(access: Access) -> Known:
    if "known" not in access.known:
        cache, origin, account = access.cache, origin_of(access.settings), access.account
        access.known["known"] = Known(Kept(cache, f"{origin} {account}"), Agreed(cache, origin, account))
    found: Known = access.known["known"]
    return found


#: The row of the table.
PROVIDER = Provider(open_reader, open_writer, lambda settings: (), place, open_facts)
