"""GitHub over its REST interface (and one question to GraphQL: who an app's token is)."""

from collections.abc import Iterator
from urllib.parse import quote

from reconciler.forge._answer import fact, number, text
from reconciler.forge._forge import Comment, Outlook, Person, PostedStatus, Pull
from reconciler.forge._http import Api
from reconciler.model.approvals import Review
from reconciler.model.errors import AuthenticationError, ForgeError
from reconciler.model.fields import Json
from reconciler.model.late import dataclass

_MAY_WRITE = ("admin", "maintain", "write")


@dataclass(frozen=True, slots=True)
class GitHub:
    """One repository at GitHub; ``graphql`` is the address that tells who an app is."""

    api: Api
    repository: str
    graphql: str
    name: str = "github"
    longest_comment: int = 65_536

    def me(self) -> Person:
        """Return whose token this is: a user's, or an app's, to which ``/user`` is closed."""
        try:
            return _person(self.api.get("/user"))
        except AuthenticationError:
            viewer = fact(
                self.api.post_to(self.graphql, {"query": "query{viewer{login databaseId}}"}), "data", "viewer"
            )
            return Person(number(viewer, "databaseId"), text(viewer, "login"))

    def merged_from(self, commit: str) -> tuple[Pull, ...]:
        """Return the merged pull requests that brought a commit."""
        rows = self.api.pages(f"{self._repo}/commits/{quote(commit, safe='')}/pulls")
        return tuple(
            Pull(number(row, "number"), text(row, "head", "sha"), _person(fact(row, "user")))
            for row in rows
            if fact(row, "merged_at")
        )

    def statuses(self, commit: str, context: str) -> tuple[PostedStatus, ...]:
        """Return the statuses of one context at a commit, the newest first, as GitHub lists them."""
        return tuple(
            PostedStatus(number(row, "id"), _person(row["creator"]), text(row, "state"), fact(row, "description") or "")
            for row in self.api.pages(f"{self._repo}/commits/{quote(commit, safe='')}/statuses")
            if fact(row, "context") == context and fact(row, "creator")
        )

    def post_status(self, commit: str, context: str, outlook: Outlook, description: str, url: str) -> str:
        """Post a status."""
        body = {"state": outlook, "context": context, "description": description[:140]}
        answer = self.api.send(
            "POST", f"{self._repo}/statuses/{quote(commit, safe='')}", {**body, **({"target_url": url} if url else {})}
        )
        return number(answer, "id")

    def comments(self, number_: str) -> Iterator[Comment]:
        """Yield the comments of a pull request, the oldest first."""
        for row in self.api.pages(f"{self._repo}/issues/{quote(number_, safe='')}/comments"):
            if fact(row, "user"):
                yield Comment(number(row, "id"), _person(fact(row, "user")), fact(row, "body") or "")

    def post_comment(self, number_: str, text_: str, replaces: str | None) -> str:
        """Write a comment, or another text into one."""
        if replaces:
            return number(self.api.send("PATCH", f"{self._repo}/issues/comments/{replaces}", {"body": text_}), "id")
        path = f"{self._repo}/issues/{quote(number_, safe='')}/comments"
        return number(self.api.send("POST", path, {"body": text_}), "id")

    def reviews(self, pull: Pull, groups: tuple[str, ...]) -> tuple[Review, ...]:
        """Return the newest word of each reviewer, where it approves exactly the head and wasn't dismissed since."""
        last: dict[str, Json] = {}
        for row in self.api.pages(f"{self._repo}/pulls/{quote(pull.number, safe='')}/reviews"):
            if fact(row, "user") and fact(row, "state") in ("APPROVED", "CHANGES_REQUESTED", "DISMISSED"):
                last[number(row, "user", "id")] = row
        found = []
        for row in last.values():
            if fact(row, "state") == "APPROVED" and fact(row, "commit_id") == pull.head:
                who = _person(fact(row, "user"))
                names = self._groups_of(who.login, groups)
                found.append(Review(number(row, "id"), who.login, names, who.id == pull.author.id))
        return tuple(found)

    @property
    def _repo(self) -> str:
        return f"/repos/{quote(self.repository)}"

    def _groups_of(self, login: str, groups: tuple[str, ...]) -> tuple[str, ...]:
        path = f"{self._repo}/collaborators/{quote(login, safe='')}/permission"
        answer = self.api.get(path, {})
        writes = fact(answer, "permission") in _MAY_WRITE or fact(answer, "role_name") in _MAY_WRITE
        return (*(("*",) if writes else ()), *(one for one in groups if self._is_in(login, one)))

    def _is_in(self, login: str, group: str) -> bool:
        org, slash, team = group.partition("/")
        if not slash:
            return login.casefold() == group.casefold()
        path = f"/orgs/{quote(org, safe='')}/teams/{quote(team, safe='')}/memberships/{quote(login, safe='')}"
        return bool(fact(self.api.get(path, {}), "state") == "active")


def _person(row: Json) -> Person:
    if not isinstance(row, dict):
        raise ForgeError("The forge's answer names no user where one belongs.")
    return Person(number(row, "id"), text(row, "login"))
