"""The life of an address: each value that git gave it, who did, and when it was really applied, by whom."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from itertools import takewhile

from reconciler.audit.applies import Applies
from reconciler.audit.attribution import Ancestry
from reconciler.audit.effects import Said
from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, matches
from reconciler.model.fields import Value
from reconciler.model.history import Blamed, Judged, LoggedCommit, Verdict, Version
from reconciler.model.kind import Kind


def versions(
    ancestry: Ancestry, judged: Iterable[Judged], applies: Applies, patterns: Iterable[str]
) -> tuple[Version, ...]:
    """Return the values of all addresses that the globs cover, address by address, oldest first."""
    wanted = tuple(patterns)
    found = []
    for one in judged:
        for address in one.changes:
            if any(address == pattern or matches(address, pattern) for pattern in wanted):
                found.append(_version(ancestry, one, applies, address))
    found.reverse()
    newest = {version.address: at for at, version in enumerate(found)}
    for address, at in newest.items():
        found[at] = replace(found[at], attested=applies.attested.get(address, ()))
    return tuple(sorted(found, key=lambda version: version.address))


def _version(ancestry: Ancestry, judged: Judged, applies: Applies, address: Address) -> Version:
    said = ancestry.effects[judged.commit.id].values[address]
    origin = ancestry.origin(judged.commit, address)
    since = applies.since(address, said and said.value, _from(judged, applies)) if judged.receipt else None
    link = applies.link(since) if since else None
    verdict = judged.verdict
    if judged.first:
        verdict = judged.fates.get(address, Verdict.APPLIED if link else Verdict.SUPERSEDED)
    value = None if said is None else KINDS[kind_of(address)].from_json(said.value)
    place = f"{said.file}:{said.line}" if said and said.file else ""
    step = applies.step(address, since) if since else None
    return Version(address, value, origin, judged.commit, verdict, link and link.facts, step, place)


def _from(judged: Judged, applies: Applies) -> Iterable[int]:
    return (link.number for link in applies.links if link.number <= judged.receipt and judged.first <= link.number)


def blame(ancestry: Ancestry, head: str, applies: Applies, asked: str) -> tuple[Blamed, ...]:
    """Return every field that HEAD declares in a file, or of the addresses that a glob covers."""
    lives = _lives(ancestry, head)
    found: list[Blamed] = []
    for address in sorted(lives):
        life = lives[address]
        newest = life[0][1]
        if newest is not None and (asked in (newest.file, address) or matches(address, asked)):
            found += _fields(ancestry, applies, address, life)
    return tuple(found)


def _lives(ancestry: Ancestry, head: str) -> dict[Address, list[tuple[LoggedCommit, Said | None]]]:
    """Return what the line says of each address, newest first."""
    lives: dict[Address, list[tuple[LoggedCommit, Said | None]]] = {}
    for commit in ancestry.line(head):
        effect = ancestry.effects.get(commit.id)
        for address, said in effect.values.items() if effect else ():
            lives.setdefault(address, []).append((commit, said))
    return lives


def _fields(
    ancestry: Ancestry, applies: Applies, address: Address, life: list[tuple[LoggedCommit, Said | None]]
) -> Iterable[Blamed]:
    kind, newest, applied = KINDS[kind_of(address)], life[0][1], applies.value(address)
    values = [None if said is None else kind.from_json(said.value) for _, said in life]
    there = None if applied is None else kind.from_json(applied)
    place = f"{newest.file}:{newest.line}" if newest and newest.file else ""
    for name, text in kind.show(values[0]).items():
        since = len(list(takewhile(partial(_is_same, kind, name, values[0]), values))) - 1
        commit = ancestry.origin(life[since][0], address)
        seen = applies.attested.get(address, (None,))[-1]
        yield Blamed(address, name, text, commit, _is_same(kind, name, there, values[0]), place, seen)


def _is_same(kind: Kind, name: str, one: Value | None, other: Value | None) -> bool:
    """Tell whether two values agree in a field; what is masked when shown is compared by its digest."""
    if one is None or other is None or kind.show(one).get(name) != kind.show(other).get(name):
        return False
    hides = any(path.partition(".")[0] == name for path in kind.private_fields)
    only = frozenset({name})
    return not hides or kind.project(one, only) == kind.project(other, only)
