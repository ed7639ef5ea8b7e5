"""The Musterfirma: a firm that doesn't exist, of any size, made from a seed alone.

The same seed and size make the same firm on every machine: nothing depends on the time, on the order in which something
is asked for, or on the version of Python.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple, TypeVar

from reconciler.demo.words import FIRST_PARTS, SECOND_PARTS
from reconciler.kinds import KINDS
from reconciler.model.address import split
from reconciler.model.errors import UsageError
from reconciler.model.late import dataclass

#: The day on which the account stands: the day after all that is told of it.
DAY = date(2026, 11, 26)
#: The account that the pages speak of.
NUMBER = "K-104711"
SMALLEST, LARGEST = 10, 100_000
#: How many domains a package has at most.
DOMAINS_A_PACKAGE = 25
#: The domain in which the firm itself is at home; the top-level domain belongs to nobody (RFC 2606).
HOME = "musterfirma.example"

_T = TypeVar("_T")


class Shape(NamedTuple):
    """How many of which there are; together as many as the size says."""

    domains: int
    contacts: int
    whitelist: int
    ftp_accounts: int
    mailboxes: int
    aliases: int
    records: int

    @classmethod
    def of(cls, size: int) -> "Shape":
        """Return the shape of a firm with ``size`` resources, beside those that every account has by itself."""
        domains = max(1, size // 50)
        others = (1 + min(size // 50, 40), min(size // 20, 3), min(size // 25, 200), max(1, size // 12), size // 25)
        return cls(domains, *others, size - domains - sum(others))


class Booked(NamedTuple):
    """A domain that the firm has, in the spelling of the DNS."""

    name: str
    package: str
    since: date

    @property
    def renews(self) -> date:
        """The next day on which a year of it begins."""
        this_year = self.since.replace(year=DAY.year)
        return this_year if this_year > DAY else this_year.replace(year=DAY.year + 1)


@dataclass(frozen=True)
class Firm:
    """A firm with ``size`` resources; another ``seed`` is another firm."""

    seed: int = 1
    size: int = 200
    number: str = NUMBER

    def __post_init__(self) -> None:
        if not SMALLEST <= self.size <= LARGEST:
            raise UsageError(
                f"A demonstration account with {self.size} resources can't be made.",
                f"Choose a size from {SMALLEST} to {LARGEST}.",
            )

    @cached_property
    def shape(self) -> Shape:
        """How many of which it has."""
        return Shape.of(self.size)

    def below(self, bound: int, *label: object) -> int:
        """Return a number from 0 to below ``bound``, always the same for a label."""
        drawn = hashlib.blake2b(repr((self.seed, *label)).encode(), digest_size=8).digest()
        return int.from_bytes(drawn) % bound

    def one_of(self, choices: Sequence[_T], *label: object) -> _T:
        """Return one of several, always the same for a label."""
        return choices[self.below(len(choices), *label)]

    @cached_property
    def domains(self) -> tuple[Booked, ...]:
        """Its domains, the one in which it is at home first."""
        return tuple(
            Booked(name, package_of(place), self._since(name)) for place, name in enumerate(_names(self.shape.domains))
        )

    @cached_property
    def packages(self) -> tuple[str, ...]:
        """What its packages are called, in the order of their domains."""
        return tuple(dict.fromkeys(domain.package for domain in self.domains))

    def _since(self, name: str) -> date:
        # Up to the 28th, which every month has.
        booked = DAY - timedelta(days=30 + self.below(5 * 365, "booked", name))
        return booked.replace(day=1 + booked.day % 28)


def package_of(place: int) -> str:
    """Return the package that the domain at a place is in."""
    return f"hosting-{place // DOMAINS_A_PACKAGE + 1}"


def _names(count: int) -> list[str]:
    """Return different domains, one of them with letters beyond ASCII, as the DNS spells them."""
    written = [HOME, "musterfirma-shop.example", "müller-söhne.example"][:count]
    rows = len(FIRST_PARTS) * len(SECOND_PARTS)
    for place in range(count - len(written)):
        # A step that shares no factor with the number of rows visits each of them once.
        first, second = divmod(place * 7 % rows, len(SECOND_PARTS))
        again = f"-{place // rows + 1}" if place >= rows else ""
        written.append(f"{FIRST_PARTS[first]}-{SECOND_PARTS[second]}{again}.example")
    return [split(KINDS["zone"].address((name,)))[1] for name in written]
