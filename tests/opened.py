"""The providers that an account's settings name, opened as the corridors open them."""

from functools import partial
from pathlib import Path

from reconciler.load.secrets import resolve_credentials
from reconciler.model.account import AccountConfig
from reconciler.providers.opening import Outside


def outside(config: AccountConfig, folder: Path, **environ: str) -> Outside:
    """Return what holds the account, with credentials from ``environ``."""
    resolve = partial(resolve_credentials, folder=folder, environ=environ, account=config.account)
    return Outside(config, folder, resolve)
