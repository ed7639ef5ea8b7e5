"""Opens the provider that ``account.yaml`` names: a reader for planning, a writer only for an approved apply."""

from pathlib import Path

from reconciler.model.account import AccountConfig
from reconciler.ports import Reader, Writer
from reconciler.providers import PROVIDERS


def local_files(config: AccountConfig) -> tuple[str, ...]:
    """Return the files that the provider keeps in the account folder, relative to it; git must not see them."""
    return PROVIDERS[config.providers.default.type].local_files(config)


def open_reader(config: AccountConfig, folder: Path) -> Reader:
    """Return the reader of the account; raises ``AccountError``."""
    return PROVIDERS[config.providers.default.type].open_reader(config, folder)


def open_writer(config: AccountConfig, folder: Path) -> Writer:
    """Return the writer of the account; raises ``AccountError`` when it can't be written now."""
    return PROVIDERS[config.providers.default.type].open_writer(config, folder)
