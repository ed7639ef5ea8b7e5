"""What is deleted with a zone, said at the zone: nothing goes that the plan doesn't tell, declared or not."""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.model.change import Action, Change, Content
from reconciler.planner.groups import Grouped

_OWN = ("@/SOA", "@/NS")


def with_contents(changes: Iterable[Change], states: Grouped) -> list[Change]:
    """Return the changes, each deletion of a zone with the live record sets that go with it."""
    return [
        replace(change, content=_content(change.covers, states))
        if change.covers and change.action is Action.DELETE
        else change
        for change in changes
    ]


def _content(prefix: str, states: Grouped) -> Content:
    group = prefix.removesuffix("/")
    undeclared = {address for address in states.live.get(group, ()) if not states.is_owned(address, group)}
    own = {address for address in undeclared if address.removeprefix(prefix) in _OWN}
    return Content(len(states.live.get(group, ())) - len(own), tuple(sorted(undeclared - own)))
