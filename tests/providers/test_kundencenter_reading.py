"""Reading an account service: what counts as all of it, what is asked again, and what ends in a word and no plan."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from providers.paged import INFO, TOKEN, Paged, contacts, entry, paged, problem, said, with_page
from reconciler.model.errors import AccountError, AuthenticationError, IncompleteReadError
from reconciler.model.secret import Secret
from reconciler.model.state import Live
from reconciler.ports import Scope
from reconciler.providers.kundencenter import PROVIDER
from reconciler.web.errors import UnsafeVerbError
from web.answering import Asked, Said

SCOPE = Scope()
LIST = "/v1/settings/contact"


@pytest.fixture
def service() -> Iterator[Paged]:
    """A service with a few entries of each kind that it holds."""
    with paged() as running:
        running.collections[LIST] = contacts(5)
        running.collections["/v1/settings/zone"] = [entry("zone/example.org")]
        running.collections["/v1/zones/example.org/records"] = [
            entry(f"record/example.org/n{i}/A", ttl=300, values=["192.0.2.1"]) for i in range(3)
        ]
        yield running


def read(service: Paged) -> Live:
    return PROVIDER.open_reader(service.access()).read(SCOPE)


def only_of(path: str, spoil: Callable[[Asked, Said], Said]) -> Callable[[Asked, Said], Said]:
    """Return how the answers of one collection are spoilt."""
    return lambda asked, found: spoil(asked, found) if asked.path.partition("?")[0] == path else found


def test_an_account_is_what_all_pages_say(service: Paged) -> None:
    """With the marks of its entries, who calls, its topics, and what is proven."""
    live = read(service)
    assert len(live.state) == 9
    assert live.versions.keys() == live.state.keys()
    assert live.complete == {"zone", "record/example.org", "mailbox", "contact"}
    assert (live.account, live.caller, live.topics) == ("K-104711", "203.0.113.7", {"newsletter"})
    assert live.origin == f"kundencenter:{service.server.url}"


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("pages", ["0", "1", "n-1", "n", "n+1", "2n", "10n+1"])
def test_boundaries_of_pages(size: int, pages: str) -> None:
    """However many there are, they come, each once, with no page more than needed."""
    count = {"0": 0, "1": 1, "n-1": size - 1, "n": size, "n+1": size + 1, "2n": 2 * size, "10n+1": 10 * size + 1}[pages]
    with paged(size=size) as service:
        service.collections[LIST] = contacts(count)
        assert len(read(service).state) == count
        assert sum(path.startswith(LIST) for path in service.asked) == max(1, -(-count // size))


def test_what_was_read_is_proven_to_be_unchanged(service: Paged) -> None:
    """In one run the second read asks each collection once, by its mark, and finds the same."""
    reader = PROVIDER.open_reader(service.access())
    first = reader.read(SCOPE)
    service.server.asked.clear()
    assert reader.read(SCOPE) == first
    assert len(service.asked) == 5
    service.etag = '"2"'
    service.collections[LIST].pop()
    assert len(reader.read(SCOPE).state) == len(first.state) - 1


def _nothing_new(asked: Asked, found: Said) -> Said:
    return Said(304, b"", {"ETag": '"1"'})


def _other_mark(asked: Asked, found: Said) -> Said:
    return replace(found, headers={**found.headers, "ETag": f'"{asked.path}"'})


def _items(make: Callable[[list[Any]], list[Any]]) -> Callable[[Asked, Said], Said]:
    return lambda asked, found: with_page(found, items=make(json.loads(found.body)["items"]))


def _one(**more: Any) -> Callable[[Asked, Said], Said]:
    return _items(lambda items: [{**item, **more} for item in items])


#: How each page of one collection is spoilt, for good, and a part of what is said of it.
LIES: dict[str, tuple[Callable[[Asked, Said], Said], str]] = {
    "the cursor is ignored": (
        lambda asked, found: with_page(found, next="2", items=contacts(2)),
        "comes twice",
    ),
    "a page comes again": (_items(lambda items: contacts(1)), "comes twice"),
    "an entry stands twice on a page": (_items(lambda items: items + items), "comes twice"),
    "an entry is missing": (_items(lambda items: items[:1]), "it ended with 3 of 5"),
    "the end comes early": (lambda asked, found: with_page(found, next=None), "it ended with 2 of 5"),
    "the end never comes": (lambda asked, found: with_page(found, next="0", items=[]), "a page in its midst is empty"),
    "another total": (lambda asked, found: with_page(found, total=len(asked.path)), "how many there are"),
    "fewer in all": (lambda asked, found: with_page(found, total=1), "how many there are"),
    "a negative total": (lambda asked, found: with_page(found, total=-1), "how many there are"),
    "no total": (lambda asked, found: with_page(found, total=None), "total"),
    "another revision": (_other_mark, "changes while it is read"),
    "no revision": (lambda asked, found: replace(found, headers={"Content-Type": "application/json"}), "revision"),
    "gone on": (lambda asked, found: problem(410, "changed") if "cursor" in asked.path else found, "changes while"),
    "another kind's": (_items(lambda items: [entry("mailbox/a@example.org")]), "doesn't belong there"),
    "an unknown kind's": (_one(address="toaster/1"), "doesn't belong there"),
    "a version without an end": (_one(version="1" * 201), "version of contact/~"),
    "a version with a line": (_one(version="1\r\nX-More: 1"), "version of contact/~"),
    "no version": (_one(version=""), "version of contact/~"),
    "an id without an end": (_one(address="contact/~" + "1" * 201), "can't be an address"),
    "an address without an end": (_one(address="contact/" + "1" * 2000), "can't be an address"),
    "an id for a terminal": (_one(address="contact/~\x1b[31m"), "can't be an address"),
    "an id with letters like ours": (_one(address="contact/~\u0430"), "can't be an address"),
    "under our name": (_one(address="contact/erika"), "no address of a contact"),
    "values of another sort": (_one(value={"email": 7}), "can't be read"),
    "no mapping": (_one(value=[1]), "can't be read"),
    "null": (_one(value=None), "can't be read"),
    "an object": (_one(address={}), "a page isn't one"),
    "not JSON": (lambda asked, found: replace(found, body=found.body[:-9]), "a page isn't one"),
    "nothing": (lambda asked, found: replace(found, body=b""), "a page isn't one"),
    "too deep": (lambda asked, found: replace(found, body=b"[" * 100_000), "a page isn't one"),
    "of another sort": (lambda asked, found: replace(found, headers={"Content-Type": "text/html"}), "text/html"),
    "nothing new, for nobody": (_nothing_new, "304"),
    "a redirect": (lambda asked, found: Said(302, b"", {"Location": "http://127.0.0.1:9/"}), "sent us elsewhere"),
    "not here": (lambda asked, found: problem(404, "\x1b[31mgone"), "has no /v1/settings/contact"),
    "not so": (lambda asked, found: problem(422, "\x1b[31mwrong"), "answered 422"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_isnt_proven_is_no_account(service: Paged, lie: str) -> None:
    """It ends in words that can't act on a terminal, and in no state from which anything could be missing."""
    spoil, why = LIES[lie]
    service.spoil = only_of(LIST, spoil)
    with pytest.raises(AccountError) as raised:
        read(service)
    text = f"{raised.value} {raised.value.help}"
    assert why in text
    assert text.isprintable()
    assert TOKEN not in text


@pytest.mark.parametrize("lie", ["a page comes again", "the end comes early", "another revision", "gone on", "nothing"])
def test_what_passes_is_read_again(service: Paged, lie: str) -> None:
    """From the first page, a few times; then it is as ever."""
    spoil, left = LIES[lie][0], [True, True]
    first = read(service)

    def for_a_while(asked: Asked, found: Said) -> Said:
        if "cursor" in asked.path and left:
            left.pop()
            return spoil(asked, found)
        return found

    service.spoil = only_of(LIST, for_a_while)
    assert read(service).state == first.state


def test_a_zone_that_goes_meanwhile(service: Paged) -> None:
    """The list is read again, and the zone is proven to be gone."""
    records = service.collections.pop("/v1/zones/example.org/records")
    with pytest.raises(IncompleteReadError, match="lists zones that it doesn't have"):
        read(service)
    service.collections["/v1/zones/example.org/records"] = records
    left = [True]

    def goes(asked: Asked, found: Said) -> Said:
        if asked.path == "/v1/zones/example.org/records" and left:
            left.pop()
            service.collections["/v1/settings/zone"], service.etag = [], '"2"'
            return problem(404, "gone")
        return found

    service.spoil = goes
    assert read(service).complete == {"zone", "mailbox", "contact"}


@pytest.mark.parametrize(
    "info",
    [{}, {**INFO, "caller": "somewhere"}, {**INFO, "kinds": None}, {**INFO, "body_limit": "x"}, [], {"number": 1}],
)
def test_an_account_that_isnt_one(service: Paged, info: Any) -> None:
    """Nothing is read of it."""
    service.spoil = lambda asked, found: said(info) if asked.path == "/v1/account" else found
    with pytest.raises(IncompleteReadError, match="isn't what is expected"):
        read(service)
    assert service.asked == ["/v1/account"]


def test_no_service_there(service: Paged) -> None:
    """Says what to correct."""
    service.spoil = lambda asked, found: problem(404, "x")
    with pytest.raises(AccountError, match="is no account service") as raised:
        read(service)
    assert "url" in raised.value.help


def test_a_newer_service_holds_more(service: Paged) -> None:
    """What we don't know isn't asked for, and no field more disturbs us."""
    service.info |= {"kinds": [*INFO["kinds"], "toaster"], "facts": ["bread"], "colour": "red"}
    assert len(read(service).state) == 9


def test_it_can_what_the_account_says(service: Paged) -> None:
    """Asked once in a run."""
    service.info |= {"renames": ["mailbox"], "makes_zones": False, "private_addresses": False}
    reader = PROVIDER.open_reader(service.access())
    assert reader.capabilities == reader.capabilities
    can = reader.capabilities
    assert (can.renames, can.makes_zones, can.private_addresses) == ({"mailbox"}, False, False)
    assert can.facts == {"invoice", "balance"}
    assert service.asked == ["/v1/account"]


@pytest.mark.parametrize(("status", "says"), [(401, "unknown"), (403, "whitelist")])
def test_who_isnt_let_in(service: Paged, status: int, says: str) -> None:
    """Is told why, in the service's own words, made harmless, and once."""
    service.spoil = lambda asked, found: problem(status, "x", detail=f"\x1b[2J{says}")
    with pytest.raises(AuthenticationError, match=says) as raised:
        read(service)
    assert str(raised.value).isprintable()
    assert TOKEN not in f"{raised.value}{raised.value.help}"
    assert "`token`" in raised.value.help


@pytest.mark.parametrize("text", ["", "a b", "a\nb", "ü", " a"])
def test_a_text_that_cant_be_a_token(service: Paged, text: str) -> None:
    """Never leaves this machine."""
    access = replace(service.access(), secrets={"token": Secret(text)})
    with pytest.raises(AuthenticationError, match="can't be a token"):
        PROVIDER.open_reader(access)
    assert not service.asked


def test_who_reads_cant_write(service: Paged) -> None:
    """There is no method that would, and the connection below refuses the verbs."""
    reader: Any = PROVIDER.open_reader(service.access())
    assert {name for name in dir(reader) if not name.startswith("_")} == {"capabilities", "origin", "read"}
    with pytest.raises(UnsafeVerbError):
        reader._server.web.ask("DELETE", "/v1/settings/contact/~1")
    assert not service.asked


def test_every_request_is_counted(service: Paged) -> None:
    """By its verb, for whoever opened the provider."""
    access = service.access()
    PROVIDER.open_reader(access).read(SCOPE)
    assert access.sent == ["GET"] * len(service.asked)


def test_the_same_service_in_another_spelling(service: Paged) -> None:
    """Is the same place, so that nobody gives two sections to it by mistake."""
    access = service.access(url="https://Account.example.net")
    again = service.access(url="https://account.example.net:443/")
    places = {PROVIDER.place(one.settings, one.folder) for one in (access, again)}
    assert len(places) == 1


ORDER: dict[str, Any] = {
    "address": "order/2026-11-shop",
    "value": {"domain": "example.shop", "term": "12 months", "max_price": "24.00 EUR/year gross"},
    "status": "accepted",
    "at": "2026-11-26T10:00:00Z",
    "note": "Welcome.",
}


class TestRequests:
    """What was asked for, and what became of it."""

    def service(self, service: Paged, *requests: Any) -> Paged:
        """Let the service hold orders."""
        service.info["kinds"] = [*INFO["kinds"], "order"]
        service.collections["/v1/requests"] = list(requests)
        return service

    def test_they_are_told_with_their_states(self, service: Paged) -> None:
        """The kinds that the account holds are complete, and those that we don't know are left out."""
        live = read(self.service(service, ORDER, {**ORDER, "address": "toast/1"}))
        assert live.requests["order/2026-11-shop"].status == "accepted"
        assert "order/2026-11-shop" in live.state
        assert "order" in live.complete
        assert "payment" not in live.complete
        assert "toast/1" not in live.requests

    @pytest.mark.parametrize(
        "more",
        [
            {"address": "contact/erika"},
            {"address": "order/a/b"},
            {"value": {"domain": 7}},
            {"at": "2026-11-26T10:00:00"},
            {"status": "lost"},
            {"quote": {"item": "x"}},
        ],
    )
    def test_what_isnt_one_is_never_left_out(self, service: Paged, more: dict[str, Any]) -> None:
        """A request that is overlooked would be submitted again."""
        with pytest.raises(IncompleteReadError):
            read(self.service(service, {**ORDER, **more}))


def test_a_kind_alone_is_no_address_of_several(service: Paged) -> None:
    """Nor is it a mistake of ours."""
    service.collections["/v1/settings/mailbox"] = [{"address": "mailbox", "version": "1", "value": {}}]
    with pytest.raises(IncompleteReadError, match="mailbox can't be read"):
        read(service)
    service.collections["/v1/settings/mailbox"] = []
    service.info["kinds"] = [*INFO["kinds"], "order"]
    asked = {"address": "order", "value": {}, "status": "submitted", "at": "2026-11-26T12:00:00Z"}
    service.collections["/v1/requests"] = [asked]
    with pytest.raises(IncompleteReadError, match="order can't be read"):
        read(service)


def test_a_collection_without_an_end_is_not_begun(service: Paged) -> None:
    """Each page would have something new, and the last would never come."""
    service.spoil = only_of(LIST, lambda asked, found: with_page(found, total=10**15))
    with pytest.raises(IncompleteReadError, match="more than can be read"):
        read(service)
