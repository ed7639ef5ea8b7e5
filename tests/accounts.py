"""Embedded accounts for tests: made quickly, written in a few words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action
from reconciler.model.fields import Fields, Value
from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.ports import Write, Written
from reconciler.store.account import Store
from reconciler.store.passwords import Cost

#: Hashing that costs next to nothing.
CHEAP = Cost(passes=1, memory_kib=8, lanes=1)
NUMBER = "K-104711"
DOMAIN = "example.org"
_KEYS = count()


def value(address: Address, /, **fields: Any) -> Value:
    """Return the whole canonical value of a resource, defaults included."""
    return KINDS[kind_of(address)].parse(address, fields)


def some(**fields: Value) -> Fields:
    """Return a value that declares only these fields."""
    return Fields.of(fields)


@dataclass
class Account:
    """A store, and writes that have keys of their own."""

    path: Path
    timeout: float = 0.2
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.path, cost=CHEAP, timeout=self.timeout)

    def booked(self, *domains: str) -> "Account":
        """Book domains, creating the account where there is none."""
        self.store.prepare(NUMBER, frozenset(domains or (DOMAIN,)))
        return self

    def create(self, address: Address, /, secrets: Mapping[str, str] | None = None, **fields: Any) -> Write:
        """Return the write that creates a resource."""
        hidden = {name: Secret(text) for name, text in (secrets or {}).items()}
        return Write(Action.CREATE, address, None, value(address, **fields), self.key(), secrets=hidden)

    def update(self, address: Address, before: Value, after: Value, **more: Any) -> Write:
        """Return the write that changes a resource."""
        return Write(Action.UPDATE, address, before, after, self.key(), **more)

    def delete(self, address: Address, before: Value | None = None, **more: Any) -> Write:
        """Return the write that deletes a resource."""
        return Write(Action.DELETE, address, before, None, self.key(), **more)

    def key(self) -> str:
        """Return a fresh idempotency key."""
        return f"key-{next(_KEYS)}"

    def write(self, *batch: Write) -> tuple[Written, ...]:
        """Carry out a batch."""
        return self.store.write(batch)

    def done(self, *batch: Write) -> tuple[Written, ...]:
        """Carry out a batch that must succeed."""
        answers = self.write(*batch)
        assert [a.status for a in answers] == [Status.DONE] * len(batch), [a.detail for a in answers]
        return answers

    def refused(self, *batch: Write) -> list[str]:
        """Carry out a batch that a rule must refuse, prove that it left nothing, and return the sentences."""
        before = self.state
        answers = self.write(*batch)
        assert {a.status for a in answers} == {Status.FAILED}
        assert self.state == before
        return [a.detail for a in answers]

    @property
    def state(self) -> Mapping[Address, Value]:
        """Everything in the account."""
        contents = self.store.read()
        return contents.state if contents else {}

    def version(self, address: Address) -> str:
        """Return the version of an entry."""
        contents = self.store.read()
        assert contents is not None
        return contents.versions[address]
