"""The corridor of history: from commits and receipts to who asked for what, and what became of it; only read."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from reconciler.audit.applies import Applies
from reconciler.audit.attribution import Ancestry
from reconciler.audit.cache import Cache
from reconciler.audit.causes import changes_asked, committed_addresses, find_causes, with_causes
from reconciler.audit.chain import Format, Link, read_chain, salt_of
from reconciler.audit.effects import Bytes, Reading
from reconciler.audit.verdicts import judge
from reconciler.audit.verify import Witness, prove
from reconciler.gitrepo.history import log
from reconciler.gitrepo.naming import trusted_commit
from reconciler.gitrepo.objects import Entry
from reconciler.gitrepo.protection import RemoteCheck
from reconciler.gitrepo.repo import GitRepo
from reconciler.gitrepo.shallow import complete
from reconciler.gitrepo.signatures import unsigned
from reconciler.load import distrust
from reconciler.load.desired import load_desired
from reconciler.load.files import ACCOUNT_FILE
from reconciler.load.tree import ListedTree, WorkTree
from reconciler.load.trusted import read_settings
from reconciler.model.account import Providers
from reconciler.model.errors import RecordError, RemoteError, UsageError
from reconciler.model.history import Judged, RecordProof
from reconciler.model.late import dataclass
from reconciler.model.state import Desired
from reconciler.pipeline.anew import anew_if_lost
from reconciler.pipeline.session import Planned, Session
from reconciler.record import index, receipts
from reconciler.record.home import Home
from reconciler.record.message import trailers
from reconciler.record.order import standing_for
from reconciler.record.reading import initial_salt
from reconciler.record.record import Record

#: The file of the account folder, at the trusted ref, that says who may sign the record; see ssh-keygen(1).
ALLOWED_SIGNERS = "allowed_signers"


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that git tells of an account: its commits and their verdicts, newest first, and the record.

    ``stale`` says why the record's remote couldn't be asked, so that the record is as this clone last saw it.
    """

    account: str
    ancestry: Ancestry
    head: str
    judged: tuple[Judged, ...]
    chain: tuple[Link, ...]
    applies: Applies
    check: RemoteCheck
    stale: str = ""


def explained(session: Session, planned: Planned, commit: str | None = None) -> Planned:
    """Return a plan of which each change names the commit that asks for it, where one is found.

    ``commit`` is what is planned, if it isn't what is checked out. Files that aren't committed have no cause.
    """
    home, applied, asked = planned.record.home, planned.state.applied, changes_asked(planned.plan)
    head = commit or (home.around.head() if home.around else None)
    if home.around is None or head is None or not asked:
        return planned
    reading = Reading(home.around, home.relative, partial(_load, session), applied.salt, session.memo.knows)
    try:
        own = not _trusted_name(session)
        addresses = committed_addresses(planned.desired, reading, head, asked, under_own_settings=own)
        last = home.around.resolve(applied.config_commit) if applied.config_commit else None
        causes = find_causes(home.around, reading, head, last, addresses, {})
    except RecordError:
        return planned  # a history with holes says less; the plan doesn't depend on it
    return replace(planned, plan=with_causes(planned.plan, causes))


@anew_if_lost
def timeline(session: Session) -> Timeline:
    """Return what git tells of the account; what it costs is kept in the repository's git directory.

    Raises ``RecordError`` where history or record can't be read, and ``UsageError`` where nothing was committed yet.
    """
    record, providers = _record(session)
    home, account = record.home, record.account
    there, stale = _newest(home)
    chain = _chain(home, there, account)
    applies = Applies.of(chain)
    repo, head = _history(home, applies)
    salt = salt_of(chain) or initial_salt(account)
    cache = Cache(repo.common_dir, home.relative, salt)
    commits, known = log(repo, head), cache.read()
    new = Reading(repo, home.relative, partial(_load, session), salt, session.memo.knows).effects(commits, known)
    cache.add(new)
    ancestry = Ancestry(commits, {**known, **new})
    configs = {link.facts["config_commit"] for link in applies.links}
    bases = {one: standing_for(repo, one) or one for one in configs if repo.resolve(one)}
    judged = judge(ancestry, head, applies, bases, providers)
    return Timeline(account, ancestry, head, judged, chain, applies, home.protection(), stale)


@anew_if_lost
def verify(session: Session, anchor: str | None) -> RecordProof:
    """Return what the record proves, from this clone alone: nothing is asked of any remote.

    Signatures are checked where the trusted ref holds :data:`ALLOWED_SIGNERS`.
    """
    record, _ = _record(session)
    home, account = record.home, record.account
    repo, head = home.readable(), home.known(home.ref)
    if repo is None or head is None:
        raise RecordError(f"There is no record of account {account} here.", "Fetch it, or apply first.")
    chain = _chain(home, head, account, whole=False)
    history = home.around or repo
    reading = Reading(history, home.relative if home.around else "", partial(_load, session), salt_of(chain))
    signers = _signers(session, home)
    bad = None if signers is None else unsigned(repo, [link.commit.id for link in chain], signers)
    witness = Witness(account, lambda commit: repo.resolve(commit) is not None, reading.sealed)
    return prove(chain, witness, bad, anchor)


def _record(session: Session) -> tuple[Record, Providers]:
    try:
        raw = WorkTree(session.folder).read(ACCOUNT_FILE)
    except OSError:
        raise UsageError(
            f"{session.folder} holds no {ACCOUNT_FILE}.", "Name the account folder with `-C DIR`."
        ) from None
    config = read_settings(raw).config
    return session.record(config), config.providers


def _newest(home: Home) -> tuple[str | None, str]:
    try:
        return home.latest(home.ref), ""
    except RemoteError as error:
        return home.known(home.ref), str(error)


def _chain(home: Home, head: str | None, account: str, whole: bool = True) -> tuple[Link, ...]:
    repo = home.readable()
    if repo is None or head is None:
        return ()
    if whole:
        complete(repo, home.remote, [head])
    return read_chain(repo, head, Format(lambda data: receipts.decode(data, account), index.decode, trailers))


def _history(home: Home, applies: Applies) -> tuple[GitRepo, str]:
    """Return the repository and the newest commit of the configuration's history, all of it here."""
    repo = home.around or home.readable()
    last = applies.last.facts["config_commit"] if applies.last else None
    head = home.around.head() if home.around else last
    if repo is None or head is None:
        raise UsageError("Nothing was committed or applied here yet, so there is no history.", "Commit or apply first.")
    complete(repo, home.remote, [head])
    return repo, head


def _signers(session: Session, home: Home) -> bytes | None:
    name = _trusted_name(session)
    if not name or home.around is None:
        return None
    return home.around.read_file(trusted_commit(home.around, name), home.relative, ALLOWED_SIGNERS)


def _trusted_name(session: Session) -> str:
    return session.trusted_ref or session.environ.get(distrust.VARIABLE, "")


def _load(session: Session, commit: str, entries: Mapping[str, Entry], blob: Bytes) -> Desired:
    return load_desired(ListedTree(commit, entries, blob), memo=session.memo, cache=session.cache)
