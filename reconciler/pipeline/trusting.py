"""The corridor of trust: which settings a run may follow, and what a branch may not bring along.

Providers are opened, and the record is read, by the settings that come out of here, never by a branch's own.
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.gitrepo.repo import GitRepo
from reconciler.load import distrust
from reconciler.load.desired import load_desired
from reconciler.load.files import ACCOUNT_FILE
from reconciler.load.tree import CommitTree, Tree
from reconciler.model.account import AccountConfig
from reconciler.model.errors import DiagnosticsError
from reconciler.model.late import dataclass
from reconciler.model.state import Desired
from reconciler.pipeline.session import Session

if TYPE_CHECKING:
    from reconciler.load.trusted import SettingChange, Settings


@dataclass(frozen=True)
class Trusted:
    """The trusted commit, and the one that a branch began at; ``folder`` is the account's, ``name`` says what it is."""

    session: Session
    repo: GitRepo
    folder: str
    name: str
    commit: str
    base: str

    @cached_property
    def settings(self) -> "Settings":
        """The trusted settings; raises ``RefusedError`` where they can't be read."""
        from reconciler.load.trusted import read_settings

        raw = self.repo.read_file(self.commit, self.folder, ACCOUNT_FILE)
        if raw is None:
            raise distrust.no_account_file(self.name)
        try:
            return read_settings(raw)
        except DiagnosticsError as error:
            raise distrust.broken_settings(self.name, error) from None

    @cached_property
    def began(self) -> "Settings":
        """The settings that a branch began with; where they can't be read, the trusted ones."""
        from reconciler.load.trusted import read_settings

        raw = None if self.base == self.commit else self.repo.read_file(self.base, self.folder, ACCOUNT_FILE)
        try:
            return self.settings if raw is None else read_settings(raw)
        except DiagnosticsError:
            return self.settings

    @property
    def history(self) -> frozenset[str]:
        """The trusted commit, and the one that a branch began at if that was trusted once."""
        return frozenset({self.commit} | ({self.base} if self.repo.is_ancestor(self.base, self.commit) else set()))

    def desired(self, commit: str) -> Desired | None:
        """Return what a commit desires, or None where it has errors."""
        session, tree = self.session, CommitTree(self.repo, commit, self.folder)
        try:
            return load_desired(tree, memo=session.memo, cache=session.cache)
        except DiagnosticsError:
            return None


def under_trust(session: Session, tree: Tree, desired: Desired, base: str | None = None) -> Desired:
    """Return the desired state of a tree under the settings that may be trusted.

    ``base`` is the commit that the tree goes beyond; without it, what HEAD and the trusted ref have in common. Raises
    ``RefusedError`` where there is no trusted ref and there has to be, or where the tree brings along what it may not.
    """
    if trusted := _followed(session, base):
        return under_commit(tree, desired, trusted)
    _demand_ref(session, desired.config)
    return desired


def config_under_trust(session: Session, own: Callable[[], AccountConfig]) -> AccountConfig:
    """Return the settings that may be trusted: those of the trusted ref, else the folder's ``own``.

    For what only reads by them; nothing else in the folder is looked at. Raises ``RefusedError`` as above.
    """
    if trusted := _followed(session, None):
        return trusted.settings.config
    config = own()
    _demand_ref(session, config)
    return config


def under_commit(tree: Tree, desired: Desired, trusted: Trusted) -> Desired:
    """Return the desired state of a tree under the settings of a trusted commit; raises ``RefusedError``."""
    from reconciler.load.trusted import foreign_secrets, read_settings, setting_changes, under

    changes = setting_changes(read_settings(tree.read(ACCOUNT_FILE)), trusted.settings, trusted.began)
    if changes:
        desired = _changed_alone(tree, desired, trusted, changes)
    config = trusted.settings.config
    if foreign_secrets(desired, config):
        known = [one for commit in trusted.history if (one := trusted.desired(commit))]
        if lines := foreign_secrets(desired, config, known):
            raise distrust.foreign(lines)
    return under(desired, config, changes)


def _followed(session: Session, base: str | None) -> Trusted | None:
    """Return what the trusted ref of this run leads to, None where there is none; raises ``RefusedError``."""
    given, protected = session.trusted_ref, session.environ.get(distrust.VARIABLE, "")
    if given and protected and given != protected:
        raise distrust.two_refs()
    return _trusted(session, given or protected, base) if given or protected else None


def _demand_ref(session: Session, config: AccountConfig) -> None:
    """Raise ``RefusedError`` where the account is a live one, nobody sits here, and no trusted ref is set."""
    if session.in_ci and not config.providers.are_embedded:
        raise distrust.no_ref()


def _trusted(session: Session, name: str, base: str | None) -> Trusted:
    """Return what the trusted ref leads to; raises ``RefusedError``."""
    from reconciler.gitrepo.naming import merge_base, trusted_commit

    repo = session.around
    if repo is None or repo.root is None:
        raise distrust.no_repository()
    folder = session.folder.resolve().relative_to(repo.root).as_posix()
    commit, head = trusted_commit(repo, name), repo.head()
    start = base or (head and merge_base(repo, head, commit)) or commit
    return Trusted(session, repo, folder, name, commit, start)


def _changed_alone(tree: Tree, desired: Desired, trusted: Trusted, changes: "tuple[SettingChange, ...]") -> Desired:
    """Return what a tree desires when its settings change alone; raises ``RefusedError`` when more does.

    Nothing else changes if the files say the same as before, be it under the settings before or under the new ones.
    """
    from reconciler.load.trusted import says_the_same

    before = trusted.desired(trusted.base)
    if before and says_the_same(desired, before):
        return desired
    try:
        session = trusted.session
        after = load_desired(tree, trusted.began.config.dns, session.memo, session.cache)
    except DiagnosticsError:
        raise distrust.together(changes) from None
    if before and says_the_same(after, before):
        return after
    raise distrust.together(changes)


def demand_trusted(session: Session, file: Path) -> None:
    """Raise ``RefusedError`` for a file in the repository that the trusted ref has otherwise, or doesn't have."""
    name = session.trusted_ref or session.environ.get(distrust.VARIABLE, "")
    if not name:
        return
    trusted = _trusted(session, name, None)
    place = file.absolute()
    if trusted.repo.root is None or not place.parent.resolve().is_relative_to(trusted.repo.root):
        return
    folder = trusted.repo.path_of(place.parent.resolve())
    if file.is_symlink() or trusted.repo.read_file(trusted.commit, folder, file.name) != file.read_bytes():
        raise distrust.another_file(file.name, name)
