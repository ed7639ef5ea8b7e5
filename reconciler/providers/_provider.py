"""What every provider's file offers to the table."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from reconciler.model.account import AccountConfig
from reconciler.ports import Reader, Writer


class Provider(NamedTuple):
    """How a provider is opened, from ``account.yaml`` and the account folder; both raise ``AccountError``."""

    open_reader: Callable[[AccountConfig, Path], Reader]
    open_writer: Callable[[AccountConfig, Path], Writer]
