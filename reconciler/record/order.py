"""The order of applies: which of two configuration commits is the newer one, by ancestry alone.

A snapshot (files applied without a commit) stands for the commit it was taken on: whoever commits the same files
afterwards, or throws them away, goes on from there. A snapshot taken outside any repository stands for nothing.
"""

from enum import StrEnum

from reconciler.gitrepo.remote import Remote
from reconciler.gitrepo.repo import GitRepo
from reconciler.gitrepo.shallow import bring, newer_of
from reconciler.record.message import SNAPSHOT, trailers


class Order(StrEnum):
    """How the commit to apply relates to the one applied last."""

    AHEAD = "ahead"
    SAME = "same"
    SUPERSEDED = "superseded"
    DIVERGED = "diverged"


def order_commits(repo: GitRepo, remote: Remote | None, commit: str, last: str | None) -> Order:
    """Return whether ``commit`` may be applied after ``last``: it must contain it.

    A shallow clone fetches from ``remote`` as much history as the answer needs.
    """
    if commit == last:
        return Order.SAME
    bring(repo, remote, [commit, *([last] if last else [])])
    new, old = standing_for(repo, commit), last and standing_for(repo, last)
    if not old or new == old:
        return Order.AHEAD
    if new is None:
        return Order.DIVERGED
    newer = newer_of(repo, remote, old, new)
    return {new: Order.AHEAD, old: Order.SUPERSEDED}.get(newer or "", Order.DIVERGED)


def stands_on(base: str | None, *, inside: bool) -> str:
    """Return how a snapshot on ``base`` says what it stands for: that commit, or nothing outside of a repository."""
    if base is None:
        return "nothing"
    return base if inside else f"nothing, after {base}"


def standing_for(repo: GitRepo, id: str) -> str | None:
    """Return the commit itself, or what a snapshot stands for. A message copied onto other parents means nothing."""
    commit = repo.commit(id)
    base = commit.parents[0] if commit.parents else None
    told = trailers(commit.message).get(SNAPSHOT)
    if told == stands_on(base, inside=True):
        return base
    return None if told == stands_on(base, inside=False) else id
