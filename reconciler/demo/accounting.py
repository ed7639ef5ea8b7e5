"""Two years of the Musterfirma's money: invoices, what was booked, and the balance that this makes."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce

from reconciler.demo.firm import DAY, Firm
from reconciler.demo.tariffs import PRODUCTS, RATE, SERVERS, TARIFF, net_price
from reconciler.facts.balance import Balance
from reconciler.facts.booking import Booking
from reconciler.facts.invoice import Invoice
from reconciler.model.late import dataclass
from reconciler.model.money import Money, money

_MONTHS = 24
_DUE = timedelta(days=30)
_NOTHING = money("0.00 EUR")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice: so many of something, at a net price each."""

    text: str
    count: int
    each: Money

    @property
    def net(self) -> Money:
        """What the line comes to."""
        return self.each.times(Decimal(self.count))


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice with its lines, from which its PDF is made."""

    invoice: Invoice
    lines: tuple[Line, ...]


def bills(firm: Firm) -> Iterator[Bill]:
    """Yield the invoices of two years, the oldest first: each month one of the account, and one of each server."""
    for month in _months():
        number = f"R-{month:%Y-%m}"
        yield _bill(f"{number}-1", month, _account_lines(firm, month))
        for place, (server, tariff) in enumerate(SERVERS.items(), start=2):
            lines = (Line(f"Server {server}, {month:%m/%Y}", 1, net_price(tariff, month)),)
            yield _bill(f"{number}-{place}", month, lines, server)
        if month == _months()[-6]:
            yield from _mistake(month)


def bookings(bills_made: Sequence[Bill]) -> tuple[Booking, ...]:
    """Return what was booked, the oldest first: a deposit, what was charged, and what was paid or given back."""
    first = bills_made[0].invoice.issued - timedelta(days=20)
    rows: list[tuple[date, str, Money, str | None]] = [(first, "Vorauszahlung", _deposit(bills_made), None)]
    for bill in bills_made:
        invoice = bill.invoice
        rows.append((invoice.issued, f"Rechnung {invoice.number}", invoice.gross.times(Decimal(-1)), invoice.number))
        if invoice.status == "paid" and invoice.gross.amount > 0:
            rows.append((invoice.due, f"Lastschrift {invoice.number}", invoice.gross, invoice.number))
    balance, made = _NOTHING, []
    for place, (day, text, amount, number) in enumerate(sorted(rows, key=lambda row: row[0]), start=1):
        balance = balance.plus(amount)
        made.append(Booking(id=f"B-{place:05}", date=day, text=text, amount=amount, balance=balance, invoice=number))
    return tuple(made)


def balance(booked: Sequence[Booking]) -> Balance:
    """Return what stands on the account after everything that was booked."""
    return Balance(amount=booked[-1].balance, as_of=DAY)


def _months() -> list[date]:
    """Return the first days of the last two years' months."""
    last = DAY.year * 12 + DAY.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - _MONTHS + 1, last + 1)]


def _account_lines(firm: Firm, month: date) -> tuple[Line, ...]:
    """Return what an invoice of the account is about: packages, products, and domains whose year begins."""
    begins = [one for one in firm.domains if one.since.month == month.month and one.since.year <= month.year]
    lines = [Line(f"Webhosting L, {month:%m/%Y}", len(firm.packages), net_price(TARIFF, month))]
    lines += [Line(f"{item}, {month:%m/%Y}", 1, net_price(tariff, month)) for item, tariff in PRODUCTS.items()]
    if begins:
        lines.append(Line(".example-Domains, 12 Monate", len(begins), net_price("domain/example", month)))
    return tuple(lines)


def _mistake(month: date) -> Iterator[Bill]:
    """Yield an invoice that was wrong, and the one that takes it back."""
    day = month + timedelta(days=9)
    lines = (Line("Einrichtung, versehentlich berechnet", 1, net_price("setup/web-xl", month)),)
    wrong = _bill(f"R-{month:%Y-%m}-4", day, lines)
    yield Bill(wrong.invoice.model_copy(update={"status": "cancelled"}), lines)
    back = tuple(Line(f"Storno zu {wrong.invoice.number}", 1, line.each.times(Decimal(-1))) for line in lines)
    taken = _bill(f"G-{month:%Y-%m}-1", day, back)
    yield Bill(taken.invoice.model_copy(update={"status": "paid"}), back)


def _bill(number: str, issued: date, lines: tuple[Line, ...], server: str | None = None) -> Bill:
    net = reduce(Money.plus, (line.net for line in lines), _NOTHING)
    vat = net.times(RATE / 100)
    due = issued + _DUE
    status = "paid" if due <= DAY else "open"
    gross = net.plus(vat)
    return Bill(
        Invoice(number=number, issued=issued, due=due, net=net, vat=vat, gross=gross, server=server, status=status),
        lines,
    )


def _deposit(bills_made: Sequence[Bill]) -> Money:
    """Return what was paid in advance: full hundreds, more than is open, so that nothing is owed."""
    unpaid = sum((bill.invoice.gross.amount for bill in bills_made if bill.invoice.status == "open"), Decimal(0))
    return Money((unpaid // 100 + 1) * Decimal("100.00"), "EUR")
