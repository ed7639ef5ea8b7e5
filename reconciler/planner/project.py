"""The three states of one kind, made comparable: projected onto the declared fields, private fields as digests.

A field that neither D nor A declares is unmanaged and left out. Where only A declares it, D takes the documented
default (``meta.ignore`` lets the field go). Where only D declares it, A takes what is live, because a field that we
never set can't have drifted. Secrets are compared by version: the record's, else the declaration's own.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.fields import Fields, SecretVersion, Value
from reconciler.model.kind import Kind
from reconciler.model.meta import NO_META
from reconciler.model.plan import Refusal
from reconciler.model.state import Desired, State


@dataclass(slots=True)
class Comparable:
    """D, L and A of one kind. The states to compare are sealed; ``after`` and ``before`` are D and L as they are."""

    desired: dict[Address, Value] = field(default_factory=dict)
    live: dict[Address, Value] = field(default_factory=dict)
    applied: dict[Address, Value] = field(default_factory=dict)
    after: dict[Address, Value] = field(default_factory=dict)
    before: dict[Address, Value] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Facts:
    """What projecting needs to know beside the states: declarations' metadata and places, the salt, the day."""

    desired: Desired
    salt: str
    today: date


def project_kind(kind: Kind, d: State, live: State, a: State, facts: Facts) -> Comparable:
    """Return the comparable states of a kind with fields."""
    found = Comparable()
    for address in d.keys() | a.keys() | live.keys():
        _project(kind, address, _Three(d.get(address), live.get(address), a.get(address)), facts, found)
    return found


class _Three(NamedTuple):
    """One resource in the three states."""

    desired: Value | None
    live: Value | None
    applied: Value | None


def _project(kind: Kind, address: Address, states: _Three, facts: Facts, into: Comparable) -> None:
    d, live, a = states
    fields = frozenset[str]()
    for value in (d, a):
        fields |= kind.field_names(value) if value is not None else frozenset()
    if d is not None:
        fields -= frozenset(facts.desired.metas.get(address, NO_META).ignore) - kind.field_names(d)
        fields -= _expired(kind, address, d, facts, into)
        d = _completed(kind, address, kind.project(d, fields), fields, into)
        into.after[address] = d
        into.desired[address] = kind.sealed(d, facts.salt)
    if live is not None:
        if d is not None or a is not None:
            live = kind.project(live, fields)
            live = _with_versions(kind, address, live, d, a, facts, into)
        into.before[address] = live
        into.live[address] = kind.sealed(live, facts.salt)
    if a is not None:
        a = kind.project(a, fields)
        if live is not None and isinstance(a, Fields):
            undeclared = kind.project(into.live[address], fields - a.names)
            a = a.replaced(**dict(undeclared)) if isinstance(undeclared, Fields) else a
        into.applied[address] = a


def _completed(kind: Kind, address: Address, d: Value, fields: frozenset[str], into: Comparable) -> Value:
    try:
        return kind.completed(d, fields)
    except KeyError as missing:
        into.refusals.append(
            Refusal(
                "field-without-default",
                f"{address} no longer declares {missing}, which has no default to go back to.",
                f"Declare it again, or let it go with `meta: {{ignore: [{missing.args[0]}]}}`.",
                (address,),
            )
        )
        return d


def _expired(kind: Kind, address: Address, d: Value, facts: Facts, into: Comparable) -> frozenset[str]:
    expired = kind.expired_fields(d, facts.today)
    for name in sorted(expired):
        into.findings.append(
            Diagnostic(
                "expired",
                "A declaration has had its time.",
                f"The last day of {name} of {address} has passed, so it is left out.",
                facts.desired.places.get(address),
                f"Delete {name}, or give it a later day.",
                Severity.WARNING,
                address,
            )
        )
    return expired


def _with_versions(
    kind: Kind, address: Address, live: Value, d: Value | None, a: Value | None, facts: Facts, into: Comparable
) -> Value:
    """Return live with the versions of its secrets: the record's, else the declaration's own."""
    if not kind.secret_fields:
        return live
    recorded = a if isinstance(a, Fields) else Fields()
    declared = d if isinstance(d, Fields) else Fields()
    for name in sorted(kind.secret_fields & declared.names):
        new, old = declared.value(name), recorded.value(name)
        if old is None:
            into.findings.append(_unverified(address, name, facts))
        elif isinstance(new, SecretVersion) and isinstance(old, SecretVersion) and new.version < old.version:
            into.refusals.append(
                Refusal(
                    "secret-version-lower",
                    f"{address} declares version {new.version} of {name}, but version {old.version} was applied.",
                    f"Versions only grow: write {old.version} for the same secret, {old.version + 1} for a new one.",
                    (address,),
                )
            )
    return kind.with_versions(kind.with_versions(live, declared), recorded)


def _unverified(address: Address, name: str, facts: Facts) -> Diagnostic:
    return Diagnostic(
        "secret-unverified",
        "A live secret is taken as it is.",
        f"{address} exists already; whether its {name} is the declared one can't be known.",
        facts.desired.places.get(address),
        "Raise its version to set it.",
        Severity.NOTE,
        address,
    )
