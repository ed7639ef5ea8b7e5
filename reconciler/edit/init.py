"""Live state -> a folder of YAML that declares exactly it, so that the first plan is empty."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from reconciler.edit.emit import Inline, emit
from reconciler.edit.literal import can_be_written, without_templates
from reconciler.edit.naming import Names, contact_names, secret_name, whitelist_name
from reconciler.edit.order import in_natural_order, natural_key
from reconciler.edit.portions import in_portions
from reconciler.kinds import KINDS
from reconciler.model.account import AccountConfig
from reconciler.model.address import Address, kind_of, live_id_of, split
from reconciler.model.errors import UsageError
from reconciler.model.fields import Fields, Json, Value
from reconciler.model.kind import Kind
from reconciler.model.late import dataclass
from reconciler.model.scalars import refusals
from reconciler.model.secret import SecretRef
from reconciler.model.state import Live

#: What ``--only`` may name, and the file and header comment of each section that has a file of its own.
SECTIONS: Mapping[str, tuple[str, str]] = {
    "dns": ("", ""),
    "mail": ("mail.yaml", "Mailboxes and aliases of each domain, and who gets mail to addresses that don't exist."),
    "ftp_accounts": ("ftp_accounts.yaml", "Who may put files into which folder."),
    "contacts": ("contacts.yaml", "The people who may speak for us."),
    "whitelist": ("whitelist.yaml", "The only addresses from which anybody may log in to the portal."),
    "notifications": ("notifications.yaml", "Which notices we get, and how."),
    "address": ("address.yaml", "Where we are; the company name changes by form only."),
    "billing": ("billing.yaml", "How invoices come, and how they are paid."),
    "passwords": ("passwords.yaml", "Where the account's own passwords lie; raise the version to set one."),
}
_ACCOUNT = "Which account this folder is, where it lives, and what the program may do by itself."


@dataclass(frozen=True, slots=True)
class RequiredSecret:
    """A secret that the account doesn't show and the YAML therefore refers to; the user puts it where ``ref`` says."""

    address: Address
    field: str
    ref: SecretRef


@dataclass(frozen=True, slots=True)
class WrittenAccount:
    """What ``init`` writes: files by path, the secrets they refer to, and live entries that no YAML can declare."""

    files: Mapping[str, str]
    secrets: tuple[RequiredSecret, ...] = ()
    left_out: tuple[Address, ...] = ()


@dataclass(slots=True)
class Draft:
    """The sections while they are filled; ``names`` are the addresses here of entries that the account knows by id."""

    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    zones: dict[str, dict[str, list[Json]]] = field(default_factory=dict)
    secrets: list[RequiredSecret] = field(default_factory=list)
    left_out: list[Address] = field(default_factory=list)
    names: dict[Address, Address] = field(default_factory=dict)
    secret_names: Names = field(default_factory=lambda: Names(separator="_"))


def write_account(
    live: Live, config: AccountConfig, only: Iterable[str] = (), account_file: bool = True, most: int = 2**20
) -> WrittenAccount:
    """Return the files that declare the live state.

    ``only`` names the sections to write, all where it is empty; ``account_file`` says whether ``account.yaml`` is
    among the files (not where one exists). Fields at their default are left out; secrets become references to the
    environment. A section of more than ``most`` bytes is written as several files. Raises
    :class:`~reconciler.model.errors.UsageError` for a section that doesn't exist.
    """
    wanted = _sections(only)
    draft = Draft()
    for address in _in_order(live.state):
        kind = KINDS[kind_of(address)]
        section = kind.path[0] if kind.name not in ("zone", "record") else "dns"
        if section not in wanted:
            continue
        if section == "dns":
            _add_dns(draft, kind, address, live.state[address], config)
        elif add_resource(draft, kind, address, live.state[address]) is None:
            draft.left_out.append(address)
    files = {"account.yaml": _account_text(live, config, draft)} if account_file else {}
    files |= {f"{config.dns.directory}/{zone}.yaml": _zone_text(zone, names) for zone, names in draft.zones.items()}
    for section, (path, header) in SECTIONS.items():
        if section in draft.sections:
            folder = f"{section}_files" if section == config.dns.directory else section
            files |= in_portions(section, draft.sections[section], header, path, folder, most)
    return WrittenAccount(files, tuple(draft.secrets), tuple(draft.left_out))


def _sections(only: Iterable[str]) -> frozenset[str]:
    wanted = frozenset(only) or frozenset(SECTIONS)
    if unknown := sorted(wanted - SECTIONS.keys()):
        raise UsageError(f"There is no section {unknown[0]}.", f"Sections: {', '.join(SECTIONS)}.")
    return wanted


def _in_order(state: Mapping[Address, Value]) -> list[Address]:
    """Return addresses by kind and name; entries that have a name already come before those that get one."""
    order = {name: number for number, name in enumerate(KINDS)}
    return sorted(state, key=lambda a: (order[kind_of(a)], live_id_of(a) is not None, natural_key(a)))


def add_resource(draft: Draft, kind: Kind, address: Address, value: Value) -> tuple[str, ...] | None:
    """Put one resource where its kind is written, and return its path.

    The path is empty where a file has nothing to say of it, and None where no file may hold it.
    """
    keys = _keys(draft, kind, address, value)
    named = _named(kind, keys)
    value = kind.renamed(value, draft.names)
    nameless = any(live_id_of(other) for other in kind.references(address, value))
    if named is None or nameless or not can_be_written(keys, kind.to_yaml(named, value), templates=True):
        return None
    draft.names[address] = named
    references = {path: reference(draft, kind, named, path) for path in sorted(kind.secrets_of(value))}
    data = without_templates(kind.to_yaml(named, value, references))
    if data == {} and (not keys or kind.secret_fields):  # there is nothing that a block here could say
        return ()
    if isinstance(data, dict) and len(data) == 1 and kind.natural_key in data:
        data = Inline(data)
    place: dict[str, Any] = draft.sections
    *way, last = _steps(kind, keys)
    for key in way:
        place = place.setdefault(key, {})
    place[last] = data
    return (*way, last)


def _named(kind: Kind, keys: tuple[str, ...]) -> Address | None:
    """Return the address of these keys, or None for what nobody can declare (mail of a reverse zone)."""
    try:
        return kind.address(keys)
    except refusals():
        return None


def _steps(kind: Kind, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kind's path with each ``*`` replaced by a key."""
    given = iter(keys)
    return tuple(next(given) if step == "*" else step for step in kind.path)


def _keys(draft: Draft, kind: Kind, address: Address, value: Value) -> tuple[str, ...]:
    """Return the keys of a resource; an entry that the account knows by its own id only gets a readable name."""
    if kind.natural_key is None or live_id_of(address) is None or not isinstance(value, Fields):
        return kind.keys(address)
    names = Names(draft.sections.get(kind.path[0], ()))
    if kind.natural_key == "email":
        candidates = contact_names(str(value.value("email", "")), str(value.value("name", "")))
        return (names.choose(candidates, kind.name),)
    key = str(value.value(kind.natural_key, ""))
    return (names.choose([key if kind.natural_key == "login" else whitelist_name(key)], kind.name),)


def reference(draft: Draft, kind: Kind, address: Address, name: str) -> Inline:
    """Return the reference to a secret, under a variable that no other secret has."""
    variable = secret_name(kind.path[0], split(address)[-1] if "*" in kind.path else name)
    ref = SecretRef("env", draft.secret_names.choose([variable], variable))
    draft.secrets.append(RequiredSecret(address, name, ref))
    return Inline(secret=str(ref), version=ref.version)


def _add_dns(draft: Draft, kind: Kind, address: Address, value: Value, config: AccountConfig) -> None:
    """Put a zone or a record set into its zone's file; the apex is written as octoDNS does."""
    zone, *rest = split(address)[1:]
    if _named(KINDS["zone"], (zone,)) is None:
        draft.left_out.append(address)
        return
    names = draft.zones.setdefault(zone, {})
    if not rest:
        return
    data = kind.to_yaml(address, value)
    templates = config.dns.templates
    if not can_be_written((rest[0],), data, templates):
        draft.left_out.append(address)
        return
    if rest[1] in ("TXT", "SPF") and config.dns.defaults.escaped_semicolons is False:
        data = {key: _with_bare_semicolons(given) for key, given in data.items()}
    names.setdefault("" if rest[0] == "@" else rest[0], []).append(without_templates(data) if templates else data)


def _zone_text(zone: str, names: Mapping[str, list[Json]]) -> str:
    """Return a zone file: names in octoDNS's natural order, one record set as a mapping, several as a list."""
    written = {name: sets[0] if len(sets) == 1 else sets for name, sets in names.items()}
    data = {name: in_natural_order(written[name]) for name in sorted(written, key=natural_key)}
    return emit(data, f"The records of {zone}.", start=True, inline_lists=False)


def _account_text(live: Live, config: AccountConfig, draft: Draft) -> str:
    given = config.model_dump(exclude_defaults=True)
    providers = config.providers.model_dump(exclude_defaults=True, by_alias=True)
    policy = {"unmanaged": {"default": "report"}, "drift": config.policy.drift, **given.get("policy", {})}
    if draft.secrets and "secrets" not in policy:
        policy["secrets"] = sorted({f"env/{secret.ref.name.partition('_')[0]}_*" for secret in draft.secrets})
    data = {
        "version": config.version,
        "account": live.account,
        "providers": {name: Inline(given) for name, given in providers.items()},
        "policy": {name: Inline(value) if isinstance(value, dict) else value for name, value in policy.items()},
        "dns": {"directory": config.dns.directory, **given.get("dns", {})},
    }
    return emit(data | {name: given[name] for name in ("record", "exclude") if name in given}, _ACCOUNT)


def _with_bare_semicolons(given: Json) -> Json:
    """Return raw TXT values as they are written where ``;`` isn't escaped; quoted ones never escape it."""
    if isinstance(given, list):
        return [_with_bare_semicolons(text) for text in given]
    return given.replace("\\;", ";") if isinstance(given, str) and not given.startswith('"') else given
