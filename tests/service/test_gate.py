"""Who comes in: the whitelist, tokens and their scopes, the rate, and the size of what is sent."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.types import Message

from reconciler.service.callers import plain_network
from reconciler.service.scopes import all_scopes
from reconciler.service.settings import Limits, Settings
from service.serving import Served, serving

NEW = {"if_none_match": "*"}


def sort_of(answer: httpx2.Response) -> str:
    """Return which sort of problem an answer is."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return str(answer.json()["type"]).removeprefix("urn:reconciler:problem:")


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[Served]:
    """A service behind a proxy on this machine, that speaks for others."""
    with serving(tmp_path / "account.db", Settings(proxies=(plain_network("127.0.0.0/8"),))) as running:
        yield running


def test_the_whitelist_is_enforced_behind_a_trusted_proxy(proxied: Served) -> None:
    """An empty one is open; then only who stands in it comes in, and the proxy's word says who that is."""
    assert proxied.get("/v1/account", x_forwarded_for="198.51.100.9").json()["caller"] == "198.51.100.9"
    proxied.post("/v1/settings/whitelist_entry", {"value": {"address": "203.0.113.7"}})
    for caller in ("203.0.113.7", "::ffff:203.0.113.7", "198.51.100.9, 203.0.113.7"):
        assert proxied.get("/v1/account", x_forwarded_for=caller).json()["caller"] == "203.0.113.7"
    for caller in ("198.51.100.9", "203.0.113.7, 198.51.100.9", "nonsense"):
        refused = proxied.get("/v1/account", x_forwarded_for=caller)
        assert (refused.status_code, sort_of(refused)) == (403, "not-admitted")
    assert "127.0.0.1" in proxied.get("/v1/account").text
    assert proxied.get("/v1/health", x_forwarded_for="198.51.100.9").json() == {"status": "ok"}


def test_nobody_else_is_believed_whom_he_speaks_for(tmp_path: Path) -> None:
    """Without a trusted proxy the address is that of the connection."""
    with serving(tmp_path / "account.db") as direct:
        direct.post("/v1/settings/whitelist_entry", {"value": {"address": "203.0.113.7"}})
        assert sort_of(direct.get("/v1/account", x_forwarded_for="203.0.113.7")) == "not-admitted"


def test_the_whitelist_counts_the_address_of_the_connection(tmp_path: Path) -> None:
    """Another address of this machine is another caller."""
    with serving(tmp_path / "account.db") as running:
        running.post("/v1/settings/whitelist_entry", {"value": {"address": "127.0.0.2"}})
        assert sort_of(running.get("/v1/account")) == "not-admitted"
        with httpx2.Client(transport=httpx2.HTTPTransport(local_address="127.0.0.2")) as other:
            headers = {"authorization": f"Bearer {running.token}"}
            assert other.get(f"{running.url}/v1/account", headers=headers).json()["caller"] == "127.0.0.2"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic dXNlcjpwYXNz", "Bearer rcn_unknown", "x"])
def test_without_a_token_nothing_is_told(served: Served, header: str | None) -> None:
    """401, with the scheme that is asked for; also for what doesn't exist."""
    headers = {} if header is None else {"authorization": header}
    for path in ("/v1/account", "/v1/settings/mailbox", "/v1/nothing"):
        answer = httpx2.get(served.url + path, headers=headers, trust_env=False)
        assert (answer.status_code, sort_of(answer)) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_revoked_token_is_refused_at_once(served: Served) -> None:
    """Also in the middle of a connection."""
    headers = served.token_for("leaver", "read")
    assert served.get("/v1/account", **headers).status_code == 200
    served.account.store.revoke_token("leaver")
    assert sort_of(served.get("/v1/account", **headers)) == "unauthenticated"


@pytest.mark.parametrize("scope", all_scopes())
def test_a_token_may_do_what_its_scopes_say_and_nothing_else(served: Served, scope: str) -> None:
    """403 names the scope that is missing."""
    headers = served.token_for(f"only-{scope}", scope)
    path = "/v1/settings/notification/invoice"
    record = "/v1/settings/record/example.org/scoped/A"
    asked = {
        "read": served.get(path, **headers),
        "write:notifications": served.put(path, {"value": {}}, if_match="*", **headers),
        "write:dns": served.put(record, {"value": {}}, if_none_match="*", **headers),
    }
    for needed, answer in asked.items():
        if needed == scope:
            assert answer.status_code != 403
        else:
            assert sort_of(answer) == "forbidden"
            assert needed in answer.json()["detail"]


def test_a_batch_needs_the_scope_of_each_of_its_writes(served: Served) -> None:
    """One section that the token may not write refuses all of it."""
    headers = served.token_for("dns-only", "read", "write:dns")
    writes = [
        {"action": "delete", "address": "record/example.org/www/A", "if_match": "*"},
        {"action": "delete", "address": "alias/a@example.org", "if_match": "*"},
    ]
    answer = served.batch(*writes, **headers)
    assert (sort_of(answer), answer.json()["detail"]) == ("forbidden", "It needs the scope write:mail.")


def test_who_asks_too_often_waits(tmp_path: Path) -> None:
    """429 says how long; the health of the service and other tokens are not concerned."""
    settings = Settings(limits=Limits(rate=0.5, burst=2))
    with serving(tmp_path / "account.db", settings, now=lambda: 0.0) as slow:
        headers = slow.token_for("other", "read")
        assert [slow.get("/v1/account").status_code for _ in range(3)] == [200, 200, 429]
        answer = slow.get("/v1/account")
        assert (sort_of(answer), answer.headers["retry-after"]) == ("too-many", "2")
        assert slow.get("/v1/account", **headers).status_code == 200
        assert slow.get("/v1/health").status_code == 200


def test_who_guesses_tokens_waits(tmp_path: Path) -> None:
    """An address that showed too many wrong tokens isn't listened to for a while, whatever it shows."""
    settings = Settings(limits=Limits(failures=2))
    with serving(tmp_path / "account.db", settings, now=lambda: 0.0) as guarded:
        wrong = {"authorization": "Bearer rcn_guess"}
        assert [guarded.get("/v1/account", **wrong).status_code for _ in range(3)] == [401, 401, 429]
        assert guarded.get("/v1/account").status_code == 429


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that takes 1,000 octets."""
    with serving(tmp_path_factory.mktemp("small") / "account.db", Settings(limits=Limits(body=1000))) as running:
        yield running


def test_what_is_too_large_is_refused(small: Served) -> None:
    """413, with and without a length that says so before."""
    path, headers = "/v1/batches", {"content-type": "application/json"}
    answers = [
        small.http.post(path, content=b"[" * 1001, headers=headers),
        small.http.post(path, content=iter([b"[" * 600, b"[" * 600]), headers=headers),
    ]
    assert [sort_of(answer) for answer in answers] == ["too-large", "too-large"]
    fits = small.http.post(path, content=iter([b'{"writes"', b": []}"]), headers=headers)
    assert sort_of(fits) == "wrong"


@pytest.mark.parametrize("length", ["1001", "99999999999999999999999", "-1", "abc", "1_0", "\xb2"])
def test_a_length_alone_can_refuse(small: Served, length: str) -> None:
    """Nobody has to send what won't be read, and no number is too long or too odd."""
    place = urlsplit(small.url)
    with socket.create_connection((place.hostname, place.port)) as connection:
        lines = ("POST /v1/batches HTTP/1.1", "Host: x", f"Authorization: Bearer {small.token}")
        text = "\r\n".join((*lines, f"Content-Length: {length}", "", ""))
        connection.sendall(text.encode("latin-1"))
        status = int(connection.makefile("rb").readline().split()[1])
    assert status in (400, 413)


@pytest.mark.parametrize(
    ("content", "media_type", "sort"),
    [
        (b"{", "application/json", "malformed"),
        (b"[" * 900, "application/json", "malformed"),
        (b'{"writes": [NaN]}', "application/json", "malformed"),
        (b'{"writes": ["\\ud800"]}', "application/json", "malformed"),
        (b"\xff\xfe", "application/json", "malformed"),
        (b"writes=1", "application/x-www-form-urlencoded", "wrong-media-type"),
        (b"{}", "text/plain", "wrong-media-type"),
        (b"{}", "", "wrong-media-type"),
        (b"{}", "application/json; charset=utf-8", "wrong"),
        (b"[]", "application/json", "wrong"),
        (b"", "application/json", "wrong"),
    ],
)
def test_what_is_no_json_is_refused_before_anything_looks_at_it(
    small: Served, content: bytes, media_type: str, sort: str
) -> None:
    """Whatever the parser behind would make of it."""
    assert sort_of(small.http.post("/v1/batches", content=content, headers={"content-type": media_type})) == sort


def test_every_error_is_a_problem(served: Served) -> None:
    """Also those which the framework finds."""
    assert sort_of(served.get("/v1/nothing")) == "not-found"
    patched = served.http.patch("/v1/account")
    assert (sort_of(patched), patched.headers["allow"]) == ("wrong-method", "GET")
    several = served.http.patch("/v1/settings/mailbox/info@example.org")
    assert (sort_of(several), several.headers["allow"]) == ("wrong-method", "DELETE, GET, PUT")
    assert sort_of(served.get("/v1/settings/notification?limit=0")) == "wrong"
    assert sort_of(served.http.put("/v1/settings/notification/invoice", json={"value": {}})) == "wrong"


def test_an_account_that_is_gone_is_no_mistake_of_ours(tmp_path: Path) -> None:
    """503, with when to come again, and nothing of the file's place."""
    with serving(tmp_path / "account.db") as running:
        running.account.store.close()
        for file in tmp_path.glob("account.db*"):
            file.rename(tmp_path / f"moved-{file.name}")
        for path in ("/v1/account", "/v1/health"):
            answer = running.get(path)
            assert (sort_of(answer), answer.headers["retry-after"]) == ("unavailable", "1")
            assert str(tmp_path) not in answer.text


def test_a_mistake_of_ours_is_an_answer_without_its_words(tmp_path: Path) -> None:
    """500 as a problem; the words go to who runs the service."""

    def broken(_scope: object, _receive: object, _send: object) -> None:
        raise RuntimeError("hidden-4711")

    with serving(tmp_path / "account.db") as running:
        running.gate._app = broken  # nothing that is known makes a mistake
        answer = running.get("/v1/account")
        assert (answer.status_code, sort_of(answer)) == (500, "failed")
        assert "hidden" not in answer.text
        assert [str(fault) for fault in running.faults] == ["hidden-4711"]
        running.faults.clear()


def test_a_mistake_behind_the_framework_is_a_problem_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The framework would answer it in a text of its own."""

    def broken(*_: object) -> None:
        raise RuntimeError("hidden-4711")

    with serving(tmp_path / "account.db") as running:
        monkeypatch.setattr("reconciler.service.reading.setting_kind", broken)
        answer = running.get("/v1/settings/mailbox")
        assert (answer.status_code, sort_of(answer)) == (500, "failed")
        assert "hidden" not in answer.text
        assert [str(fault) for fault in running.faults] == ["hidden-4711"]
        running.faults.clear()


def test_the_services_own_log_names_token_and_address(served: Served) -> None:
    """And never the token's text."""
    served.get("/v1/account")
    assert (served.lines[-1].caller, served.lines[-1].token, served.lines[-1].asked, served.lines[-1].status) == (
        *("127.0.0.1", "tests-0", "GET /v1/account", 200),
    )
    assert served.token not in repr(served.lines)


def test_who_has_an_answer_finds_it_in_the_log(served: Served) -> None:
    """The line stands there before the answer's first byte is sent, so nothing was answered without one."""
    logged: list[int] = []
    served.lines.clear()

    async def send(_: Message) -> None:
        logged.append(len(served.lines))

    asyncio.run(served.gate(_health(), _nothing, send))
    assert set(logged) == {1}
    assert [(line.asked, line.status) for line in served.lines] == [("GET /v1/health", 200)]


def test_a_request_that_nobody_could_answer_is_logged_too(served: Served) -> None:
    """Its caller is gone before anything was said."""

    async def gone() -> Message:
        raise asyncio.CancelledError

    async def send(_: Message) -> None:
        raise AssertionError

    served.lines.clear()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(served.gate(_health(), gone, send))
    assert [(line.asked, line.status) for line in served.lines] == [("GET /v1/health", 0)]


def _health() -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": "/v1/health",
        "raw_path": b"/v1/health",
        "query_string": b"",
        "headers": [],
        "client": ("127.0.0.1", 50000),
    }


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
