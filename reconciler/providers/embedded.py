"""The embedded account as a provider: read without a trace, written through the store's rules."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reconciler.cache.cache import NO_CACHE, Cache
from reconciler.facts import FACTS
from reconciler.kinds import KINDS
from reconciler.model.address import Address, join
from reconciler.model.errors import AccountError
from reconciler.model.facts import Facts
from reconciler.model.groups import Groups, groups_of
from reconciler.model.providers import EmbeddedProvider
from reconciler.model.state import Live, State
from reconciler.ports import Capabilities, FactReader, Reader, Scope, Write, Writer, Written
from reconciler.providers._provider import Access, Provider, file_place
from reconciler.store.account import Store
from reconciler.store.entries import Contents
from reconciler.store.tables import RENAMED_KINDS, SERVED_TYPES, TOPICS, first_values, mail_domain_value

CAPABILITIES = Capabilities(
    kinds=frozenset(KINDS), other_types=SERVED_TYPES, renames=RENAMED_KINDS, facts=frozenset(FACTS)
)

#: Sort of the cache: the digest of a zone's rows -> the record sets that they are.
_SORT = "rows"


def account_path(settings: EmbeddedProvider, folder: Path) -> Path:
    """Return where the account file lies.

    A relative path stays inside the account folder, so that what looks harmless in a review can't reach out through
    ``..`` or a symbolic link; an absolute path says openly where it points and is taken as it is. Raises
    ``AccountError``.
    """
    written = settings.path
    path = folder / written
    try:
        inside = Path(written).is_absolute() or path.resolve().is_relative_to(folder.resolve())
    except (ValueError, RuntimeError):  # a NUL character; symbolic links in a circle
        raise AccountError(f"{written!r} is not a path for a file.", "Correct `path` in account.yaml.") from None
    if not inside:
        raise AccountError(
            f"The account file {written} lies outside the account folder.",
            "Name a file inside the folder, or write the absolute path.",
        )
    return path


def local_files(settings: EmbeddedProvider) -> tuple[str, ...]:
    """Return the account file and its companions, where they lie in the account folder."""
    path = settings.path
    return () if Path(path).is_absolute() else (path, f"{path}-wal", f"{path}-shm")


def open_store(settings: EmbeddedProvider, folder: Path) -> Store:
    """Return the account file as a store, without opening it; raises ``AccountError`` for a path that leads out."""
    return Store(account_path(settings, folder))


def open_reader(access: Access) -> Reader:
    """Return the reader of the account file; raises ``AccountError`` for a path that leads out of the folder."""
    origin = f"embedded:{access.settings.path}"  # as it is written, so that seals hold on every machine
    return EmbeddedReader(open_store(access.settings, access.folder), access.account, origin, access.cache)


def open_writer(access: Access) -> Writer:
    """Return the writer of the account file; raises ``AccountError`` when it can't be written now."""
    return EmbeddedWriter(open_store(access.settings, access.folder), access.account)


def open_facts(access: Access) -> FactReader:
    """Return what tells the facts of the account file; raises ``AccountError`` as :func:`open_reader` does."""
    return EmbeddedFacts(open_store(access.settings, access.folder))


def place(settings: EmbeddedProvider, folder: Path) -> str:
    """Return which file it is, however its path is spelt."""
    return file_place(folder / settings.path)


class EmbeddedReader:
    """Reads the account file; for a file that doesn't exist, what the first apply would find in it."""

    def __init__(self, store: Store, account: str, origin: str, cache: Cache = NO_CACHE) -> None:
        """Read ``store``; ``account`` is the number that a new account would get."""
        self._store = store
        self._account = account
        self._origin = origin
        self._cache = cache

    @property
    def capabilities(self) -> Capabilities:
        """All kinds, records with RDATA and ALIAS; what has a name of its own can be renamed."""
        return CAPABILITIES

    @property
    def origin(self) -> str:
        """``embedded:`` and the path as it is written."""
        return self._origin

    def read(self, scope: Scope) -> Live:
        """Return the whole account; declared domains that aren't booked yet have their mail domain at its defaults.

        Raises ``IncompleteReadError`` or ``AccountError``.
        """
        contents = self._store.read(self._known if self._cache.is_kept else None)
        if contents is not None:
            contents = replace(contents, state=self._kept(contents))
        return _live(contents, self._account, scope.domains, self._origin)

    def _known(self, group: str, digest: str) -> State | None:
        """Return what an earlier run has made of the same rows, to be looked into by whoever needs it."""
        match self._cache.find(_SORT, digest):
            case (str(id), int(count)):
                return self._cache.group(group, id, count)
        return None

    def _kept(self, contents: Contents) -> State:
        """Return what the account holds, its zones by their content, which later runs know by the rows' digests."""
        state = dict(groups_of(contents.state))
        for name in contents.digests.keys() & state.keys():
            group = state[name] = self._cache.keep_group(state[name])
            self._cache.keep(_SORT, contents.digests[name], (group.id, len(group)))
        return Groups(state)


class EmbeddedFacts:
    """Tells the account's facts; of a file that doesn't exist, what the first apply would find in it."""

    def __init__(self, store: Store) -> None:
        """Read ``store``."""
        self._store = store

    def read_facts(self, kinds: frozenset[str]) -> Facts:
        """Return all facts of these kinds; raises ``IncompleteReadError`` or ``AccountError``."""
        return self._store.read_facts(kinds)

    def read_file(self, address: Address) -> Iterator[bytes]:
        """Yield the file of a fact as one piece; raises ``AccountError`` where there is none."""
        yield self._store.read_file(address)


class EmbeddedWriter:
    """Writes the account file, one transaction a batch."""

    def __init__(self, store: Store, account: str) -> None:
        """Write ``store``; raises ``AccountError`` when the account ``account`` can't be written now."""
        self._store = store
        self._account = account
        store.demand_writable(account)

    def prepare(self, domains: frozenset[str]) -> None:
        """Create the account where there is none, and book ``domains``; raises ``AccountError``."""
        self._store.prepare(self._account, domains)

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        """Carry out a batch: all of it, or nothing of it."""
        return self._store.write(batch)


def beginning(account: str, domains: frozenset[str]) -> Live:
    """Return a new account with these domains, without a file: what an account is before anything was applied."""
    return _live(None, account, domains, "")


def _live(contents: Contents | None, account: str, domains: frozenset[str], origin: str) -> Live:
    there = contents or Contents(account, frozenset(), first_values(), {})
    return Live(
        account=there.number,
        origin=origin,
        state=_with_mail_domains(there, domains),
        versions=there.versions,
        complete=_complete_groups(there.domains | domains),
        exists=contents is not None,
        topics=frozenset(TOPICS),
        requests=there.requests,
    )


def _with_mail_domains(there: Contents, domains: frozenset[str]) -> State:
    new = domains - there.domains if there.unlimited else frozenset()
    if not new:
        return there.state
    state = dict(groups_of(there.state))
    state["mail_domain"] = {**state.get("mail_domain", {}), **dict(mail_domain_value(domain) for domain in new)}
    return Groups(state)


def _complete_groups(domains: frozenset[str]) -> frozenset[str]:
    """Return every group: a zone that isn't there has provably no record sets."""
    return frozenset(KINDS) | {join("record", domain) for domain in domains}


#: The row of the table.
PROVIDER = Provider(open_reader, open_writer, local_files, place, open_facts)
