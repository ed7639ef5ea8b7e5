"""Opens what ``account.yaml`` names: a reader for planning, a writer only for an approved apply."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache as once
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeAlias

from reconciler.cache.cache import NO_CACHE, Cache
from reconciler.kinds import KINDS
from reconciler.model.account import AccountConfig
from reconciler.model.errors import AccountError
from reconciler.model.providers import CredentialField, ProviderSettings
from reconciler.model.secret import Secret, SecretRef
from reconciler.model.state import Live
from reconciler.model.written import Written
from reconciler.ports import Capabilities, FactReader, Reader, Scope, Writer
from reconciler.providers import provider_of
from reconciler.providers._provider import Access, Part
from reconciler.providers.split import SplitReader, SplitWriter, read_each

#: Resolves credentials, each named by where it stands in ``account.yaml`` (``providers.dns.tsig.key``).
Credentials: TypeAlias = Callable[[Mapping[str, SecretRef]], Mapping[str, Secret]]


def local_files(config: AccountConfig) -> tuple[str, ...]:
    """Return the files that providers keep in the account folder, relative to it; git must not see them."""
    return tuple(file for settings in _sections(config) for file in provider_of(settings.type).local_files(settings))


class Outside:
    """The providers that hold an account, each opened once, and its credentials read when it is."""

    def __init__(self, config: AccountConfig, folder: Path, credentials: Credentials, cache: Cache = NO_CACHE) -> None:
        """Stand before the providers of ``config``; nothing is opened yet.

        ``sent`` gets the verb of each request that goes out over HTTP.
        """
        self.sent: list[str] = []
        self._config = config
        self._folder = folder
        self._credentials = credentials
        self._cache = cache
        self._known: dict[ProviderSettings, dict[str, Any]] = {}

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Each provider with the kinds that it is asked for, the default first; the same settings are one provider.

        Raises ``AccountError`` where two are the same account in different spelling: they would overwrite each other.
        """
        _demand_distinct(self._config, self._folder)
        return tuple(
            Part(
                name=_name(settings, sections, self._config),
                kinds=frozenset(kind.name for kind in KINDS.values() if kind.section in sections),
                open_reader=once(partial(self._open_reader, settings)),
                open_writer=partial(self._open_writer, settings),
            )
            for settings, sections in _sections(self._config).items()
        )

    def anew(self) -> "Outside":
        """Return the same providers, each to be opened anew, knowing nothing of what was read."""
        again = Outside(self._config, self._folder, self._credentials, self._cache)
        again.sent = self.sent
        return again

    def reader(self) -> Reader:
        """Return the reader of the account; raises ``AccountError``, and ``DiagnosticsError`` without credentials."""
        return SplitReader(self.parts, self._config.account) if len(self.parts) > 1 else self.parts[0].open_reader()

    def read_what_answers(self, scope: Scope) -> tuple[Live, Capabilities, Mapping[str, str]]:
        """Return what can be read of the account, what that can do, and the kinds that can't be read, each with why.

        Raises where nothing can be read at all.
        """
        if len(self.parts) > 1:
            return read_each(self.parts, self._config.account, scope)
        reader = self.reader()
        return reader.read(scope), reader.capabilities, {}

    def writer(self, kinds: frozenset[str]) -> Writer:
        """Return the writer of the account; raises ``AccountError`` when it can't be written now.

        Of several providers only those of ``kinds``, of which there are changes, have to be writable.
        """
        return SplitWriter(self.parts, kinds) if len(self.parts) > 1 else self.parts[0].open_writer()

    def facts(self) -> FactReader | None:
        """Return what tells the account's facts, which the default provider holds; None where it tells none."""
        settings = self._config.providers.default
        opened = provider_of(settings.type).open_facts
        return opened(self._access(settings)) if opened else None

    def _open_reader(self, settings: ProviderSettings) -> Reader:
        return provider_of(settings.type).open_reader(self._access(settings))

    def _open_writer(self, settings: ProviderSettings) -> Writer:
        return provider_of(settings.type).open_writer(self._access(settings))

    def _access(self, settings: ProviderSettings) -> Access:
        refs = dict(_credentials(settings))
        where = f"providers.{_key(settings, self._config)}"
        found = self._credentials({f"{where}.{path}": ref for path, ref in refs.items()}) if refs else {}
        secrets = {path: found[f"{where}.{path}"] for path in refs}
        known = self._known.setdefault(settings, {})
        return Access(
            self._config.account, settings, self._folder, secrets, known, self._config.policy, self.sent, self._cache
        )


def _credentials(settings: Written | Mapping[str, Any], above: str = "") -> Iterator[tuple[str, SecretRef]]:
    """Yield each credential that settings refer to, with its dotted path."""
    for name, found in settings.items() if isinstance(settings, Mapping) else settings:
        if isinstance(found, CredentialField):
            source, _, place = found.secret.partition("/")
            yield above + name, SecretRef(source, place)
        elif isinstance(found, Written | Mapping):
            yield from _credentials(found, f"{above}{name}.")


def _sections(config: AccountConfig) -> Mapping[ProviderSettings, list[str]]:
    """Return the sections that each provider holds, the default's first, which may hold none."""
    found: dict[ProviderSettings, list[str]] = {config.providers.default: []}
    for section in dict.fromkeys(kind.section for kind in KINDS.values()):
        found.setdefault(config.providers.of(section), []).append(section)
    return found


def _key(settings: ProviderSettings, config: AccountConfig) -> str:
    """Return the first of a provider's keys in account.yaml."""
    held = (section for section, own in config.providers.sections.items() if own == settings)
    return "default" if settings == config.providers.default else next(held)


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
