"""Providers in memory that fail where a test tells them to, for tests of several as one."""

from dataclasses import dataclass, field, replace

from planner.world import ALL, NUMBER, Account
from reconciler.model.address import Address
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import Value
from reconciler.model.state import Live
from reconciler.ports import Capabilities, Scope, Write, Written
from reconciler.providers._provider import Part


@dataclass
class Outside:
    """One provider: an account in memory, and the error that it raises at ``open``, ``read``, ``prepare``, ``write``.

    ``asked`` lists what was asked of it, in order.
    """

    origin: str
    account: Account = field(default_factory=Account)
    number: str = NUMBER
    exists: bool = True
    capabilities: Capabilities = ALL
    fails: dict[str, ReconcilerError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answers: int | None = None

    def hold(self, address: Address, value: Value) -> "Outside":
        """Put an entry there."""
        self.account.hold(address, value)
        return self

    def part(self, name: str, *kinds: str) -> Part:
        """Return it as one of several that is asked for ``kinds``."""
        return Part(name, frozenset(kinds), self._opened, self._opened)

    def read(self, scope: Scope) -> Live:
        """Return what it holds."""
        self._ask("read")
        return replace(self.account.live(), origin=self.origin, account=self.number, exists=self.exists)

    def prepare(self, domains: frozenset[str]) -> None:
        """Make it ready."""
        self._ask("prepare")

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        """Carry out a batch, or as many answers to it as the test wants."""
        self._ask("write")
        return self.account.write(batch)[: self.answers]

    def _opened(self) -> "Outside":
        self._ask("open")
        return self

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if what in self.fails:
            raise self.fails[what]
