"""The table of providers; adding one is a file and a row here. Each is imported when an account names it."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.providers._provider import Provider

#: Every provider by its ``type`` in ``account.yaml``, and the module that holds it as ``PROVIDER``.
PROVIDERS: Mapping[str, str] = {
    "embedded": "reconciler.providers.embedded",
    "kundencenter": "reconciler.providers.kundencenter",
    "manual": "reconciler.providers.manual",
    "octodns": "reconciler.providers.octodns_bridge",
    "powerdns": "reconciler.providers.powerdns",
    "rfc2136": "reconciler.providers.rfc2136",
}


def provider_of(type: str) -> "Provider":
    """Return a provider by its ``type``, which the schema of ``account.yaml`` has checked."""
    provider: Provider = import_module(PROVIDERS[type]).PROVIDER
    return provider
