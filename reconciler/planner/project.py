"""The three states of one kind, made comparable: projected onto the declared fields, private fields as digests.

================================  =====================================================================
a field declared                  is compared as
================================  =====================================================================
in neither D nor A                not at all: it is unmanaged
in A only                         D takes the documented default; ``meta.ignore`` lets the field go
in D only, though A exists        A takes what is live: a field that we never set can't have drifted
as a secret                       its version; live's is the one that was attested, else the record's, else the
                                  declaration's own, as far as live's mappings have the form in which it exists
as private                        a salted digest, which is all that the record keeps
with its last day passed          not at all
================================  =====================================================================
"""

from dataclasses import field
from datetime import date

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.fields import Fields, Value
from reconciler.model.kind import Kind
from reconciler.model.late import dataclass
from reconciler.model.meta import NO_META
from reconciler.model.state import Desired
from reconciler.planner.codes import diagnostic
from reconciler.planner.groups import Group

_NONE: frozenset[str] = frozenset()


@dataclass(slots=True)
class Comparable:
    """D, L and A of one group, ready to be compared; ``after`` and ``before`` are D and L unsealed.

    ``stale`` are addresses of which the record knows other fields than are declared now.
    """

    desired: Group = field(default_factory=dict)
    live: Group = field(default_factory=dict)
    applied: Group = field(default_factory=dict)
    after: Group = field(default_factory=dict)
    before: Group = field(default_factory=dict)
    stale: set[Address] = field(default_factory=set)
    findings: list[Diagnostic] = field(default_factory=list)


@dataclass(slots=True)
class _Projected:
    """What :class:`Comparable` will hold, address by address."""

    desired: dict[Address, Value] = field(default_factory=dict)
    live: dict[Address, Value] = field(default_factory=dict)
    applied: dict[Address, Value] = field(default_factory=dict)
    after: dict[Address, Value] = field(default_factory=dict)
    before: dict[Address, Value] = field(default_factory=dict)
    stale: set[Address] = field(default_factory=set)
    findings: list[Diagnostic] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Projection:
    """How one kind is projected: ``told`` gives metadata and places, ``salt`` makes the digests."""

    kind: Kind
    told: Desired
    salt: str
    today: date

    def run(self, desired: Group, live: Group, applied: Group) -> Comparable:
        """Return the comparable states; errors stand among the findings."""
        # Record sets are owned whole, public and without secrets; what nobody declares or owns meets nothing.
        if self.kind.name == "record" or not (desired or applied):
            return Comparable(desired, live, applied, after=desired, before=live)
        into = _Projected()
        plain = not self.kind.private_fields and not any("." in path for path in self.kind.secret_fields)
        for address in sorted(desired.keys() | live.keys() | applied.keys()):
            d, found, a = desired.get(address), live.get(address), applied.get(address)
            if plain and d is not None and d == a and self._is_settled(d, found):
                for states in (into.desired, into.live, into.applied, into.after, into.before):
                    states[address] = d
            else:
                self._project(address, d, found, a, into)
        return Comparable(into.desired, into.live, into.applied, into.after, into.before, into.stale, into.findings)

    def _is_settled(self, d: Value, live: Value | None) -> bool:
        """Tell whether live is as declared and applied, secrets aside: the same in all states, as most of an account.

        Then there is nothing that has had its time, no default to go back to, and no secret that nobody knows.
        """
        if not isinstance(d, Fields) or not isinstance(live, Fields):
            return False
        fields = self.kind.field_names(d)
        seen = self.kind.project(live, fields)
        if seen != d and (not self.kind.secret_fields or seen != d.only(fields - self.kind.secret_fields)):
            return False
        return not self.kind.expired_fields(d, self.today)

    def _project(
        self, address: Address, d: Value | None, live: Value | None, a: Value | None, into: _Projected
    ) -> None:
        fields = self._fields(address, d, a, into)
        if d is not None:
            self._check_versions(address, d, a, into)
            d = self._completed(address, d, fields, into)
            into.after[address], into.desired[address] = d, self._sealed(d)
        if live is not None:
            if d is not None or a is not None:
                live = self._live(address, d, live, a, fields, into)
            into.live[address] = self._sealed(live)
            into.before[address] = self._revealed(address, live, into)
        if a is not None:
            into.applied[address] = self._applied(a, fields, into.live.get(address))

    def _fields(self, address: Address, d: Value | None, a: Value | None, into: _Projected) -> frozenset[str]:
        """Return the fields to compare, and note what has had its time."""
        kind = self.kind
        declared = kind.field_names(d) if d is not None else _NONE
        recorded = kind.field_names(a) if a is not None else _NONE
        expired = kind.expired_fields(d, self.today) if d is not None else _NONE
        for name in sorted(expired):
            into.findings.append(self._expired(address, name))
        if a is not None:
            expired |= kind.expired_fields(a, self.today) - declared
            if d is not None and declared - expired != recorded - expired:
                into.stale.add(address)
        let_go = frozenset(self.told.metas.get(address, NO_META).ignore) - declared
        return (declared | recorded) - expired - (let_go if d is not None else _NONE)

    def _completed(self, address: Address, d: Value, fields: frozenset[str], into: _Projected) -> Value:
        """Return D with the documented defaults of the fields that only the record declares."""
        projected = self.kind.project(d, fields)
        try:
            return self.kind.completed(projected, fields)
        except KeyError as missing:
            into.findings.append(
                diagnostic(
                    "field-without-default",
                    f"{address} no longer declares {missing.args[0]}, which has no default to go back to.",
                    f"Declare it again, or let it go with `meta: {{ignore: [{missing.args[0]}]}}`.",
                    Severity.ERROR,
                    address,
                    self.told.places.get(address),
                )
            )
            return projected

    def _live(
        self, address: Address, d: Value | None, live: Value, a: Value | None, fields: frozenset[str], into: _Projected
    ) -> Value:
        """Return L's fields, with the versions of its secrets: L's own, the record's, else the declaration's."""
        kind, seen = self.kind, live
        for source in (d, a, seen):
            if kind.secret_fields and source is not None:
                live = kind.with_versions(live, source)
        if d is not None:
            known = frozenset(kind.versions(a) if a is not None else ()) | kind.versions(seen).keys()
            for path in sorted((kind.versions(d).keys() & kind.versions(live).keys()) - known):
                into.findings.append(self._unverified(address, path))
        return kind.project(live, fields)

    def _revealed(self, address: Address, live: Value, into: _Projected) -> Value:
        """Return L with D's own values in the fields that agree, of which an attestation keeps only digests."""
        sealed, wanted, after = into.live[address], into.desired.get(address), into.after.get(address)
        if not self.kind.private_fields or sealed != live:
            return live
        if not (isinstance(live, Fields) and isinstance(wanted, Fields) and isinstance(after, Fields)):
            return live
        agree = {name for name, value in live if name in wanted.names and wanted.value(name) == value}
        return live.replaced(**after.only(agree).mapping()) if agree else live

    def _applied(self, a: Value, fields: frozenset[str], live: Value | None) -> Value:
        """Return A, which takes from live (sealed) the fields that it doesn't have."""
        a = self.kind.project(a, fields)
        missing = fields - self.kind.field_names(a)
        if not missing or not isinstance(a, Fields) or not isinstance(live, Fields):
            return a
        return Fields.of([*a, *live.only(missing)])

    def _sealed(self, value: Value) -> Value:
        return self.kind.sealed(value, self.salt) if self.kind.private_fields else value

    def _check_versions(self, address: Address, d: Value, a: Value | None, into: _Projected) -> None:
        if a is None or not self.kind.secret_fields:
            return
        new, old = self.kind.versions(d), self.kind.versions(a)
        for name in sorted(new.keys() & old.keys()):
            after, before = new[name], old[name]
            if isinstance(after, int) and isinstance(before, int) and after < before:
                into.findings.append(
                    diagnostic(
                        "secret-version-lower",
                        f"{address} declares version {after} of {name}, but version {before} was applied.",
                        f"Write {before} for the same secret, {before + 1} for a new one.",
                        Severity.ERROR,
                        address,
                        self.told.places.get(address),
                    )
                )

    def _expired(self, address: Address, name: str) -> Diagnostic:
        return diagnostic(
            "expired",
            f"The last day of {name} of {address} has passed, so it is left out.",
            f"Delete {name}, or give it a later day.",
            Severity.WARNING,
            address,
            self.told.places.get(address),
        )

    def _unverified(self, address: Address, name: str) -> Diagnostic:
        return diagnostic(
            "secret-unverified",
            f"{address} exists already; whether its {name} is the declared one can't be known.",
            "Raise its version, or write another hash, to set it.",
            Severity.NOTE,
            address,
            self.told.places.get(address),
        )
