"""Facts as a table with its total, as JSON and as CSV; links only to origins that policy admits."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from reconciler.model.fact import Fact
from reconciler.model.fields import Json
from reconciler.model.late import pattern
from reconciler.model.money import Money
from reconciler.model.text import neutral
from reconciler.report.csv_text import csv_text
from reconciler.report.ink import EMPTY, Line, Tone, line
from reconciler.report.table import table_lines
from reconciler.report.view import plural

FORMAT_VERSION = 1
_CUT = 60
_LINKS = "links"
_DIGITS = pattern("([0-9]{1,18})")

#: Tells of a link whether it may be shown as one.
Admits: TypeAlias = Callable[[str], bool]


def facts_lines(sort: type[Fact], facts: Sequence[Fact], admits: Admits) -> Iterator[Line]:
    """Yield a table of facts of one kind, their links, and the last line: how many, and what they add up to."""
    ordered = in_order(sort, facts)
    if ordered:
        values = [[getattr(fact, name) for name in sort.columns] for fact in ordered]
        right = {place for place, column in enumerate(zip(*values, strict=True)) if any(map(_is_number, column))}
        heads = [name.replace("_", " ").upper() for name in sort.columns]
        yield from table_lines(heads, [tuple(map(_cell, row)) for row in values], right)
    yield from _links(ordered, admits)
    if not ordered or not sort.single:
        yield from [EMPTY] if ordered else []
        yield line((_summary(sort, ordered), Tone.BOLD))


def facts_json(sort: type[Fact], facts: Sequence[Fact], admits: Admits) -> Json:
    """Return the same as JSON types, with every field; amounts are text with their currency."""
    return {
        "format_version": FORMAT_VERSION,
        "kind": sort.kind,
        "facts": [_fact_json(fact, admits) for fact in in_order(sort, facts)],
        "totals": [{"of": label, "amount": str(amount)} for label, amount in totals(facts)],
    }


def facts_csv(sort: type[Fact], facts: Sequence[Fact], admits: Admits) -> str:
    """Return the same as CSV, with every field; of a mapping each key has a column."""
    rows = [dict(_flat(fact, admits)) for fact in in_order(sort, facts)]
    order = {name: place for place, name in enumerate(sort.model_fields)}
    found = {head for row in rows for head in row} or set(order)
    heads = sorted(found, key=lambda head: (order[head.partition(".")[0]], head))
    return csv_text([heads, *([row.get(head, "") for head in heads] for row in rows)])


def in_order(sort: type[Fact], facts: Iterable[Fact]) -> list[Fact]:
    """Return facts of one kind as they are shown: by time where they have one, else by name."""
    return sorted(facts, key=lambda fact: (*(getattr(fact, name) for name in sort.order), _natural(fact.name)))


def totals(facts: Iterable[Fact]) -> list[tuple[str, Money]]:
    """Return what facts add up to, by what may be added: each period, each status, each currency."""
    found: dict[tuple[str, str], Money] = {}
    for fact in facts:
        if fact.summand is not None:
            label, amount = fact.summand
            key = label, amount.currency
            found[key] = found[key].plus(amount) if key in found else amount
    return [(label, amount) for (label, _), amount in sorted(found.items())]


def _summary(sort: type[Fact], facts: Sequence[Fact]) -> str:
    if not facts:
        return f"The account has no {sort.plural}."
    count = f"{len(facts)} in the {sort.kind}" if sort.plural == sort.kind else plural(len(facts), sort.kind)
    said = ", ".join(f"{amount} {neutral(label, _CUT)}".rstrip() for label, amount in totals(facts))
    return f"{count}. Total: {said}." if said else f"{count}."


def _links(facts: Iterable[Fact], admits: Admits) -> Iterator[Line]:
    """Yield every link of the facts; one that policy doesn't admit is named and not shown."""
    lines = [
        line(f"{neutral(fact.name, _CUT)} {neutral(name, _CUT)}: ", _shown_link(url, admits))
        for fact in facts
        for name, url in sorted(_mapping(fact, _LINKS).items())
    ]
    yield from [EMPTY, *lines] if lines else []


def _shown_link(url: str, admits: Admits) -> tuple[str, Tone]:
    if admits(url):
        return (neutral(url, 1000), Tone.LINK)
    return ("not shown, because `policy: {links: [...]}` doesn't name its origin", Tone.DIM)


def _mapping(fact: Fact, name: str) -> Mapping[str, Any]:
    found = getattr(fact, name, {})
    return found if isinstance(found, Mapping) else {}


def _fact_json(fact: Fact, admits: Admits) -> Json:
    data = {"address": fact.address, **fact.model_dump(mode="json")}
    if _LINKS in data:
        links = data[_LINKS]
        data[_LINKS] = {name: url for name, url in links.items() if admits(url)}
        data["withheld_links"] = sorted(name for name, url in links.items() if not admits(url))
    return data


def _flat(fact: Fact, admits: Admits) -> Iterator[tuple[str, str]]:
    """Yield each field and its text; of a mapping each key, of links those that policy admits."""
    for name in type(fact).model_fields:
        value = getattr(fact, name)
        if isinstance(value, Mapping):
            for key, inner in sorted(value.items()):
                yield f"{name}.{key}", str(inner) if name != _LINKS or admits(inner) else ""
        else:
            yield name, _text(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, Money | Decimal)


def _natural(name: str) -> tuple[int | str, ...]:
    """Return a key by which 10 comes after 9; texts and numbers alternate in it."""
    return tuple(int(part) if place % 2 else part for place, part in enumerate(_DIGITS.split(name)))


def _cell(value: Any) -> str:
    return neutral(_text(value), _CUT)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return "" if value is None else str(value)
