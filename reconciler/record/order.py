"""The order of applies: which of two configuration commits is the newer one, by ancestry alone.

A snapshot (files applied without a commit) stands for the commit it was taken on: whoever commits the same files
afterwards, or throws them away, goes on from there. A snapshot taken outside any repository stands for nothing.
"""

from enum import StrEnum

from reconciler.gitrepo.repo import GitRepo
from reconciler.record.message import SNAPSHOT, trailers


class Order(StrEnum):
    """How the commit to apply relates to the one applied last."""

    AHEAD = "ahead"
    SAME = "same"
    SUPERSEDED = "superseded"
    DIVERGED = "diverged"


def order_commits(repo: GitRepo, commit: str, last: str | None) -> Order:
    """Return whether ``commit`` may be applied after ``last``: it must contain it."""
    if commit == last:
        return Order.SAME
    new, old = _standing_for(repo, commit), last and _standing_for(repo, last)
    if not old or new == old:
        return Order.AHEAD
    if new is None:
        return Order.DIVERGED
    if repo.is_ancestor(old, new):
        return Order.AHEAD
    return Order.SUPERSEDED if repo.is_ancestor(new, old) else Order.DIVERGED


def stands_on(base: str | None, *, inside: bool) -> str:
    """Return how a snapshot on ``base`` says what it stands for: that commit, or nothing outside of a repository."""
    if base is None:
        return "nothing"
    return base if inside else f"nothing, after {base}"


def _standing_for(repo: GitRepo, id: str) -> str | None:
    """Return the commit itself, or what a snapshot stands for. A message copied onto other parents means nothing."""
    commit = repo.commit(id)
    base = commit.parents[0] if commit.parents else None
    told = trailers(commit.message).get(SNAPSHOT)
    if told == stands_on(base, inside=True):
        return base
    return None if told == stands_on(base, inside=False) else id
