"""A small world for planning: what people write in a few words, an account in memory, and the record beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from reconciler.apply.executor import execute, needed_secrets
from reconciler.kinds import KINDS
from reconciler.kinds.record import record_value
from reconciler.kinds.record_text import wire_value
from reconciler.model.account import AccountConfig
from reconciler.model.address import Address, group_of, kind_of, live_id_address, live_id_of
from reconciler.model.change import Action, Change
from reconciler.model.facts import NO_FACTS, Facts
from reconciler.model.fields import Fields, SecretVersion, Value
from reconciler.model.meta import NO_META, Meta
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Options, Plan
from reconciler.model.secret import Secret, SecretRef
from reconciler.model.span import Span
from reconciler.model.state import Applied, Asked, Desired, Live, Provenance, Removal, Renaming
from reconciler.planner.plan import build_plan
from reconciler.ports import Capabilities, Write, Written

NUMBER = "K-104711"
ORIGIN = "memory:account"
TODAY = date(2026, 11, 24)
SALT = "5a" * 16
RENAMED = frozenset({"mailbox", "alias"})
ALL = Capabilities(kinds=frozenset(KINDS), renames=RENAMED)
NO_RENAMES = replace(ALL, renames=frozenset())
HERE = Span("account.yaml", 1, 1)
TOPICS = ("maintenance", "newsletter")
EVERY_GROUP = frozenset(KINDS) | {"record/example.org"}


def config(**policy: Any) -> AccountConfig:
    """Return an account.yaml with this policy."""
    providers = {"default": {"type": "embedded", "path": "account.db"}}
    return AccountConfig.model_validate({"version": 1, "account": NUMBER, "providers": providers, "policy": policy})


def fields(**given: Value) -> Fields:
    """Return a value that declares only these fields."""
    return Fields.of(given)


def a(*addresses: str, ttl: int = 300) -> Value:
    """Return a record set of type A."""
    return record_value("A", ttl, [wire_value("A", address) for address in addresses or ("192.0.2.1",)])


def record(rtype: str, *texts: str, ttl: int = 300) -> Value:
    """Return a record set of any type with RDATA."""
    return record_value(rtype, ttl, [wire_value(rtype, text) for text in texts])


def mailbox(version: int | str = 1, **given: Value) -> Fields:
    """Return a mailbox with its password's version, or the digest of its hash."""
    return fields(password=SecretVersion(version), **given)


def contact(email: str, **given: Value) -> Fields:
    """Return a contact."""
    return fields(**{"name": "Erika", "email": email, **given})


def whole(address: Address, value: Value) -> Value:
    """Return a value as an account holds it: with every default, without secrets."""
    kind = KINDS[kind_of(address)]
    if not isinstance(value, Fields):
        return value
    return kind.readable(Fields.of({**kind.defaults, **dict(value)}))


def tombstones(*patterns: str, keep: bool = False, after: date | None = None) -> tuple[Removal, ...]:
    """Return entries of ``removed:`` for single addresses."""
    return tuple(Removal(pattern, "no longer needed", HERE, keep=keep, after=after) for pattern in patterns)


def desired(
    state: Mapping[Address, Value],
    removed: tuple[Removal, ...] = (),
    metas: Mapping[Address, Meta] | None = None,
    declared: Iterable[str] | None = None,
    previously: Mapping[Address, Address] | None = None,
    **policy: Any,
) -> Desired:
    """Return a desired state in which every kind has a section and every file is there."""
    groups = EVERY_GROUP | {group_of(address) for address in state}
    secrets = {
        (address, name): SecretRef("env", "SECRET")
        for address, value in state.items()
        for name in KINDS[kind_of(address)].versions(value)
    }
    return Desired(
        config=config(**policy),
        state=dict(state),
        places=dict.fromkeys(state, HERE),
        metas=metas or {},
        secrets=secrets,
        removals=removed,
        renamings={new: Renaming(old, HERE) for new, old in (previously or {}).items()},
        declared=frozenset(groups if declared is None else declared),
        files={"account.yaml": "0" * 40},
    )


@dataclass
class Account:
    """An account in memory that holds to the contract of ``ports.Writer``; ``broken`` addresses fail."""

    state: dict[Address, Value] = field(default_factory=dict)
    broken: set[Address] = field(default_factory=set)
    caller: str | None = None
    written: list[Write] = field(default_factory=list)
    asked: dict[Address, Asked] = field(default_factory=dict)
    _versions: dict[Address, int] = field(default_factory=dict)
    _last_id: int = 0

    def hold(self, address: Address, value: Value) -> Address:
        """Put an entry there by hand; return the address under which the account reports it."""
        if KINDS[kind_of(address)].natural_key and live_id_of(address) is None:
            self._last_id += 1
            address = live_id_address(kind_of(address), str(self._last_id))
        self.state[address] = whole(address, value)
        self._versions[address] = self._versions.get(address, 0) + 1
        return address

    def live(self) -> Live:
        """Return the account as it is, read completely."""
        zones = {f"record/{address.partition('/')[2]}" for address in self.state if address.startswith("zone/")}
        return Live(
            account=NUMBER,
            origin=ORIGIN,
            state=dict(self.state),
            versions={address: str(version) for address, version in self._versions.items()},
            complete=EVERY_GROUP | zones,
            topics=frozenset(TOPICS),
            caller=self.caller,
            requests=dict(self.asked),
        )

    def of_kinds(self, kinds: frozenset[str]) -> "Account":
        """Return another account that holds these kinds as they are here."""
        state = {address: value for address, value in self.state.items() if kind_of(address) in kinds}
        return Account(state, _versions=dict(self._versions), _last_id=self._last_id)

    def prepare(self, domains: frozenset[str]) -> None:
        """Do nothing: it is there."""

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        """Carry out a batch, all or nothing."""
        wrong = {write.address: status for write in batch if (status := self._judge(write)) is not Status.DONE}
        if wrong:
            return tuple(Written(wrong.get(write.address, Status.FAILED), "refused") for write in batch)
        return tuple(self._do(write) for write in batch)

    def _judge(self, write: Write) -> Status:
        if write.address in self.broken:
            return Status.FAILED
        row = self._row(write)
        there = self.state.get(row)
        if write.action in (Action.CREATE, Action.SUBMIT):
            return Status.CONFLICT if there is not None else Status.DONE
        if write.moved_from and write.address in self.state:
            return Status.CONFLICT
        if there is None or (write.version is not None and write.version != str(self._versions[row])):
            return Status.CONFLICT
        return Status.DONE

    def _do(self, write: Write) -> Written:
        self.written.append(write)
        if write.action is Action.DELETE:
            self._delete(self._row(write))
            return Written(Status.DONE)
        assert write.after is not None
        row, after = self._row(write), write.after
        if write.action in (Action.CREATE, Action.SUBMIT):
            row = self.hold(write.address, after)
            if write.action is Action.SUBMIT:
                self.asked[row] = Asked("submitted", datetime(2026, 11, 24, tzinfo=UTC), "", write.quote)
        else:
            old = self.state[row]
            if write.moved_from:
                del self.state[row]
                row = write.address
            self.hold(row, Fields.of({**dict(old), **dict(after)}) if isinstance(old, Fields) else after)  # type: ignore[call-overload]  # both are fields
        return Written(Status.DONE, live_id=live_id_of(row))

    def _row(self, write: Write) -> Address:
        by_name = write.moved_from or write.address
        return live_id_address(kind_of(write.address), write.live_id) if write.live_id else by_name

    def _delete(self, row: Address) -> None:
        zone = f"record/{row.partition('/')[2]}/" if row.startswith("zone/") else None
        for address in [a for a in self.state if a == row or (zone and a.startswith(zone))]:
            del self.state[address]


@dataclass
class World:
    """An account, and the record of what was applied to it."""

    account: Account = field(default_factory=Account)
    applied: Applied = field(default_factory=lambda: Applied(salt=SALT))
    can: Capabilities = ALL
    today: date = TODAY
    facts: Facts = NO_FACTS

    def plan(self, wanted: Desired, options: Options = Options(), can: Capabilities | None = None) -> Plan:  # noqa: B008  # frozen
        """Return the plan for what is wanted."""
        return build_plan(wanted, self.account.live(), self.applied, can or self.can, options, self.today, self.facts)

    def carry_out(self, plan: Plan, wanted: Desired) -> tuple[Outcome, ...]:
        """Apply a plan and record what came of it."""
        secrets = {place: Secret("secret") for place in needed_secrets(plan, wanted.secrets)}
        outcomes = execute(plan, self.account, wanted, secrets, "nonce", lambda _: None)
        self.learn(plan, outcomes, wanted)
        return outcomes

    def learn(self, plan: Plan, outcomes: Iterable[Outcome], wanted: Desired) -> None:
        """Keep what design section 6 says: values as declared, private fields as digests, ids, who may not go."""
        number, learnt = self.applied.number + 1, dict[Address, str | None]()
        state, provenance = dict(self.applied.state), dict(self.applied.provenance)
        let_go = dict(self.applied.gone)
        for note in plan.notes:
            learnt[note.address] = note.live_id
        for outcome in outcomes:
            if outcome.status is Status.DONE:
                learnt |= {outcome.change.address: outcome.live_id}
                gone = [x for x in state if outcome.change.covers and x.startswith(outcome.change.covers)]
                learnt |= dict.fromkeys([*gone, *filter(None, [outcome.change.moved_from])])
        for address, live_id in learnt.items():
            old = provenance.pop(address, None)
            state.pop(address, None)
            let_go[address] = number
            if (value := wanted.state.get(address)) is not None:
                del let_go[address]
                state[address] = KINDS[kind_of(address)].sealed(value, self.applied.salt)
                protect = wanted.metas.get(address, NO_META).protect
                known = live_id or (old.live_id if old else None)
                provenance[address] = Provenance(number, "c" * 40, HERE.file, protect, known)
        self.applied = replace(self.applied, state=state, provenance=provenance, gone=let_go, number=number)

    def apply(self, wanted: Desired, options: Options = Options()) -> Plan:  # noqa: B008  # frozen
        """Plan and apply what nothing refuses; return the plan."""
        plan = self.plan(wanted, options)
        assert not plan.refusals, plan.refusals
        outcomes = self.carry_out(plan, wanted)
        assert all(outcome.status is Status.DONE for outcome in outcomes), outcomes
        return plan

    def own(self, state: Mapping[Address, Value]) -> "World":
        """Make the world one in which ``state`` was applied."""
        for address, value in state.items():
            if KINDS[kind_of(address)].fixed:
                self.account.hold(address, value)
        self.apply(desired(state, guards="off"))
        return self

    def touch(self, address: Address, **provenance: Any) -> None:
        """Change where the record says that an address came from."""
        old: Provenance = self.applied.provenance[address]
        self.applied = replace(
            self.applied, provenance={**self.applied.provenance, address: old._replace(**provenance)}
        )


def actions(changes: Iterable[Change]) -> dict[Address, str]:
    """Return what is done to which address."""
    return {change.address: change.action.value for change in changes}


def codes(plan: Plan) -> list[str]:
    """Return the codes of a plan's refusals."""
    return [refusal.code for refusal in plan.refusals]
