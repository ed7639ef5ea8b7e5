"""What every provider's file offers to the table, and what a provider is when it is one of several."""

from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from reconciler.cache.cache import NO_CACHE, Cache
from reconciler.model.account import Policy
from reconciler.model.late import dataclass
from reconciler.model.secret import Secret
from reconciler.ports import FactReader, Reader, Writer


@dataclass(frozen=True, slots=True)
class Access:
    """What a provider is opened with: the account's number, its own settings in ``account.yaml``, the account folder.

    ``secrets`` has each credential that the settings refer to, by its dotted path there (``tsig.key``); ``known`` is
    what its reader and its writer tell each other of the account in this run; ``policy`` is the trusted one. The verb
    of each request that goes out over HTTP is put into ``sent``. ``cache`` is what earlier runs left.
    """

    account: str
    settings: Any
    folder: Path
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    sent: list[str] = field(default_factory=list)
    cache: Cache = NO_CACHE


@dataclass(frozen=True, slots=True)
class Provider:
    """How a provider is opened, for reading once a run.

    ``local_files`` are its files in the account folder; ``place`` is equal for two settings that mean the same outside,
    however they are spelt. ``open_facts`` opens what tells the account's facts, where it tells any.
    """

    open_reader: Callable[[Access], Reader]
    open_writer: Callable[[Access], Writer]
    local_files: Callable[[Any], tuple[str, ...]]
    place: Callable[[Any, Path], str]
    open_facts: Callable[[Access], FactReader] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A provider and the kinds that it is asked for; ``name`` tells users which of several it is."""

    name: str
    kinds: frozenset[str]
    open_reader: Callable[[], Reader]
    open_writer: Callable[[], Writer]


def file_place(path: Path) -> str:
    """Return what is equal for two paths of the same file, whether it exists or not."""
    try:
        status = path.stat()
    except (OSError, ValueError):  # not there; not a path at all
        status = None
    if status is not None:
        return f"{status.st_dev}:{status.st_ino}"
    try:
        return str(path.resolve())
    except (OSError, ValueError, RuntimeError):
        return str(path)
