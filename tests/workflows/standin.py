"""Stands in for GitHub and GitLab: the few documented answers about statuses, comments and issues, kept in memory."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from listening import Handler, listening

Thing = dict[str, Any]
TOKEN = "a-token-of-the-job"


@dataclass
class Forge:
    """What a forge holds; ``calls`` are method and path of each request that changed something.

    ``merged`` says which head each commit of the default branch brought.
    """

    gitlab: bool
    statuses: list[Thing] = field(default_factory=list)
    comments: list[Thing] = field(default_factory=list)
    issues: list[Thing] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)
    url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What the forge's own runner tells a job."""
        if self.gitlab:
            return {"CI_API_V4_URL": f"{self.url}/api/v4", "CI_PROJECT_ID": "7", "GITLAB_TOKEN": TOKEN}
        return {"GITHUB_API_URL": self.url, "GITHUB_REPOSITORY": "erika/account"}

    @property
    def open_issues(self) -> list[Thing]:
        """The issues that aren't closed."""
        return [one for one in self.issues if one["state"] in ("open", "opened")]

    def write(self, body: str, by: str = "somebody") -> Thing:
        """Add a comment of a person."""
        ours = by == "job"
        who = {
            "user": {"id": 1 if ours else 2, "login": by, "type": "Bot" if ours else "User"},
            "author": {"id": 1 if ours else 2, "username": by},
        }
        self.comments.append({"id": len(self.comments) + 1, "body": body, **who})
        return self.comments[-1]

    def answer(self, method: str, path: str, query: dict[str, list[str]], data: Thing) -> Any:
        """Return the answer to a request; None for what isn't there."""
        if method != "GET":
            self.calls.append(f"{method} {path}")
        path = path.removeprefix("/api/v4") if self.gitlab else path
        if path == "/user":
            return {"id": 1, "login": "job", "username": "job"}
        path = re.sub("^/projects/7|^/repos/erika/account", "", path)
        edit = "PUT" if self.gitlab else "PATCH"
        comments = r"/merge_requests/3/notes" if self.gitlab else r"/issues/3/comments"
        comment = comments + r"/(\d+)" if self.gitlab else r"/issues/comments/(\d+)"
        if found := re.fullmatch("/commits/([0-9a-f]{40})/(pulls|statuses)", path):
            return self._pulls(found[1]) if found[2] == "pulls" else self._posted(found[1])
        if method == "POST" and (sha := re.fullmatch("/statuses/([0-9a-f]{40})", path)):
            self.statuses.append({"id": len(self.statuses) + 1, "sha": sha[1], **data})
            return self.statuses[-1]
        if re.fullmatch(comments, path):
            return self.write(data["body"], "job") if method == "POST" else _page(self.comments, query)
        if method == edit and (found := re.fullmatch(comment, path)):
            self.comments[int(found[1]) - 1].update(data)
            return self.comments[int(found[1]) - 1]
        if path == "/issues":
            return self._open(data) if method == "POST" else _page(self._labelled(query), query)
        if method == edit and (found := re.fullmatch(r"/issues/(\d+)", path)):
            closes = {"state": "closed"} if "closed" in data.values() or "close" in data.values() else {}
            self.issues[int(found[1]) - 1].update({**data, **closes})
            return data
        return None

    def _pulls(self, commit: str) -> list[Thing]:
        """Return the pull request that brought a commit to main."""
        head = self.merged.get(commit)
        user = {"id": 2, "login": "erika", "type": "User"}
        row = {"number": 3, "head": {"sha": head, "ref": "change"}, "user": user, "merged_at": "2026-11-26T09:00:00Z"}
        return [row] if head else []

    def _posted(self, commit: str) -> list[Thing]:
        """Return the statuses of a commit, the newest first."""
        here = [status for status in self.statuses if status["sha"] == commit]
        return [{**status, "creator": {"id": 1, "login": "job", "type": "Bot"}} for status in reversed(here)]

    def _open(self, data: Thing) -> Thing:
        number = len(self.issues) + 1
        labels = data["labels"].split(",") if self.gitlab else data["labels"]
        state = "opened" if self.gitlab else "open"
        self.issues.append({**data, "labels": labels, "state": state, "iid" if self.gitlab else "number": number})
        return self.issues[-1]

    def _labelled(self, query: dict[str, list[str]]) -> list[Thing]:
        assert query["state"] == ["opened" if self.gitlab else "open"]
        return [one for one in self.open_issues if query["labels"][0] in one["labels"]]


def _page(things: list[Thing], query: dict[str, list[str]]) -> list[Thing]:
    size, page = int(query["per_page"][0]), int(query.get("page", ["1"])[0])
    return things[(page - 1) * size : page * size]


@contextmanager
def serving(forge: Forge) -> Iterator[Forge]:
    """Serve a forge on a port of this machine."""

    class Answering(Handler):
        def do(self) -> None:
            token = self.headers.get("PRIVATE-TOKEN") or self.headers.get("Authorization", "").removeprefix("Bearer ")
            parts = urlsplit(self.path)
            data = json.loads(self.body() or b"{}")
            found = forge.answer(self.command, parts.path, parse_qs(parts.query), data) if token == TOKEN else None
            self.send_response(404 if found is None else 200)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

    with listening(Answering) as forge.url:
        yield forge
