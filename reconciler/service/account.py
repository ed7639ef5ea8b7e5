"""The account file, as the threads of the service use it: each use opens it, and what was read is kept by revision."""

from collections.abc import Callable, Mapping
from contextlib import closing
from functools import cached_property
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.address import Address, group_of
from reconciler.model.errors import AccountError
from reconciler.model.fact import Fact
from reconciler.model.fields import Json, Value, digest_of
from reconciler.model.late import dataclass
from reconciler.ports import Write, Written
from reconciler.service.problems import ProblemError

if TYPE_CHECKING:
    from reconciler.store.account import Store
    from reconciler.store.entries import Contents
    from reconciler.store.tokens import Token

#: How many digits of a digest are the mark of a group.
_MARK = 32


@dataclass(frozen=True)
class View:
    """The account at one moment."""

    contents: "Contents"

    @cached_property
    def groups(self) -> dict[str, list[Address]]:
        """The addresses of each group that isn't empty, sorted; ``record`` are the record sets of all zones."""
        found: dict[str, list[Address]] = {}
        for address in sorted(self.contents.state):
            found.setdefault(group_of(address), []).append(address)
            if address.startswith("record/"):
                found.setdefault("record", []).append(address)
        return found

    @cached_property
    def whitelist(self) -> list[Value]:
        """The entries of the whitelist."""
        return [self.contents.state[address] for address in self.groups.get("whitelist_entry", ())]

    def revision(self, group: str) -> str:
        """Return what changes whenever the group does, and never comes again with something else in it.

        That of all zones is that of all record sets, too: it changes with any of them.
        """
        return self._dns if group in ("zone", "record") else self._revision(group)

    @cached_property
    def _dns(self) -> str:
        zones = [self._revision(group) for group in self.groups if group.startswith("record/")]
        return sha256("".join([self._revision("zone"), *zones]).encode()).hexdigest()[:_MARK]

    def _revision(self, group: str) -> str:
        # An account that was put back from a copy counts its transactions again, from an earlier one.
        if group not in self._revisions:
            state, versions = self.contents.state, self.contents.versions
            held = [(address, versions[address], state[address]) for address in self.groups.get(group, ())]
            said = repr((self.contents.revisions.get(group, 0), held))
            self._revisions[group] = sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK]
        return self._revisions[group]

    @cached_property
    def _revisions(self) -> dict[str, str]:
        return {}


class _Told(NamedTuple):
    """Facts of one kind ``at`` a revision of the account, and a digest of them, which is their own revision."""

    at: int | None
    digest: str
    by_name: Mapping[str, Json]


class Account:
    """One account file."""

    def __init__(self, open_store: "Callable[[], Store]", say: Callable[[str], None]) -> None:
        """Serve what ``open_store`` opens; ``say`` hears in full what callers hear in general."""
        self._open_store = open_store
        self._say = say
        self._lock = Lock()
        self._view: View | None = None
        self._facts: dict[str, _Told] = {}

    def view(self) -> View:
        """Return the account as it is now; raises ``ProblemError`` where it can't be read."""
        with self._lock, closing(self._open_store()) as store:
            try:
                if self._view is None or store.revision() != self._view.contents.revision:
                    self._view = self._read(store)
                return self._view
            except AccountError as error:
                raise self._unavailable(error) from error

    def facts(self, kind: str) -> tuple[str, Mapping[str, Json]]:
        """Return the revision of a kind of facts, and the facts by name, sorted; raises ``ProblemError``."""
        with self._lock, closing(self._open_store()) as store:
            try:
                revision = store.revision()
                known = self._facts.get(kind)
                if known is None or known.at != revision:
                    known = _told(revision, store.read_facts({kind}).kinds[kind])
                    # What changed while it was read is of no revision that anybody could name.
                    self._facts[kind] = known if store.revision() == revision else known._replace(at=None)
                return known.digest, known.by_name
            except AccountError as error:
                raise self._unavailable(error) from error

    def file(self, address: Address) -> bytes | None:
        """Return the file of a fact, or None where there is none."""
        with closing(self._open_store()) as store:
            try:
                return store.read_file(address)
            except AccountError:
                return None

    def token(self, text: str) -> "Token | None":
        """Return whose token this is, unless it was revoked; raises ``ProblemError``."""
        with closing(self._open_store()) as store:
            try:
                return store.find_token(text)
            except AccountError as error:
                raise self._unavailable(error) from error

    def write(self, batch: tuple[Write, ...], *, who: str, origin: str, managed_by: str | None) -> tuple[Written, ...]:
        """Carry out a batch in one transaction; raises ``ProblemError`` where the account can't be written."""
        with closing(self._open_store()) as store:
            try:
                return store.write_or_raise(batch, who=who, origin=origin, managed_by=managed_by)
            except AccountError as error:
                raise self._unavailable(error) from error

    def _read(self, store: "Store") -> View:
        contents = store.read()
        if contents is None:
            raise AccountError(f"There is no account in {store.path}.")
        return View(contents)

    def _unavailable(self, error: AccountError) -> ProblemError:
        self._say(error.in_full)
        return ProblemError("unavailable", "Try again later.", headers={"Retry-After": "1"})


def _told(at: int | None, facts: Mapping[str, Fact]) -> _Told:
    told = {name: fact.model_dump(mode="json") for name, fact in sorted(facts.items())}
    return _Told(at, digest_of(told), told)
