"""An account and a record in which exactly one desired state was applied, for plans that may look at neither."""

from dataclasses import replace

from reconciler.kinds import KINDS
from reconciler.kinds.record import RecordValue, is_served
from reconciler.model.address import Address, kind_of, live_id_address
from reconciler.model.fields import Fields, Value
from reconciler.model.findings import joined
from reconciler.model.kind import Kind
from reconciler.model.meta import NO_META
from reconciler.model.plan import Between, Plan
from reconciler.model.state import Applied, Desired, Live, Provenance
from reconciler.planner.codes import diagnostic
from reconciler.ports import Capabilities

#: Nothing that is made from it leaves the process.
_SALT = "pretended"


def pretend(base: Desired, beginning: Live, can: Capabilities, commit: str) -> tuple[Live, Applied]:
    """Return what is live and what is applied where ``base`` was applied to an account that was at its beginning.

    What the account can't hold was never applied; what goes by an id of the account's own has one.
    """
    held = {address: value for address, value in base.state.items() if _is_held(value, can)}
    ids = {address: str(n) for n, address in enumerate(sorted(held), 1) if KINDS[kind_of(address)].natural_key}
    state = dict(beginning.state)
    for address, value in held.items():
        kind = KINDS[kind_of(address)]
        entry = live_id_address(kind.name, ids[address]) if address in ids else address
        state[entry] = _live(kind, value, beginning.state.get(address))
    applied = Applied(
        state={address: KINDS[kind_of(address)].sealed(value, _SALT) for address, value in held.items()},
        provenance={address: _provenance(address, base, commit, ids.get(address)) for address in held},
        number=1,
        salt=_SALT,
        config_commit=commit,
    )
    return replace(beginning, account=base.config.account, state=state, exists=True), applied


def _is_held(value: Value, can: Capabilities) -> bool:
    limits = can.other_types, can.record_options, can.server_types, can.data_types
    return not isinstance(value, RecordValue) or is_served(value, *limits)


def _live(kind: Kind, value: Value, there: Value | None) -> Value:
    """Return a value as an account would report it: without secrets, and with what it has where nothing is declared."""
    if not isinstance(value, Fields):
        return value
    shown = kind.readable(value)
    return Fields.of({**kind.defaults, **_mapping(there), **_mapping(shown)})


def _mapping(value: Value | None) -> dict[str, Value]:
    return value.mapping() if isinstance(value, Fields) else {}


def _provenance(address: Address, base: Desired, commit: str, live_id: str | None) -> Provenance:
    span, protected = base.places.get(address), base.metas.get(address, NO_META).protect
    return Provenance(1, commit, span.file if span else "", protected, live_id)


def unsealed(plan: Plan, between: Between) -> Plan:
    """Return the plan of a pretended account as what it is: nothing was looked at, so nothing may be approved by it."""
    finding = diagnostic(
        "offline",
        f"Commit {between.head[:12]} is compared with {between.base[:12]}, as if that had been applied and nothing "
        "else had happened. Neither the account nor the record was looked at.",
        "There is no seal, and nothing to apply: plan with the account once the branch may.",
    )
    batches = tuple(tuple(replace(change, seal="") for change in batch) for batch in plan.batches)
    shown = replace(plan, origin="", origins={}, unmanaged=(), read="offline", record="", batches=batches)
    return replace(shown, findings=joined(plan.findings, (finding,)), offline=between, unsealed=finding.detail)
