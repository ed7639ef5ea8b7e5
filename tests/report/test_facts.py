"""Facts as tables, JSON and CSV: neutral, added up, and no formula for a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hand_made import HOSTILE
from reconciler.facts.booking import Booking
from reconciler.facts.invoice import Invoice
from reconciler.facts.package import Package
from reconciler.facts.server import Server
from reconciler.model.fact import Fact
from reconciler.report.csv_text import csv_text
from reconciler.report.facts import facts_csv, facts_json, facts_lines
from reconciler.report.ink import plain
from told import BALANCE, BOOKINGS, INVOICES, SERVERS

FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def admits(url: str) -> bool:
    """Admit one origin."""
    return url.startswith("https://servercon.example.com/")


def table(facts: Sequence[Fact]) -> str:
    """Return facts of one kind as they are shown."""
    return plain(facts_lines(type(facts[0]), facts, admits))


def test_invoices_are_sorted_by_day_and_added_up_by_what_became_of_them() -> None:
    """Amounts end below each other; what was cancelled adds nothing."""
    assert table(INVOICES) == (
        "NUMBER     ISSUED      DUE             GROSS  SERVER  STATUS\n"
        "2025-0009  2025-12-01  2025-12-15   1.19 EUR          cancelled\n"
        "2026-0001  2026-01-01  2026-01-15  11.90 EUR          paid\n"
        "2026-0002  2026-02-01  2026-02-15  59.38 EUR  web-1   open\n"
        "\n"
        "3 invoices. Total: 59.38 EUR open, 11.90 EUR paid.\n"
    )


def test_servers_have_links_of_admitted_origins() -> None:
    """A link is a URL only where policy names its origin; prices add up by their period."""
    assert table(SERVERS) == (
        "ID     TITLE       SERVICE LEVEL      PRICE  PERIOD  SINCE\n"
        "db-1   Database    silver         99.00 EUR  year\n"
        "web-1  Web server  gold           49.90 EUR  month   2024-05-01\n"
        "\n"
        "web-1 cloud: not shown, because `policy: {links: [...]}` doesn't name its origin\n"
        "web-1 servercon: https://servercon.example.com/web-1\n"
        "\n"
        "2 servers. Total: 49.90 EUR net each month, 99.00 EUR net each year.\n"
    )


def test_there_is_one_balance() -> None:
    """It is shown without a count."""
    assert table([BALANCE]) == "  AMOUNT  AS OF\n8.10 EUR  2026-11-26\n"


def test_two_currencies_are_never_added() -> None:
    """Each currency has a total of its own."""
    other = BOOKINGS[0].model_copy(update={"id": "3", "amount": BOOKINGS[1].amount._replace(currency="USD")})
    assert table([*BOOKINGS, other]).endswith("3 bookings. Total: 8.10 EUR, 20.00 USD.\n")


def test_a_package_without_a_price_adds_nothing() -> None:
    """What is free or unknown isn't zero."""
    package = Package(id="web", title="Web", tariff="package/web-l", limits={"domains": 5}, used={"domains": 2})
    assert table([package]) == (
        "ID   TITLE  TARIFF         DOMAINS  MAILBOXES  PRICE  PERIOD\n"
        "web  Web    package/web-l  2 of 5   0                 month\n"
        "\n"
        "1 package.\n"
    )


@pytest.mark.parametrize("sort", [Invoice, Server, Booking])
def test_none(sort: type[Fact]) -> None:
    """Nothing is said as nothing; CSV still has its heads."""
    assert plain(facts_lines(sort, [], admits)) == f"The account has no {sort.plural}.\n"
    assert facts_json(sort, [], admits)["facts"] == []
    assert facts_csv(sort, [], admits) == ",".join(sort.model_fields) + "\r\n"


def test_json_has_every_field() -> None:
    """Amounts are exact text; links that policy doesn't admit are named, not shown."""
    made = facts_json(Server, SERVERS, admits)
    assert made["totals"] == [
        {"of": "net each month", "amount": "49.90 EUR"},
        {"of": "net each year", "amount": "99.00 EUR"},
    ]
    web = made["facts"][1]
    assert (web["address"], web["price"], web["since"]) == ("server/web-1", "49.90 EUR", "2024-05-01")
    assert web["links"] == {"servercon": "https://servercon.example.com/web-1"}
    assert web["withheld_links"] == ["cloud"]


def test_csv_has_every_field() -> None:
    """Lines end as RFC 4180 says; each key of a mapping has a column; links are as in the table."""
    text = facts_csv(Server, SERVERS, admits)
    heads, db, web = csv.reader(io.StringIO(text, newline=""))
    assert text.endswith("\r\n")
    assert heads[6:] == ["specification.cpu", "specification.memory", "links.cloud", "links.servercon"]
    assert db[6:] == ["", "", "", ""]
    assert web[6:] == ["8 vCPU", "32 GiB", "", "https://servercon.example.com/web-1"]


@pytest.mark.parametrize("cell", ["=1+1", "+49 511", "-11.90 EUR", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1"])
def test_a_cell_that_a_spreadsheet_would_compute_is_marked_as_text(cell: str) -> None:
    """A single quote before it makes it text everywhere."""
    (row,) = csv.reader(io.StringIO(csv_text([[cell, "b"]]), newline=""))
    assert row[0].startswith("'")
    assert row[1] == "b"


@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=2), max_size=4))
def test_csv_is_read_as_the_same_rows_of_harmless_cells(rows: list[list[str]]) -> None:
    """Whatever the cells hold, there are as many, none begins a formula, and no line of the text is a surprise."""
    text = csv_text(rows)
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert [len(row) for row in read] == [len(row) for row in rows]
    assert not any(cell.startswith(FORMULAS) for row in read for cell in row)
    assert text.count("\n") == text.count("\r\n") == len(rows)


def test_hostile_texts_do_nothing() -> None:
    """Whatever a company writes, no terminal, no log of CI and no spreadsheet acts on it."""
    booking = Booking(id=HOSTILE, date=date(2026, 1, 1), text=f"={HOSTILE}", amount="1 EUR", balance="1 EUR")
    server = Server(
        id=HOSTILE,
        title=HOSTILE,
        service_level=HOSTILE,
        price="1 EUR",
        period=HOSTILE,
        specification={f"={HOSTILE}": HOSTILE},
        links={HOSTILE: HOSTILE},
    )
    for fact in (booking, server):
        shown = table([fact]) + facts_csv(type(fact), [fact], lambda _: True)
        assert not any(c in shown for c in ("\x1b", "\u202e", "\u200b", "\x07", "\x7f"))
        cells = [
            cell for row in csv.reader(io.StringIO(facts_csv(type(fact), [fact], admits), newline="")) for cell in row
        ]
        assert not any(cell.startswith(FORMULAS) for cell in cells)
