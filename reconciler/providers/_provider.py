"""What every provider's file offers to the table."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from reconciler.model.account import AccountConfig
from reconciler.ports import Reader, Writer


class Provider(NamedTuple):
    """How a provider is opened, from ``account.yaml`` and the account folder, and which of its files are there."""

    open_reader: Callable[[AccountConfig, Path], Reader]
    open_writer: Callable[[AccountConfig, Path], Writer]
    local_files: Callable[[AccountConfig], tuple[str, ...]]
