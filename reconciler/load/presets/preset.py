"""Presets: the records that a service needs in a zone, as data; one file for each preset and version.

A file never changes once it was released, so that a newer program plans nothing that nobody asked for: what a service
needs now is a new version. ``NAME`` alone means version 1, for ever.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field

from reconciler.load.nodes import plain
from reconciler.load.problems import Problems
from reconciler.load.yaml_text import YamlReader
from reconciler.model.declared import Declared
from reconciler.model.late import dataclass
from reconciler.model.scalars import Integer, Text

FIRST = 1
OptionType = Literal["boolean", "email", "host", "label", "text", "url"]


class OptionModel(Declared):
    """One option of a preset; ``needs`` names another one without which it means nothing."""

    type: OptionType
    description: Text
    default: Text | None = None
    needs: Text | None = None


class MechanismModel(Declared):
    """One mechanism of the SPF record, and how many DNS look-ups it costs, those below it included."""

    mechanism: Text
    lookups: Integer
    when: tuple[Text, ...] = ()


class SpfModel(Declared):
    """Who sends mail for the domain (nobody where there is no mechanism), and what receivers do with all other mail."""

    mechanisms: tuple[MechanismModel, ...]
    all: Literal["-all", "~all"]


class RecordsModel(Declared):
    """Records of one name and type; ``when`` are options that must be set, or ``not`` be set."""

    name: Text
    type: Text
    values: tuple[Text, ...]
    when: tuple[Text, ...] = ()


class PresetModel(Declared):
    """The content of a preset's file; ``$NAME`` stands for an option, ``$zone`` for the name of the zone."""

    description: Text
    options: dict[Text, OptionModel] = Field(default_factory=dict)
    excludes: tuple[Text, ...] = ()
    spf: SpfModel | None = None
    records: tuple[RecordsModel, ...]
    example: dict[Text, Text] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preset:
    """One version of a preset."""

    name: str
    version: int
    content: PresetModel

    @property
    def label(self) -> str:
        """Name and version, as plans show them."""
        return f"{self.name}@{self.version}"


@cache
def presets() -> Mapping[str, Preset]:
    """Return every preset by its label, in order."""
    files = (file for file in resources.files(__package__).iterdir() if file.name.endswith(".yaml"))
    found = (_read(file.name.removesuffix(".yaml"), file.read_bytes()) for file in files)
    return {preset.label: preset for preset in sorted(found, key=lambda preset: (preset.name, preset.version))}


def find_preset(name: str) -> Preset | None:
    """Return the preset that ``name`` or ``name@version`` means, or None."""
    return presets().get(name if "@" in name else f"{name}@{FIRST}")


def preset_names() -> tuple[str, ...]:
    """Return all that may be written as the name of a preset: names alone, and with their version."""
    return tuple(dict.fromkeys(name for preset in presets().values() for name in (preset.name, preset.label)))


@cache
def known_lookups() -> Mapping[str, int]:
    """Return what the mechanisms of senders cost that a preset knows, so that a zone's own SPF record counts alike."""
    specs = (preset.content.spf for preset in presets().values())
    every = (term for spec in specs if spec for term in spec.mechanisms)
    return {term.mechanism: term.lookups for term in every if "$" not in term.mechanism}


def _read(label: str, raw: bytes) -> Preset:
    name, _, version = label.partition("@")
    root = YamlReader(label, raw, Problems()).root()
    if root is None:
        raise ValueError(f"the preset {label} can't be read")
    return Preset(name, int(version), PresetModel.model_validate(plain(root)))
