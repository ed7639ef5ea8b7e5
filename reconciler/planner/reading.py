"""Whether a read may be planned on: the right account, proven complete, and not suddenly empty."""

from reconciler.kinds import KINDS
from reconciler.model.address import kind_of
from reconciler.model.diagnostic import Severity, sort_diagnostics
from reconciler.model.errors import DiagnosticsError, IncompleteReadError, RefusedError
from reconciler.model.groups import of_kinds
from reconciler.model.plan import Options
from reconciler.model.state import Desired, Live
from reconciler.model.text import neutral
from reconciler.planner.codes import diagnostic
from reconciler.planner.groups import Group, Grouped
from reconciler.planner.requests import REQUESTS
from reconciler.planner.tombstones import is_named
from reconciler.ports import Capabilities

_REALLY_GONE = (
    "Let the server give it again. If it really was removed there, say `--accept-empty zone --reason TEXT`; nothing "
    "was concluded from it."
)
#: A proven empty answer is believed where we own this many or fewer.
_FEW = 3


def demand_proof(desired: Desired, live: Live, states: Grouped, options: Options, can: Capabilities) -> str:
    """Return in words what was read.

    Raises ``RefusedError`` for another account, and ``IncompleteReadError`` for a group that we own or declare and
    that isn't proven complete, and for one that is suddenly empty although we own more than a few of it.
    """
    if live.exists and live.account != desired.config.account:
        raise RefusedError(
            f"The live account is {neutral(live.account)}, but account.yaml says {desired.config.account}.",
            "Correct `account:`, or point `providers:` at the right account.",
        )
    if missing := _unproven(desired, live, states, options, can):
        told = [f"  {live.withheld[group]}" for group in missing if group in live.withheld]
        remedy = "Try again; nothing was concluded from it."
        raise IncompleteReadError(
            f"The account was not read completely: {', '.join(missing)}.", _REALLY_GONE if told else remedy, told
        )
    if empty := _suddenly_empty(desired, states, options):
        kinds = sorted({kind_of(group) for group in empty})
        raise IncompleteReadError(
            "The account reports none at all of what we own: "
            + ", ".join(f"{count} of {group}" for group, count in empty.items())
            + ".",
            f"If it really was emptied, say {' '.join(f'--accept-empty {kind}' for kind in kinds)} --reason TEXT.",
        )
    if not live.exists:
        return "the account doesn't exist yet; the first apply creates it"
    read = f"read completely: {len(live.state)} resources in {len(states.live)} groups"
    read += f" ({live.proof})" if live.proof else ""
    absent = ", ".join(f"{origin} doesn't exist yet" for origin in sorted(live.absent))
    return f"{read}; {absent}, the first apply creates it" if absent else read


def demand_served(desired: Desired, states: Grouped, can: Capabilities) -> None:
    """Raise ``DiagnosticsError`` for each declared kind that the provider can't hold."""
    kinds = {kind_of(group): group for group in sorted(states.desired, reverse=True)}
    errors = []
    for kind, group in sorted(kinds.items()):
        if kind not in can.kinds:
            first = min(states.desired[group], key=lambda address: (desired.places.get(address) or (), address))
            detail = f"The provider can't hold a {KINDS[kind].title}, such as {first}."
            remedy = "Take it out of the files, or use a provider that can."
            errors.append(
                diagnostic("kind-not-served", detail, remedy, Severity.ERROR, first, desired.places.get(first))
            )
    if errors:
        raise DiagnosticsError(errors)


def demand_together(desired: Desired, live: Live) -> None:
    """Raise ``DiagnosticsError`` for what refers to an entry that another account keeps under an id of its own."""
    errors = []
    entries = of_kinds(desired.state, KINDS.keys() - {"record"}) if live.origins else {}  # zones have names only
    for address, value in entries.items():
        kind = KINDS[kind_of(address)]
        for target in kind.references(address, value):
            other = KINDS[kind_of(target)]
            if other.natural_key and live.origin_of(kind.name) != live.origin_of(other.name):
                detail = f"{address} refers to {target}, which lies in another account: {live.origin_of(other.name)}."
                remedy = f"Give `{kind.section}` and `{other.section}` the same provider in account.yaml."
                place = desired.places.get(address)
                errors.append(diagnostic("reference-elsewhere", detail, remedy, Severity.ERROR, address, place))
    if errors:
        raise DiagnosticsError(sort_diagnostics(errors))


def _unproven(desired: Desired, live: Live, states: Grouped, options: Options, can: Capabilities) -> list[str]:
    """Return the groups without proof; that a zone is proven absent proves that it has no record sets.

    A zone that is withheld is absent where somebody says that zones are. A reference is used once over all kinds of
    requests, so whoever asks for one needs all of them.
    """
    needed = states.desired.keys() | states.applied.keys() | desired.declared
    needed |= REQUESTS & can.kinds if REQUESTS & needed else frozenset()
    believed = "zone" in live.complete or (live.withheld and "zone" in options.accept_empty)
    proven = live.complete | {"zone"} if believed else live.complete
    zones = states.live.get("zone", {})
    return sorted(
        group
        for group in needed - proven
        if not (kind_of(group) == "record" and believed and group.replace("record", "zone", 1) not in zones)
    )


def _suddenly_empty(desired: Desired, states: Grouped, options: Options) -> dict[str, int]:
    """Return what we own more than a few of and the account none: kinds, and zones that are there."""
    kinds: dict[str, int] = {}
    found: dict[str, int] = {}
    there = {kind_of(group) for group in states.live}
    zones = states.live.get("zone", {})
    for group, applied in sorted(states.applied.items()):
        kind = kind_of(group)
        if KINDS[kind].fixed or {kind, group} & options.accept_empty or states.live.get(group):
            continue
        if kind == "record" and "zone" in options.accept_empty and group.replace("record", "zone", 1) not in zones:
            continue  # with a zone its record sets are gone
        owned = _unspent(applied, states.desired.get(group, {}), desired)
        kinds[kind] = kinds.get(kind, 0) + owned
        if kind in there and group.replace("record", "zone", 1) in zones and owned > _FEW:
            found[group] = owned
    return found | {kind: n for kind, n in kinds.items() if kind not in there and n > _FEW}


def _unspent(applied: Group, desired: Group, told: Desired) -> int:
    """Count owned addresses without those whose deletion ``removed:`` names: that these are gone is no surprise."""
    if not told.removals:
        return len(applied)
    return sum(address in desired or not is_named(address, told.removals) for address in applied)
