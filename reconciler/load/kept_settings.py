"""What stands in account.yaml, as an earlier run read it: a file that is the same again needs no parser.

Only its words and their places are kept; what they mean is judged at each run. A file is kept if it has no errors and
holds settings alone: resources may be personal, and what classes of octoDNS take as options is theirs to say.
"""

import sys
from hashlib import sha256
from typing import Any, NamedTuple

from reconciler import __version__
from reconciler.cache.cache import Cache
from reconciler.load.forms import written_keys
from reconciler.load.nodes import Mapping, Node, Scalar, Sequence
from reconciler.model.account import AccountConfig
from reconciler.model.providers import OctodnsProvider

_SORT = "settings"
_OWN_KEYS = frozenset(written_keys(AccountConfig))
#: Raised whenever a file of the same version of the program could be read differently, or is kept in another form.
_FORMAT = 1
#: A larger file isn't kept, and none with an anchor, because aliases could make much of little.
_MOST, _ANCHOR = 16_384, b"&"


class _At(NamedTuple):
    """A place, line and column counted from 0."""

    line: int
    column: int


def find_settings(cache: Cache, raw: bytes) -> Mapping | None:
    """Return what stands in a file of these bytes, if an earlier run has read it."""
    told = cache.find(_SORT, _key(raw))
    return None if told is None else _mapping(told)


def keep_settings(cache: Cache, raw: bytes, root: Mapping, config: AccountConfig) -> None:
    """Keep what stands in a file without errors for later runs, where that may be kept."""
    providers = config.providers
    foreign = any(isinstance(one, OctodnsProvider) for one in (providers.default, *providers.sections.values()))
    if not foreign and len(raw) <= _MOST and _ANCHOR not in raw and root.entries.keys() <= _OWN_KEYS:
        cache.keep(_SORT, _key(raw), _told(root))


def _key(raw: bytes) -> str:
    return sha256(repr((_FORMAT, __version__, sys.byteorder)).encode() + raw).hexdigest()


def _told(node: Node) -> tuple[Any, ...]:
    """Return a node as plain values."""
    at = node.mark.line, node.mark.column
    if isinstance(node, Scalar):
        return *at, node.text, node.quoted
    if isinstance(node, Mapping):
        return *at, {name: (_told(key), _told(value)) for name, (key, value) in node.entries.items()}
    return *at, [_told(item) for item in node.items]


def _node(told: tuple[Any, ...]) -> Node:
    if isinstance(told[2], str):
        return _scalar(told)
    if isinstance(told[2], dict):
        return _mapping(told)
    line, column, items = told
    return Sequence(_At(line, column), [_node(item) for item in items])


def _mapping(told: tuple[Any, ...]) -> Mapping:
    line, column, entries = told
    held = {name: (_scalar(key), _node(value)) for name, (key, value) in entries.items()}
    return Mapping(_At(line, column), held)


def _scalar(told: tuple[Any, ...]) -> Scalar:
    line, column, text, quoted = told
    return Scalar(text, _At(line, column), quoted)
