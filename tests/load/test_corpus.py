"""Real history: a public repository for octoDNS is taken as it is."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from load.written import account
from program import Repository
from reconciler.gitrepo.repo import GitRepo
from reconciler.load.desired import load_desired
from reconciler.load.tree import CommitTree, Entry
from reconciler.model.errors import DiagnosticsError

SETTINGS = account(
    "dns: {directory: hostedzones, exclude: [octodns.yaml], defaults: {lenient: true}}\nexclude: [config.yaml]\n"
)


class WithSettings:
    """A commit of the corpus with an account.yaml beside its zones."""

    def __init__(self, tree: CommitTree) -> None:
        self._tree = tree
        self.label = tree.label

    def paths(self) -> Mapping[str, Entry]:
        """Return the commit's paths and ours."""
        return {**self._tree.paths(), "account.yaml": "file"}

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        return SETTINGS.encode() if path == "account.yaml" else self._tree.read(path)


@pytest.fixture
def history(corpus: Path) -> tuple[GitRepo, list[str]]:
    """The repository and its commits, newest first."""
    repo = GitRepo.find(corpus)
    assert repo is not None
    log = Repository(corpus, {}).git("rev-list", "--first-parent", "HEAD")
    return repo, log.split()


def test_the_newest_commit_has_no_error(history: tuple[GitRepo, list[str]]) -> None:
    """405 zones load as they are, with findings only where zones overlap."""
    repo, commits = history
    desired = load_desired(WithSettings(CommitTree(repo, commits[0], "")))
    assert sum(address.startswith("zone/") for address in desired.state) == 405
    assert sum(address.startswith("record/") for address in desired.state) == 4222
    assert {found.code for found in desired.findings} == {"below-managed-zone"}


def test_the_settings_of_another_tool_are_an_error_until_excluded(history: tuple[GitRepo, list[str]]) -> None:
    """The tool's configuration lies among the zones; without `exclude` it says so."""
    repo, commits = history
    tree = CommitTree(repo, commits[0], "")
    assert "hostedzones/octodns.yaml" in tree.paths()
    strict = WithSettings(tree)
    plain = SETTINGS.replace("exclude: [octodns.yaml], ", "").encode()
    strict.read = lambda path: plain if path == "account.yaml" else tree.read(path)  # type: ignore[method-assign]  # this once
    with pytest.raises(DiagnosticsError) as caught:
        load_desired(strict)
    assert {d.span.file for d in caught.value.diagnostics if d.span and d.is_error} == {"hostedzones/octodns.yaml"}


def test_older_commits_have_only_their_authors_errors(history: tuple[GitRepo, list[str]]) -> None:
    """Every sixtieth commit: what is refused is broken YAML, which octoDNS refuses too."""
    repo, commits = history
    for commit in commits[::60]:
        try:
            load_desired(WithSettings(CommitTree(repo, commit, "")))
        except DiagnosticsError as error:
            assert {found.code for found in error.diagnostics if found.is_error} == {"yaml-syntax"}, commit
            assert all(re.search("[.]yaml:", str(found.span)) for found in error.diagnostics)
