"""The table of providers; adding one is a file and a row here."""

from collections.abc import Mapping

from reconciler.providers import embedded
from reconciler.providers._provider import Provider

#: Every provider by its ``type`` in ``account.yaml``.
PROVIDERS: Mapping[str, Provider] = {
    "embedded": embedded.PROVIDER,
}
