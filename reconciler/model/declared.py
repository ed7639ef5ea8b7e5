"""Base of pydantic's models of what people write."""

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


def _without_plugins() -> None:
    """Let pydantic look for no plugins: code of any other package would run here, and looking costs a start."""
    loader = ModuleType("pydantic.plugin._loader")
    vars(loader)["get_plugins"] = tuple
    sys.modules.setdefault(loader.__name__, loader)


_without_plugins()


class Declared(BaseModel):
    """Base of everything people write: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    #: Keys that people expect here and that aren't, each with what to do instead.
    refused_keys: ClassVar[Mapping[str, str]] = {}
