"""What the Musterfirma has booked, and what it costs: two price lists, packages, servers and other products."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from reconciler.demo.firm import DOMAINS_A_PACKAGE, Firm
from reconciler.facts.domain import Domain
from reconciler.facts.package import Package
from reconciler.facts.price import Price
from reconciler.facts.product import Product
from reconciler.facts.server import Server
from reconciler.model.money import Money, money

#: The days from which a price list holds; each ends on the day before the next.
PRICE_LISTS = (date(2024, 1, 1), date(2026, 1, 1))
RATE = Decimal("19.0")
#: The servers' ids, with their tariffs.
SERVERS = {"web-1": "server/managed-l", "db-1": "server/managed-m"}
#: The other products' ids, with their tariffs.
PRODUCTS = {"backup-1": "product/backup-500", "ssl-1": "product/ssl-wildcard", "spam-1": "product/spam-filter"}
TARIFF = "package/web-l"

#: Item: period, and the net price of each price list.
_PRICES: Mapping[str, tuple[str, str, str]] = {
    "domain/at": ("year", "19.00", "21.00"),
    "domain/ch": ("year", "18.00", "19.50"),
    "domain/com": ("year", "13.90", "15.90"),
    "domain/de": ("year", "9.00", "9.90"),
    "domain/eu": ("year", "12.00", "12.90"),
    "domain/example": ("year", "9.00", "9.90"),
    "domain/net": ("year", "14.90", "16.90"),
    "domain/org": ("year", "14.90", "16.90"),
    "domain/shop": ("year", "17.90", "19.90"),
    "package/web-s": ("month", "3.90", "4.20"),
    "package/web-m": ("month", "7.90", "8.40"),
    "package/web-l": ("month", "14.90", "15.90"),
    "package/web-xl": ("month", "29.90", "31.90"),
    "product/backup-500": ("month", "12.00", "12.50"),
    "product/spam-filter": ("month", "4.90", "4.90"),
    "product/ssl-wildcard": ("month", "6.50", "6.90"),
    "server/managed-l": ("month", "149.00", "159.00"),
    "server/managed-m": ("month", "89.00", "95.00"),
    "setup/web-l": ("once", "19.00", "0.00"),
    "setup/web-xl": ("once", "29.00", "19.00"),
}
_TERM = {"year": ("12 months", "1 month"), "month": ("12 months", "3 months"), "once": ("", "")}
_LEVELS = {"web-1": "gold", "db-1": "silver"}
_SPECIFICATION = {
    "web-1": {
        "cpu": "AMD EPYC, 8 Kerne",
        "memory": "32 GB ECC",
        "disk": "2 x 960 GB NVMe (RAID 1)",
        "system": "Debian",
    },
    "db-1": {"cpu": "AMD EPYC, 4 Kerne", "memory": "16 GB ECC", "disk": "2 x 480 GB NVMe (RAID 1)", "system": "Debian"},
}
_TITLES = {
    "web-1": "Managed Server L",
    "db-1": "Managed Server M",
    "backup-1": "Datensicherung 500 GB",
    "ssl-1": "Wildcard-Zertifikat",
    "spam-1": "Spamfilter",
}


def prices() -> Iterator[Price]:
    """Yield the price of each item in each price list, which never overlap."""
    ends = (*(following - timedelta(days=1) for following in PRICE_LISTS[1:]), None)
    for item, (period, *nets) in _PRICES.items():
        term, notice = _TERM[period]
        for since, until, net in zip(PRICE_LISTS, ends, nets, strict=True):
            yield Price(
                item=item,
                since=since,
                until=until,
                net=money(f"{net} EUR"),
                rate=RATE,
                period=period,
                term=term,
                notice=notice,
            )


def net_price(item: str, day: date) -> Money:
    """Return the net price of an item on a day; raises ``StopIteration`` for an item without one."""
    return _ON[next(since for since in reversed(PRICE_LISTS) if since <= day), item]


_ON = {(price.since, price.item): price.net for price in prices()}


def packages(firm: Firm) -> Iterator[Package]:
    """Yield the firm's packages; how much of them is used the account knows itself."""
    for name in firm.packages:
        inside = [domain for domain in firm.domains if domain.package == name]
        yield Package(
            id=name,
            title="Webhosting L",
            tariff=TARIFF,
            limits={"domains": DOMAINS_A_PACKAGE, "mailboxes": 500, "disk": 102_400},
            price=net_price(TARIFF, PRICE_LISTS[-1]),
            since=min(domain.since for domain in inside),
            notice="3 months",
        )


def domains(firm: Firm) -> Iterator[Domain]:
    """Yield the firm's domains as facts."""
    for one in firm.domains:
        yield Domain(domain=one.name, package=one.package, booked=one.since, renews=one.renews)


def servers(firm: Firm) -> Iterator[Server]:
    """Yield the firm's two servers."""
    for name, tariff in SERVERS.items():
        yield Server(
            id=name,
            title=_TITLES[name],
            service_level=_LEVELS[name],
            price=net_price(tariff, PRICE_LISTS[-1]),
            since=date(2022 + firm.below(2, "server", name), 3, 1),
            specification=_SPECIFICATION[name],
            links={
                "servercon": f"https://servercon.hoster.example/server/{name}",
                "cloud": f"https://cloud.hoster.example/projects/{firm.number}/{name}",
            },
        )


def products(firm: Firm) -> Iterator[Product]:
    """Yield whatever else is booked."""
    for name, tariff in PRODUCTS.items():
        yield Product(
            id=name,
            title=_TITLES[name],
            price=net_price(tariff, PRICE_LISTS[-1]),
            since=date(2023, 1 + firm.below(12, "product", name), 1),
            notice="1 month",
        )
