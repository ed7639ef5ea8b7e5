"""Opens what ``account.yaml`` names: a reader for planning, a writer only for an approved apply."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from reconciler.kinds import KINDS
from reconciler.model.account import AccountConfig, ProviderSettings
from reconciler.model.errors import AccountError
from reconciler.model.state import Live
from reconciler.ports import Capabilities, Reader, Writer
from reconciler.providers import provider_of
from reconciler.providers._provider import Part
from reconciler.providers.split import SplitReader, SplitWriter, read_each


def local_files(config: AccountConfig) -> tuple[str, ...]:
    """Return the files that providers keep in the account folder, relative to it; git must not see them."""
    return tuple(file for settings in _sections(config) for file in provider_of(settings.type).local_files(settings))


def open_parts(config: AccountConfig, folder: Path) -> tuple[Part, ...]:
    """Return each provider with the kinds that it is asked for, the default first; the same settings are one provider.

    Raises ``AccountError`` where two are the same account in different spelling: they would overwrite each other.
    """
    _demand_distinct(config, folder)
    return tuple(
        Part(
            name=_name(settings, sections, config),
            kinds=frozenset(kind.name for kind in KINDS.values() if kind.section in sections),
            open_reader=partial(provider_of(settings.type).open_reader, config.account, settings, folder),
            open_writer=partial(provider_of(settings.type).open_writer, config.account, settings, folder),
        )
        for settings, sections in _sections(config).items()
    )


def open_reader(config: AccountConfig, folder: Path) -> Reader:
    """Return the reader of the account; raises ``AccountError``."""
    parts = open_parts(config, folder)
    return SplitReader(parts, config.account) if len(parts) > 1 else parts[0].open_reader()


def read_what_answers(
    config: AccountConfig, folder: Path, domains: frozenset[str]
) -> tuple[Live, Capabilities, Mapping[str, str]]:
    """Return what can be read of the account, what that can do, and the kinds that can't be read, each with why.

    Raises where nothing can be read at all.
    """
    parts = open_parts(config, folder)
    if len(parts) > 1:
        return read_each(parts, config.account, domains)
    reader = parts[0].open_reader()
    return reader.read(domains), reader.capabilities, {}


def open_writer(config: AccountConfig, folder: Path, kinds: frozenset[str]) -> Writer:
    """Return the writer of the account; raises ``AccountError`` when it can't be written now.

    Of several providers only those of ``kinds``, of which there are changes, have to be writable.
    """
    parts = open_parts(config, folder)
    return SplitWriter(parts, kinds) if len(parts) > 1 else parts[0].open_writer()


def _sections(config: AccountConfig) -> Mapping[ProviderSettings, list[str]]:
    """Return the sections that each provider holds, the default's first, which may hold none."""
    found: dict[ProviderSettings, list[str]] = {config.providers.default: []}
    for section in dict.fromkeys(kind.section for kind in KINDS.values()):
        found.setdefault(config.providers.of(section), []).append(section)
    return found


def _name(settings: ProviderSettings, sections: list[str], config: AccountConfig) -> str:
    """Return a provider's keys in account.yaml, with what the default holds."""
    if settings != config.providers.default:
        return ", ".join(f"`{section}`" for section in sections)
    return f"`default` ({', '.join(sections)})" if sections else "`default`"


def _demand_distinct(config: AccountConfig, folder: Path) -> None:
    names: dict[str, str] = {}
    for settings, sections in _sections(config).items():
        place, name = provider_of(settings.type).place(settings, folder), _name(settings, sections, config)
        if place in names:
            raise AccountError(
                f"The providers {names[place]} and {name} are the same account, differently spelt.",
                "Write the same settings for both, or name another account, under `providers` in account.yaml.",
            )
        names[place] = name
