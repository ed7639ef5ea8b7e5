"""The one HTTP client: what it sends, how often, to whom; and what it takes for an answer."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from reconciler.web.answer import Answer
from reconciler.web.connection import Connection, Limits, Site
from reconciler.web.errors import (
    EndlessAnswerError,
    NoAnswerError,
    UnsafeVerbError,
    WebError,
    WrongAddressError,
)
from web.answering import Said, Server

QUICK = Limits(silence=5.0, seconds=10.0, octets=100_000, pause=0.001, longest_pause=0.01)
KEY = "k4n4ry-0f-the-web"
BUSY = Said(503)
GONE = Said(hangs_up=True)
CUT = Said(body=b"{", announced=9)


def connection(server: Server, **more: Any) -> Connection:
    given = {"headers": {"Authorization": f"Bearer {KEY}"}, "limits": QUICK, **more}
    return Connection(Site(f"{server.url}/api", **given))


class TestAskingAgain:
    """What may pass is asked again where that can't do anything twice."""

    @pytest.mark.parametrize("fault", [Said(429), Said(500), BUSY, GONE, CUT])
    def test_reading_is(self, server: Server, fault: Said) -> None:
        """Until an answer comes."""
        server.say(fault, fault, Said(body=b"[1]"))
        assert connection(server).ask("GET", "/x").data == b"[1]"
        assert len(server.asked) == 3

    @pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE"])
    def test_writing_isnt(self, server: Server, verb: str) -> None:
        """It may have been carried out."""
        server.say(GONE, Said())
        with pytest.raises(NoAnswerError):
            connection(server).ask(verb, "/x", body=b"{}")
        assert len(server.asked) == 1

    def test_writing_under_a_key_is(self, server: Server) -> None:
        """Whoever says that twice is as once is believed, and the same goes out each time."""
        server.say(GONE, BUSY, Said(201))
        answer = connection(server).ask("POST", "/x", body=b"{1}", headers={"Idempotency-Key": "k"}, again=True)
        assert answer.status == 201
        assert {(asked.body, asked.headers["idempotency-key"]) for asked in server.asked} == {(b"{1}", "k")}

    def test_it_ends(self, server: Server) -> None:
        """With the last answer, or with why there is none."""
        server.say(BUSY)
        assert connection(server).ask("GET", "/x").status == 503
        server.say(GONE)
        with pytest.raises(NoAnswerError) as raised:
            connection(server).ask("GET", "/x")
        assert raised.value.cause == "RemoteProtocolError"
        assert len(server.asked) == 6

    @pytest.mark.parametrize(("wish", "often"), [("0", 2), ("3600", 1), ("99999999999999999999", 1), ("soon", 2)])
    def test_a_server_that_wants_to_be_left_alone_is(self, server: Server, wish: str, often: int) -> None:
        """Longer than is waited for: then not at all. What can't be read is no wish."""
        server.say(Said(429, headers={"Retry-After": wish}), Said())
        connection(server).ask("GET", "/x")
        assert len(server.asked) == often


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        ("7", 7.0),
        ("Thu, 26 Nov 2026 10:00:30 GMT", 30.0),
        ("Thu, 26 Nov 2026 09:00:00 GMT", 0.0),
        ("-1", None),
        ("1.5", None),
        ("Thu, 99 Nov 2026 10:00:30 GMT", None),
        ("", None),
    ],
)
def test_when_to_ask_again(wish: str, seconds: float | None) -> None:
    """In seconds, or a time by the server's own clock."""
    answer = Answer(429, {"retry-after": wish, "date": "Thu, 26 Nov 2026 10:00:00 GMT"})
    assert answer.retry_after == seconds


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"message": "Not found"}', {"message": "Not found"}),
        (b'["Not found"]', {}),
        (b"<p>Not found</p>", {}),
        (b"", {}),
        (b"[" * 99_999, {}),
        (b'{"message": "\xff"}', {}),
        (b'{"message": "' + b"x" * 100_000 + b'"}', {}),
    ],
)
def test_what_a_refusal_tells(body: bytes, told: dict[str, str]) -> None:
    """A JSON object that isn't endless; anything else tells nothing, and fails nowhere."""
    assert Answer(404, data=body).told == told


class TestCredentials:
    """They go to one origin, and stand in no text."""

    @pytest.mark.parametrize(
        "path", ["http://127.0.0.1:9/x", "http://localhost/x", "@127.0.0.1:9/x", ".evil.example/x", "http://\x00/"]
    )
    def test_another_origin_is_never_asked(self, server: Server, path: str) -> None:
        """However it is spelt."""
        site = Site(server.url, {"Authorization": KEY}, QUICK)
        with pytest.raises(WrongAddressError) as raised:
            Connection(site).ask("GET", path)
        assert not server.asked
        assert KEY not in f"{raised.value}{raised.value!r}"

    def test_redirects_arent_followed(self, server: Server) -> None:
        """They are answers like others."""
        server.say(Said(302, headers={"Location": f"{server.url}/elsewhere"}))
        assert connection(server).ask("GET", "/x").status == 302
        assert [asked.path for asked in server.asked] == ["/api/x"]

    def test_proxies_of_the_environment_arent_used(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        """Only one that is configured is."""
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        assert connection(server).ask("GET", "/x").status == 200

    def test_a_configured_proxy_is_used(self, server: Server) -> None:
        """And asked for the whole address."""
        site = Site("http://account.example.test/api", limits=QUICK, proxy=server.url)
        Connection(site).ask("GET", "/x")
        assert server.asked[0].path == "http://account.example.test/api/x"

    def test_no_repr_tells_them(self, server: Server) -> None:
        """Neither of what is asked nor of what is answered."""
        server.say(Said(headers={"Set-Cookie": KEY}))
        asking = connection(server, proxy=f"http://name:{KEY}@127.0.0.1:9")
        assert KEY not in f"{asking!r}{asking.site!r}{connection(server).ask('GET', '/x')!r}"

    def test_cookies_arent_kept(self, server: Server) -> None:
        """Nothing goes out that wasn't put in."""
        server.say(Said(headers={"Set-Cookie": "a=b; Path=/"}))
        asking = connection(server)
        for _ in range(2):
            asking.ask("GET", "/x")
        assert "cookie" not in server.asked[1].headers

    @pytest.mark.parametrize("text", [f"{KEY}é", f"{KEY}\r\nY: z"])
    def test_what_cant_be_a_header_isnt_sent(self, server: Server, text: str) -> None:
        """And the text isn't shown."""
        with pytest.raises(WebError) as raised:
            connection(server, headers={"X": text}).ask("GET", "/x")
        assert KEY not in str(raised.value)
        assert not server.asked


def test_who_only_reads_sends_nothing_that_writes(server: Server) -> None:
    """Refused below everything else, before a socket is opened; what was sent is counted."""
    reading = connection(server, reading=True)
    for verb in ("POST", "PUT", "PATCH", "DELETE", "post"):
        with pytest.raises(UnsafeVerbError):
            reading.ask(verb, "/x", again=True)
    assert not server.asked
    reading.ask("GET", "/x")
    assert reading.sent == ["GET"]


class TestLimits:
    """An answer that goes beyond them is none."""

    def test_size(self, server: Server) -> None:
        """Whether it says its length or not."""
        server.say(Said(body=b" " * (QUICK.octets + 1)))
        with pytest.raises(EndlessAnswerError, match="larger than 100000 octets"):
            connection(server).ask("GET", "/x")

    def test_a_packed_answer(self, server: Server) -> None:
        """Nobody asked for it, and unpacked it may be anything."""
        server.say(Said(headers={"Content-Encoding": "gzip"}))
        with pytest.raises(EndlessAnswerError, match="encoding"):
            connection(server).ask("GET", "/x")

    def test_time(self, server: Server) -> None:
        """The whole answer has to be there by then."""
        with pytest.raises(EndlessAnswerError, match="takes longer"):
            connection(server, limits=replace(QUICK, seconds=-1.0)).ask("GET", "/x")

    def test_pieces_are_within_them_too(self, server: Server) -> None:
        """What is streamed ends where it grows too large, and what is cut off doesn't end well."""
        server.say(Said(body=b"x" * 1000), CUT)
        with connection(server).streamed("/x") as (answer, pieces):
            assert (answer.status, b"".join(pieces)) == (200, b"x" * 1000)
        with pytest.raises(NoAnswerError), connection(server).streamed("/x") as (_, pieces):
            list(pieces)

    def test_certificates_that_cant_be_read(self) -> None:
        """Nothing is asked without them."""
        with pytest.raises(WrongAddressError, match="certificates"):
            Connection(Site("https://127.0.0.1:9", limits=QUICK, ca_file="/nowhere.pem")).ask("GET", "/")

    def test_nobody_listens(self) -> None:
        """Says so, with what to do."""
        with pytest.raises(NoAnswerError) as raised:
            Connection(Site("http://127.0.0.1:9", limits=QUICK)).ask("GET", "/")
        assert raised.value.cause == "ConnectError"
        assert raised.value.help


class TestAtOnce:
    """Several questions at once, in one pool."""

    def test_answers_stand_in_the_order_of_the_questions(self, server: Server) -> None:
        """However they come."""
        server.answer = lambda asked: Said(body=asked.path.encode())
        asking = connection(server)
        found = asking.each(lambda i: asking.ask("GET", f"/{i}").data, range(20))
        assert found == [f"/api/{i}".encode() for i in range(20)]

    def test_never_more_than_the_limit(self, server: Server) -> None:
        """As many as there are connections."""
        lock, now, most = threading.Lock(), 0, 0

        def answer(_: object) -> Said:
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
            with lock:
                now -= 1
            return Said()

        server.answer = answer
        asking = connection(server, limits=replace(QUICK, connections=2))
        asking.each(lambda i: asking.ask("GET", f"/{i}"), range(20))
        assert 1 <= most <= 2

    def test_the_first_failure_ends_it(self, server: Server) -> None:
        """And is what is raised."""
        asking = connection(server, limits=replace(QUICK, connections=1))
        with pytest.raises(ZeroDivisionError):
            asking.each(lambda i: 1 // i, range(-1, 2))

    def test_what_was_closed_opens_again(self, server: Server) -> None:
        """A connection is only where to ask."""
        asking = connection(server)
        for ask in (asking.ask, asking.ask):
            assert ask("GET", "/x").status == 200
            asking.close()


@pytest.mark.parametrize(
    ("link", "found"), [('<https://a.example/2>; rel="next"', "https://a.example/2"), ("<x>; rel=last", ""), ("<<", "")]
)
def test_where_the_next_page_is(server: Server, link: str, found: str) -> None:
    """As the server says, unjudged."""
    server.say(Said(headers={"Link": link}))
    assert connection(server).ask("GET", "/x").next == found
