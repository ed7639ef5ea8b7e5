"""What is asked of a forge: the few questions and answers behind which GitHub and GitLab look alike.

Every answer is untrusted: texts are shown only through ``neutral``, and nothing in them is run or followed.
"""

from collections.abc import Iterator
from typing import Literal, Protocol, TypeAlias

from reconciler.model.approvals import Review
from reconciler.model.late import dataclass

Outlook: TypeAlias = Literal["pending", "success", "failure"]


@dataclass(frozen=True, slots=True)
class Person:
    """A user, or an app that acts as one; ``id`` never changes, ``login`` may."""

    id: str
    login: str


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request (at GitLab: a merge request): ``head`` is the commit that was reviewed and merged."""

    number: str
    head: str
    author: Person


@dataclass(frozen=True, slots=True)
class PostedStatus:
    """A commit status: who posted it, and what it says."""

    id: str
    by: Person
    outlook: str
    description: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of a pull request."""

    id: str
    by: Person
    text: str


class Forge(Protocol):
    """One repository at a forge, seen through the token of the environment.

    Every method raises ``AuthenticationError`` where the token isn't enough and ``ForgeError`` for any other trouble.
    """

    @property
    def name(self) -> str:
        """``github`` or ``gitlab``."""

    @property
    def longest_comment(self) -> int:
        """How many characters a comment may have."""

    def me(self) -> Person:
        """Return whose token this is."""

    def merged_from(self, commit: str) -> tuple[Pull, ...]:
        """Return the merged pull requests that brought a commit, however they were merged."""

    def statuses(self, commit: str, context: str) -> tuple[PostedStatus, ...]:
        """Return the statuses of one context at a commit, the newest first."""

    def post_status(self, commit: str, context: str, outlook: Outlook, description: str, url: str) -> str:
        """Post a status and return its id."""

    def comments(self, number: str) -> Iterator[Comment]:
        """Yield the comments of a pull request."""

    def post_comment(self, number: str, text: str, replaces: str | None) -> str:
        """Write a comment, in place of another where one is named; return its id."""

    def reviews(self, pull: Pull, groups: tuple[str, ...]) -> tuple[Review, ...]:
        """Return the reviews in force that approve exactly ``pull.head``.

        Each names those of ``groups`` that stand for its author, and ``*`` when its author may write to the repository.
        """
