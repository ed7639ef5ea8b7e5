"""GitLab over its REST interface, version 4."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

from reconciler.forge._answer import fact, number, text
from reconciler.forge._forge import Comment, Outlook, Person, PostedStatus, Pull
from reconciler.forge._http import Api
from reconciler.model.approvals import Review
from reconciler.model.errors import ForgeError
from reconciler.model.fields import Json
from reconciler.model.late import dataclass

#: GitLab's own words for how a status ended; ours are GitHub's.
_OUTLOOKS = {"failed": "failure"}
_DEVELOPER = 30


@dataclass(frozen=True, slots=True)
class GitLab:
    """One project at GitLab, by its number or path."""

    api: Api
    project: str
    name: str = "gitlab"
    longest_comment: int = 1_000_000

    def me(self) -> Person:
        """Return whose token this is; a project's access token has a user of its own."""
        return _person(self.api.get("/user"))

    def merged_from(self, commit: str) -> tuple[Pull, ...]:
        """Return the merged merge requests that brought a commit."""
        rows = self.api.pages(f"{self._at}/repository/commits/{quote(commit, safe='')}/merge_requests")
        return tuple(
            Pull(number(row, "iid"), text(row, "sha"), _person(fact(row, "author")))
            for row in rows
            if fact(row, "state") == "merged"
        )

    def statuses(self, commit: str, context: str) -> tuple[PostedStatus, ...]:
        """Return the statuses of one name at a commit, the newest first."""
        path = f"{self._at}/repository/commits/{quote(commit, safe='')}/statuses"
        rows = [row for row in self.api.pages(path, name=context, all="true") if fact(row, "name") == context]
        found = [
            PostedStatus(
                number(row, "id"),
                _person(fact(row, "author")),
                _OUTLOOKS.get(text(row, "status"), text(row, "status")),
                fact(row, "description") or "",
            )
            for row in rows
        ]
        return tuple(sorted(found, key=lambda one: -int(one.id)))

    def post_status(self, commit: str, context: str, outlook: Outlook, description: str, url: str) -> str:
        """Post a status."""
        words = {"failure": "failed"}
        body = {"state": words.get(outlook, outlook), "name": context, "description": description[:255]}
        answer = self.api.send(
            "POST", f"{self._at}/statuses/{quote(commit, safe='')}", {**body, **({"target_url": url} if url else {})}
        )
        return number(answer, "id")

    def comments(self, number_: str) -> Iterator[Comment]:
        """Yield the notes of a merge request that people or programs wrote, the oldest first."""
        path = f"{self._at}/merge_requests/{quote(number_, safe='')}/notes"
        for row in self.api.pages(path, sort="asc", order_by="created_at"):
            if fact(row, "system") is not True:
                yield Comment(number(row, "id"), _person(fact(row, "author")), fact(row, "body") or "")

    def post_comment(self, number_: str, text_: str, replaces: str | None) -> str:
        """Write a note, or another text into one."""
        path = f"{self._at}/merge_requests/{quote(number_, safe='')}/notes"
        method, place = ("PUT", f"{path}/{replaces}") if replaces else ("POST", path)
        return number(self.api.send(method, place, {"body": text_}), "id")

    def reviews(self, pull: Pull, groups: tuple[str, ...]) -> tuple[Review, ...]:
        """Return the approvals given since the head was pushed.

        One whose time GitLab doesn't tell counts only where the project takes approvals back when something is pushed.
        """
        at = f"{self._at}/merge_requests/{quote(pull.number, safe='')}"
        since = self._pushed(at, pull.head)
        found = []
        for row in fact(self.api.get(f"{at}/approvals"), "approved_by") or ():
            who, when = _person(fact(row, "user")), fact(row, "approved_at")
            fresh = since is not None and _time(when) >= since if when else self._takes_back()
            if fresh:
                names = self._groups_of(who, groups)
                found.append(Review(f"{pull.number}/{who.id}", who.login, names, who.id == pull.author.id))
        return tuple(found)

    @property
    def _at(self) -> str:
        return f"/projects/{quote(self.project, safe='')}"

    def _pushed(self, at: str, head: str) -> datetime | None:
        """Return when a commit became the head of a merge request, or None where it never was."""
        times = [
            _time(fact(row, "created_at"))
            for row in self.api.pages(f"{at}/versions")
            if fact(row, "head_commit_sha") == head
        ]
        return max(times, default=None)

    def _takes_back(self) -> bool:
        return fact(self.api.get(f"{self._at}/approvals", {}), "reset_approvals_on_push") is True

    def _groups_of(self, who: Person, groups: tuple[str, ...]) -> tuple[str, ...]:
        writes = _level(self.api.get(f"{self._at}/members/all/{who.id}", {})) >= _DEVELOPER
        return (*(("*",) if writes else ()), *(one for one in groups if self._is_in(who, one)))

    def _is_in(self, who: Person, group: str) -> bool:
        if "/" not in group:
            return who.login.casefold() == group.casefold()
        answer = self.api.get(f"/groups/{quote(group.strip('/'), safe='')}/members/all/{who.id}", {})
        return fact(answer, "state") == "active" and _level(answer) > 0


def _level(answer: Json) -> int:
    level = fact(answer, "access_level")
    return level if type(level) is int else 0


def _time(found: Json) -> datetime:
    try:
        time = datetime.fromisoformat(found)
    except (TypeError, ValueError):
        raise ForgeError("The forge's answer holds a time that isn't one.") from None
    if time.tzinfo is None:
        raise ForgeError("The forge's answer holds a time without its zone.")
    return time


def _person(row: Json) -> Person:
    if not isinstance(row, dict):
        raise ForgeError("The forge's answer names no user where one belongs.")
    return Person(number(row, "id"), text(row, "username"))
