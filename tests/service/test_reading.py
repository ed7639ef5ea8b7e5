"""Reading over HTTP: pages, their end, what is known already, and what there isn't."""

from pathlib import Path
from typing import Any

import pytest

from reconciler.facts.balance import Balance
from reconciler.facts.document import Document
from reconciler.facts.invoice import Invoice
from reconciler.kinds import KINDS
from service.serving import Served, serving

PDF = b"%PDF-1.7\nnot really\n%%EOF\n"


def pages(served: Served, path: str, limit: int) -> list[dict[str, Any]]:
    """Return all pages of a collection."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = served.get(f"{path}?limit={limit}{cursor}").json()
        found.append(page)
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


@pytest.fixture(scope="module")
def zone(served: Served) -> str:
    """The path of a zone of ten record sets."""
    writes = [
        {
            "action": "create",
            "if_none_match": "*",
            "address": f"record/example.org/host{n}/A",
            "after": {"type": "A", "ttl": 60, "values": [f"192.0.2.{n}"]},
        }
        for n in range(10)
    ]
    assert served.batch(*writes).status_code == 200
    return "/v1/zones/example.org/records"


@pytest.mark.parametrize("limit", [1, 3, 5, 9, 10, 11, 1000, 10**9])
def test_pages_hold_everything_once_and_say_where_they_end(served: Served, zone: str, limit: int) -> None:
    """Whatever the size of a page; each knows the total."""
    found = pages(served, zone, limit)
    names = [entry["address"] for page in found for entry in page["items"]]
    assert names == sorted(f"record/example.org/host{n}/A" for n in range(10))
    assert {page["total"] for page in found} == {10}
    assert len(found) == max(1, -(-10 // limit))


def test_the_list_of_zones_tells_what_changed_in_them(served: Served, zone: str) -> None:
    """Its mark is that of all record sets, too, and changes with any of them; each zone has the mark of its own."""
    zones, records = "/v1/settings/zone", "/v1/settings/record"
    assert served.version(zones) == served.version(records)
    assert {page["items"][0]["records"] for page in pages(served, zones, 1)} == {served.version(zone)}
    assert pages(served, records, 1000) == pages(served, zone, 1000)
    before = served.version(zones), served.version(zone)
    body = {"value": {"type": "A", "ttl": 61, "values": ["192.0.2.77"]}}
    served.put("/v1/settings/record/example.org/host3/A", body, if_match="*")
    assert served.version(zones) == served.version(records) != before[0]
    assert served.version(zone) != before[1]


def test_a_mark_never_comes_again_with_something_else(tmp_path: Path) -> None:
    """Also not after the account was put back from a copy, when its transactions are counted again."""
    path, copy = tmp_path / "account.db", tmp_path / "copy.db"
    one, other = ({"value": {"name": "Erika", "email": f"{name}@example.org"}} for name in ("one", "other"))
    with serving(path) as before:
        before.account.store.close()
        copy.write_bytes(path.read_bytes())
        before.post("/v1/settings/contact", one)
        marks = [before.version(f"/v1/settings/{kind}") for kind in ("contact", "zone", "mail_domain")]
    with serving(copy) as after:
        after.post("/v1/settings/contact", other)
        again = [after.version(f"/v1/settings/{kind}") for kind in ("contact", "zone", "mail_domain")]
    assert again[0] != marks[0]
    assert again[1:] == marks[1:]


def test_an_empty_collection_is_one_page(served: Served) -> None:
    """It says that there is nothing, and that this is the end."""
    assert served.get("/v1/settings/ftp_account").json() == {"items": [], "total": 0, "next": None}


def test_a_collection_that_changes_between_two_pages_is_read_anew(served: Served, zone: str) -> None:
    """410: what was read doesn't belong together. What changes elsewhere is no reason."""
    cursor = served.get(f"{zone}?limit=4").json()["next"]
    served.put("/v1/settings/notification/outage", {"value": {"channels": ["post"]}}, if_match="*")
    assert served.get(f"{zone}?limit=4&cursor={cursor}").status_code == 200
    body = {"value": {"ttl": 61, "values": ["192.0.2.1"]}}
    served.put("/v1/settings/record/example.org/host1/A", body, if_match="*")
    answer = served.get(f"{zone}?limit=4&cursor={cursor}")
    assert (answer.status_code, answer.json()["detail"]) == (410, "Begin again with the first page.")


@pytest.mark.parametrize("cursor", ["x", "%", "WyIwIl0", "bnVsbA", "W10", "e30", "%ff", "W1tdLFtdXQ"])
def test_a_cursor_of_nobodys_is_refused(served: Served, zone: str, cursor: str) -> None:
    """Never taken for the beginning."""
    assert served.get(f"{zone}?cursor={cursor}").status_code in (400, 410)


def test_what_is_known_already_is_not_sent_again(served: Served, zone: str) -> None:
    """304 for an entry and for a collection, until either changes."""
    entry = "/v1/settings/record/example.org/host2/A"
    for path in (zone, entry):
        tag = served.version(path)
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = served.get(path, if_none_match=known)
            assert (again.status_code, again.headers["etag"], again.content) == (304, tag, b"")
        assert served.get(path, if_none_match='"other"').status_code == 200
    before = served.version(zone)
    served.put(entry, {"value": {"ttl": 62, "values": ["192.0.2.2"]}}, if_match="*")
    assert served.get(zone, if_none_match=before).status_code == 200


def test_every_kind_of_settings_can_be_listed(served: Served) -> None:
    """And nothing that is none."""
    for name, kind in KINDS.items():
        expected = 404 if kind.is_request else 200
        assert served.get(f"/v1/settings/{name}").status_code == expected


@pytest.mark.parametrize(
    "path",
    [
        "/v1/settings/nothing",
        "/v1/settings/mailbox/nobody@example.org",
        "/v1/settings/record/example.org/www",
        "/v1/zones/example.net/records",
        "/v1/facts/nothing",
        "/v1/facts/invoice/none/file",
        "/v1/facts/balance/-/file",
        "/v1/requests/nothing/x",
        "/v1",
        "/",
        "/v1/settings/",
    ],
)
def test_what_there_isnt_is_not_found(served: Served, path: str) -> None:
    """404 as a problem."""
    answer = served.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_the_account_says_what_it_is_and_can(served: Served) -> None:
    """Its number, what it holds, and as whom it sees the caller."""
    told = served.get("/v1/account").json()
    assert (told["number"], told["caller"], told["domains"]) == ("K-104711", "127.0.0.1", ["example.org"])
    assert set(told["kinds"]) == set(KINDS)
    assert "newsletter" in told["topics"]


def test_facts_are_told_in_pages(served: Served) -> None:
    """With their own revision."""
    document = {"title": "Terms", "sort": "terms", "version": "1", "date": "2026-01-01"}
    documents = [Document.model_validate({"id": f"d{n}", **document}) for n in range(5)]
    served.account.store.put_facts({"document"}, documents)
    found = pages(served, "/v1/facts/document", 2)
    assert [fact["id"] for page in found for fact in page["items"]] == ["d0", "d1", "d2", "d3", "d4"]
    tag = served.version("/v1/facts/document")
    assert served.get("/v1/facts/document", if_none_match=tag).status_code == 304
    served.account.store.put_facts({"document"}, documents[:1])
    assert served.get("/v1/facts/document", if_none_match=tag).json()["total"] == 1


def test_there_is_one_balance(served: Served) -> None:
    """Money is text, so that no reader rounds it."""
    served.account.store.put_facts(
        {"balance"}, [Balance.model_validate({"amount": "-12.50 EUR", "as_of": "2026-11-26"})]
    )
    assert served.get("/v1/facts/balance").json()["items"] == [{"amount": "-12.50 EUR", "as_of": "2026-11-26"}]


def test_the_file_of_a_fact_comes_with_its_digest(served: Served) -> None:
    """As RFC 9530 has it, and is known by it."""
    money = {"net": "1.00 EUR", "vat": "0.19 EUR", "gross": "1.19 EUR"}
    invoice = Invoice.model_validate({"number": "R/1", "issued": "2026-11-01", "due": "2026-11-15", **money})
    served.account.store.put_facts({"invoice"}, [invoice], {invoice.address: PDF})
    path = "/v1/facts/invoice/R%252F1/file"
    answer = served.get(path)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PDF, "application/pdf")
    assert answer.headers["content-digest"].startswith("sha-256=:")
    assert served.get(path, if_none_match=answer.headers["etag"]).status_code == 304


def test_reading_leaves_no_trace(served: Served, tmp_path: Path) -> None:
    """Not in the account's log, and nothing beside its file."""
    before = len(served.account.store.read_facts({"log"}).kinds["log"])
    served.get("/v1/account")
    served.get("/v1/facts/log")
    assert len(served.account.store.read_facts({"log"}).kinds["log"]) == before
