"""CNAMEs beside what stays at their name: refused alone, because a zone is written whole or not at all.

What is declared beside a CNAME is the files' own contradiction, which a finding tells; here only what the plan leaves
standing counts: what nobody declared and nothing deletes, what is left out, and drift that is held.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action, Change, Origin
from reconciler.planner.case import Case

_CNAME = "/CNAME"
_BESIDE = (_CNAME, "/NSEC", "/RRSIG")
_UNDECLARED = (
    "`{}` stands at this name and nobody declared it, and a CNAME can't stand beside other data. Adopt it in place of "
    "this one, or delete it, and plan again."
)
_STAYS = (
    "`{}` stands at this name and stays there by this plan, and a CNAME can't stand beside other data. Let it go "
    "first, or in the same plan."
)
_REPLACED = "It stays, because {} can't take its place."


def refuse_beside_cnames(changes: list[Change], cases: Iterable[Case], held: Collection[Address]) -> list[Change]:
    """Return the changes, each refused that would put a CNAME beside what stays, or anything beside a CNAME that does.

    ``held`` are declared addresses that the plan leaves as they are live. What a refused CNAME was to replace stays
    too: otherwise nothing would be left at its name.
    """
    stays = [case for case in cases if case.before is not None and (case.after is None or case.address in held)]
    if not stays:
        return changes
    leaving = {change.address for change in changes if change.action is Action.DELETE and not change.refused}
    names = {_name_of(change.address) for change in changes if _comes(change)}
    standing: dict[str, list[Case]] = {}
    for case in stays:
        name = case.address.rpartition("/")[0]
        if name in names and case.address not in leaving:
            standing.setdefault(name, []).append(case)
    if not standing:
        return changes
    judged = [replace(c, refused=why) if not c.refused and (why := _refusal(c, standing)) else c for c in changes]
    stuck = {_name_of(c.address): c.address for c in judged if c.refused and _comes(c) and _is_cname(c.address)}
    stuck = {name: address for name, address in stuck.items() if name in standing}
    return [_kept(change, stuck) for change in judged]


def _refusal(change: Change, standing: Mapping[str, list[Case]]) -> str:
    if not _comes(change):
        return ""
    for case in sorted(standing.get(_name_of(change.address), ()), key=lambda case: case.address):
        is_cname = _is_cname(case.address)
        if is_cname != _is_cname(change.address) and not (change if is_cname else case).address.endswith(_BESIDE):
            return (_UNDECLARED if case.verdict.origin is Origin.UNMANAGED else _STAYS).format(case.address)
    return ""


def _kept(change: Change, stuck: Mapping[str, Address]) -> Change:
    goes = change.action is Action.DELETE and not change.refused
    cname = stuck.get(_name_of(change.address)) if goes else None
    return replace(change, refused=_REPLACED.format(cname)) if cname else change


def _comes(change: Change) -> bool:
    return kind_of(change.address) == "record" and change.after is not None and change.action.writes


def _is_cname(address: Address) -> bool:
    return address.endswith(_CNAME)


def _name_of(address: Address) -> str:
    """Return the part of a record's address that all types at its name share."""
    return address.rpartition("/")[0]
