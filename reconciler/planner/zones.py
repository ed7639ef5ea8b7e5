"""Zones that the provider can't make or remove: their changes are refused, each with what a user does instead."""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.model.address import group_of, kind_of
from reconciler.model.change import Action, Change
from reconciler.ports import Capabilities

_CREATE = "The name server doesn't have the zone, and it can't be created from here. {}"
_DELETE = "The zone can't be removed from here. {}"
_INSIDE = "Its zone isn't there yet."


def refuse_zones(changes: Iterable[Change], can: Capabilities) -> list[Change]:
    """Return the changes; where ``can`` makes no zones, those that create or delete one, or what is in it, refused."""
    found = list(changes)
    if can.makes_zones:
        return found
    missing = {
        change.address.replace("zone/", "record/", 1)
        for change in found
        if kind_of(change.address) == "zone" and change.action is Action.CREATE
    }
    return [replace(change, refused=change.refused or _refusal(change, missing, can)) for change in found]


def _refusal(change: Change, missing: set[str], can: Capabilities) -> str:
    if group_of(change.address) in missing:
        return _INSIDE
    if kind_of(change.address) != "zone":
        return ""
    text = {Action.CREATE: _CREATE, Action.DELETE: _DELETE}.get(change.action, "")
    return text.format(can.no_zones_help).rstrip()
