"""Zones that the provider can't make or remove: their changes are refused, each with what a user does instead."""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.model.address import group_of, kind_of, split
from reconciler.model.change import Action, Change
from reconciler.ports import Capabilities

_TEXTS = {
    Action.CREATE: "The name server doesn't have the zone, and it can't be created from here.",
    Action.DELETE: "The zone can't be removed from here.",
}
_INSIDE = "Its zone isn't there yet."


def refuse_zones(changes: Iterable[Change], can: Capabilities) -> list[Change]:
    """Return the changes; those that create or delete a zone where ``can`` doesn't, or what is in it, refused."""
    found = list(changes)
    why = {change.address: text for change in found if (text := _refusal(change, can))}
    created = (c.address for c in found if c.address in why and c.action is Action.CREATE)
    why |= dict.fromkeys((address.replace("zone/", "record/", 1) for address in created), _INSIDE)
    if not why:
        return found
    return [replace(c, refused=c.refused or why.get(c.address) or why.get(group_of(c.address), "")) for c in found]


def _refusal(change: Change, can: Capabilities) -> str:
    text = _TEXTS.get(change.action, "") if kind_of(change.address) == "zone" and not change.refused else ""
    if not text:
        return ""
    if not can.makes_zones:
        return f"{text} {can.no_zones_help}".rstrip()
    hindrance = can.zone_hindrance(split(change.address)[1], change.action)
    return f"{text} {hindrance}" if hindrance else ""
