"""A stand-in for GitHub and GitLab: a real HTTP server that speaks the documented answers, from facts in memory."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from listening import Handler, listening

Json = Any
BOT, ERIKA, MAX, EVE = (41898282, "github-actions[bot]"), (7, "erika"), (8, "max"), (9, "eve")
TOKENS = {"bot-token": BOT, "erika-token": ERIKA, "eve-token": EVE}
PAGE = 2


@dataclass
class Facts:
    """What the forge knows, in its own words of neither forge."""

    pulls: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    statuses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    comments: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    reviews: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    versions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    writers: set[str] = field(default_factory=lambda: {"erika", "max"})
    teams: dict[str, set[str]] = field(default_factory=dict)
    resets: bool = False
    last_id: int = 1000

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def merge(self, commit: str, number: int, head: str, author: tuple[int, str] = ERIKA, merged: bool = True) -> None:
        """Let a commit come from a pull request."""
        self.pulls.setdefault(commit, []).append({"number": number, "head": head, "by": author, "merged": merged})

    def review(self, number: int, head: str, by: tuple[int, str], what: str = "APPROVED", when: str = "") -> None:
        """Let somebody review a pull request at a head."""
        row = {"id": self.next_id(), "by": by, "state": what, "head": head, "when": when}
        self.reviews.setdefault(str(number), []).append(row)


@dataclass
class StandIn:
    """The running server: its facts, the requests it saw, and answers that replace the right ones."""

    facts: Facts = field(default_factory=Facts)
    url: str = ""
    seen: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    instead: dict[str, Callable[[BaseHTTPRequestHandler], bool]] = field(default_factory=dict)

    def github(self, token: str = "bot-token") -> dict[str, str]:
        """Return the environment of a job at GitHub."""
        return {"GITHUB_REPOSITORY": "acme/account", "GITHUB_API_URL": self.url, "GITHUB_TOKEN": token}

    def gitlab(self, token: str = "bot-token") -> dict[str, str]:
        """Return the environment of a job at GitLab."""
        return {"CI_PROJECT_ID": "42", "CI_API_V4_URL": f"{self.url}/api/v4", "GITLAB_TOKEN": token}

    def answer(self, path: str, status: int, body: Json = None, **headers: str) -> None:
        """Answer every request for paths that match like this."""

        def reply(handler: BaseHTTPRequestHandler) -> bool:
            _send(handler, status, body, {name.replace("_", "-"): text for name, text in headers.items()})
            return True

        self.instead[path] = reply


@contextmanager
def running() -> Iterator[StandIn]:
    """Run a stand-in on a free port of this machine."""
    stand_in = StandIn()

    class Answering(Handler):
        def do(self) -> None:
            parts = urlsplit(self.path)
            stand_in.seen.append((self.command, self.path, dict(self.headers)))
            body = json.loads(self.body() or b"null")
            for pattern, reply in list(stand_in.instead.items()):
                if re.search(pattern, unquote(parts.path)) and reply(self):
                    return None
            given = self.headers.get("Authorization", "").removeprefix("Bearer ") or self.headers.get("PRIVATE-TOKEN")
            me = TOKENS.get(given or "")
            if me is None:
                return _send(self, 401, {"message": "Bad credentials"})
            lab = parts.path.startswith("/api/v4")
            rows = (_gitlab if lab else _github)(stand_in.facts, me, self.command, unquote(parts.path), body)
            if rows is None:
                return _send(self, 404, {"message": "Not Found"})
            return (
                self._pages(rows, parts.path, parse_qs(parts.query))
                if isinstance(rows, list)
                else _send(self, 200, rows)
            )

        def _pages(self, rows: list[Json], path: str, query: Mapping[str, list[str]]) -> None:
            page = int(query.get("page", ["1"])[0])
            more = len(rows) > page * PAGE
            link = {"Link": f'<{stand_in.url}{path}?page={page + 1}>; rel="next"'} if more else {}
            _send(self, 200, rows[(page - 1) * PAGE : page * PAGE], link)

    with listening(Answering) as stand_in.url:
        yield stand_in


def slow(seconds: float) -> Callable[[BaseHTTPRequestHandler], bool]:
    """Return a reply that takes its time."""

    def reply(handler: BaseHTTPRequestHandler) -> bool:
        time.sleep(seconds)
        return False

    return reply


def _send(handler: BaseHTTPRequestHandler, status: int, body: Json, headers: Mapping[str, str] | None = None) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    for name, text in (headers or {}).items():
        handler.send_header(name, text)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def _hub_user(person: tuple[int, str]) -> Json:
    return {"id": person[0], "login": person[1], "type": "Bot" if person is BOT else "User"}


def _github(facts: Facts, me: tuple[int, str], method: str, path: str, body: Json) -> Json:
    repo = r"/repos/acme/account"
    if path == "/user":
        return _hub_user(me)
    if found := re.fullmatch(rf"{repo}/commits/(\w+)/pulls", path):
        return [
            {
                "number": one["number"],
                "head": {"sha": one["head"], "ref": "a-branch"},
                "user": _hub_user(one["by"]),
                "merged_at": "2026-11-26T09:00:00Z" if one["merged"] else None,
            }
            for one in facts.pulls.get(found[1], [])
        ]
    if found := re.fullmatch(rf"{repo}/commits/(\w+)/statuses", path):
        return [
            {**{k: one[k] for k in ("id", "context", "state", "description")}, "creator": _hub_user(one["by"])}
            for one in reversed(facts.statuses.get(found[1], []))
        ]
    if found := re.fullmatch(rf"{repo}/statuses/(\w+)", path):
        assert len(body["description"]) <= 140
        row = {"id": facts.next_id(), "by": me, **body}
        facts.statuses.setdefault(found[1], []).append(row)
        return {"id": row["id"]}
    if found := re.fullmatch(rf"{repo}/issues/(\d+)/comments", path):
        if method == "POST":
            return _commented(facts, found[1], me, body["body"])
        return [
            {"id": one["id"], "user": _hub_user(one["by"]), "body": one["text"]}
            for one in facts.comments.get(found[1], [])
        ]
    if found := re.fullmatch(rf"{repo}/issues/comments/(\d+)", path):
        return _recommented(facts, found[1], body["body"])
    if found := re.fullmatch(rf"{repo}/pulls/(\d+)/reviews", path):
        return [
            {"id": one["id"], "user": _hub_user(one["by"]), "state": one["state"], "commit_id": one["head"]}
            for one in facts.reviews.get(found[1], [])
        ]
    if found := re.fullmatch(rf"{repo}/collaborators/([^/]+)/permission", path):
        return {"permission": "write" if found[1] in facts.writers else "read"}
    if found := re.fullmatch(r"/orgs/([^/]+)/teams/([^/]+)/memberships/([^/]+)", path):
        return {"state": "active"} if found[3] in facts.teams.get(f"{found[1]}/{found[2]}", ()) else None
    return None


def _lab_user(person: tuple[int, str]) -> Json:
    return {"id": person[0], "username": person[1], "state": "active"}


def _gitlab(facts: Facts, me: tuple[int, str], method: str, path: str, body: Json) -> Json:
    project, path = "/projects/42", path.removeprefix("/api/v4")
    if path == "/user":
        return _lab_user(me)
    if found := re.fullmatch(rf"{project}/repository/commits/(\w+)/merge_requests", path):
        return [
            {
                "iid": one["number"],
                "sha": one["head"],
                "author": _lab_user(one["by"]),
                "state": "merged" if one["merged"] else "opened",
            }
            for one in facts.pulls.get(found[1], [])
        ]
    if found := re.fullmatch(rf"{project}/repository/commits/(\w+)/statuses", path):
        return [
            {
                "id": one["id"],
                "name": one["name"],
                "status": one["state"],
                "description": one["description"],
                "author": _lab_user(one["by"]),
            }
            for one in facts.statuses.get(found[1], [])
        ]
    if found := re.fullmatch(rf"{project}/statuses/(\w+)", path):
        row = {"id": facts.next_id(), "by": me, **body}
        facts.statuses.setdefault(found[1], []).append(row)
        return {"id": row["id"]}
    if found := re.fullmatch(rf"{project}/merge_requests/(\d+)/notes", path):
        if method == "POST":
            return _commented(facts, found[1], me, body["body"])
        return [
            {"id": one["id"], "author": _lab_user(one["by"]), "body": one["text"], "system": False}
            for one in facts.comments.get(found[1], [])
        ]
    if found := re.fullmatch(rf"{project}/merge_requests/\d+/notes/(\d+)", path):
        return _recommented(facts, found[1], body["body"])
    if found := re.fullmatch(rf"{project}/merge_requests/(\d+)/versions", path):
        return facts.versions.get(found[1], [])
    if found := re.fullmatch(rf"{project}/merge_requests/(\d+)/approvals", path):
        rows = facts.reviews.get(found[1], [])
        return {"approved_by": [{"user": _lab_user(o["by"]), "approved_at": o["when"] or None} for o in rows]}
    if path == f"{project}/approvals":
        return {"reset_approvals_on_push": facts.resets}
    people = {person[0]: person[1] for person in (BOT, ERIKA, MAX, EVE)}
    if found := re.fullmatch(rf"{project}/members/all/(\d+)", path):
        return {"access_level": 30, "state": "active"} if people[int(found[1])] in facts.writers else None
    if found := re.fullmatch(r"/groups/(.+)/members/all/(\d+)", path):
        inside = people[int(found[2])] in facts.teams.get(found[1], ())
        return {"access_level": 30, "state": "active"} if inside else None
    return None


def _commented(facts: Facts, number: str, me: tuple[int, str], text: str) -> Json:
    row = {"id": facts.next_id(), "by": me, "text": text}
    facts.comments.setdefault(number, []).append(row)
    return {"id": row["id"]}


def _recommented(facts: Facts, id: str, text: str) -> Json:
    row = next(one for rows in facts.comments.values() for one in rows if str(one["id"]) == id)
    row["text"] = text
    return {"id": row["id"]}
