"""The settings that a branch may not decide: read from the trusted ref, compared, and put in place of the branch's own.

``exclude`` isn't among them: what it leaves out shows in the plan, and a branch that adds a file of other people's has
to be able to exclude it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.kinds import KINDS
from reconciler.load.account_file import OWN_KEYS, read_config
from reconciler.load.files import ACCOUNT_FILE
from reconciler.load.nodes import Mapping as MappingNode
from reconciler.load.problems import Problems, place
from reconciler.load.variables import Variables
from reconciler.model.account import AccountConfig
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.errors import DiagnosticsError
from reconciler.model.findings import joined
from reconciler.model.groups import groups_of, same
from reconciler.model.late import dataclass
from reconciler.model.span import Span
from reconciler.model.state import Desired
from reconciler.model.text import neutral

TRUSTED_KEYS = ("account", "providers", "policy", "record", "dns")
_MEANS = {
    "account": " Another account begins with a record of its own, in which nothing is applied yet.",
    "record": " There a new record begins: what was applied until then counts as unmanaged, or is taken over again.",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What an account.yaml says, and where its keys stand."""

    config: AccountConfig
    places: Mapping[str, Span]

    def of(self, key: str) -> Any:
        """Return what one key says, as JSON types."""
        return self.config.model_dump()[key]


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A trusted key that a branch changes: where it stands there, and each difference in words."""

    key: str
    span: Span
    differences: tuple[str, ...]

    def __str__(self) -> str:
        return neutral(f"{self.span}: {'; '.join(self.differences)}", 500)


def read_settings(raw: bytes) -> Settings:
    """Return the settings of an account.yaml, whatever else stands there; raises ``DiagnosticsError``."""
    from reconciler.load.yaml_text import YamlReader

    problems = Problems()
    root = YamlReader(ACCOUNT_FILE, raw, problems).root()
    if not isinstance(root, MappingNode):
        problems.error("missing-key", "account.yaml is no mapping of settings.", Span(ACCOUNT_FILE, 1, 1))
        raise DiagnosticsError(problems.sorted())
    own = Variables(problems).refused_mapping(ACCOUNT_FILE, root.only(OWN_KEYS))
    config = read_config(own, OWN_KEYS, KINDS, problems)
    if config is None or problems.failed:
        raise DiagnosticsError(problems.sorted())
    return Settings(config, {name: place(ACCOUNT_FILE, key) for name, (key, _) in own.entries.items()})


def setting_changes(ours: Settings, trusted: Settings, base: Settings) -> tuple[SettingChange, ...]:
    """Return the trusted keys that ``ours`` says otherwise than ``trusted``, and than the ``base`` that it began at."""
    return tuple(
        SettingChange(
            key, ours.places.get(key, Span(ACCOUNT_FILE, 1, 1)), tuple(_differences(key, trusted.of(key), ours.of(key)))
        )
        for key in TRUSTED_KEYS
        if ours.of(key) not in (trusted.of(key), base.of(key))
    )


def under(desired: Desired, trusted: AccountConfig, changes: Iterable[SettingChange] = ()) -> Desired:
    """Return the desired state under trusted settings, with a finding for each change that is in force after merge."""
    from reconciler.load.codes import CODES

    config = desired.config.model_copy(update={key: getattr(trusted, key) for key in TRUSTED_KEYS})
    code = "in-force-after-merge"
    findings = tuple(
        Diagnostic(
            code,
            CODES[code].summary,
            neutral(f"{'; '.join(change.differences)}.{_MEANS.get(change.key, '')}", 1000),
            change.span,
            "Until then the settings of the trusted ref hold. Approvals given before the merge are stale after it.",
            Severity.NOTE,
        )
        for change in changes
    )
    return replace(desired, config=config, findings=joined(desired.findings, findings))


def says_the_same(one: Desired, other: Desired) -> bool:
    """Tell whether two folders desire the same, wherever it stands in their files."""
    if _content(one) != _content(other):
        return False
    ours, theirs = groups_of(one.state), groups_of(other.state)
    return ours.keys() == theirs.keys() and all(
        same(group, theirs[name]) or group == theirs[name] for name, group in ours.items()
    )


def foreign_secrets(desired: Desired, trusted: AccountConfig, known: Iterable[Desired] = ()) -> tuple[str, ...]:
    """Return, as lines with their places, the secrets that trusted policy doesn't admit and no ``known`` files name."""
    admitted = {str(ref) for one in known for ref in one.secrets.values()}
    found = {
        f"{desired.places.get(address, Span(ACCOUNT_FILE, 1, 1))}: {address} needs `{ref}` for `{field}`"
        for (address, field), ref in desired.secrets.items()
        if ref.given is None and str(ref) not in admitted and not trusted.policy.admits(str(ref))
    }
    return tuple(neutral(line, 500) for line in sorted(found))


def _content(desired: Desired) -> tuple[object, ...]:
    removals = [replace(removal, span=Span("", 0, 0)) for removal in desired.removals]
    renamings = {address: renaming.old for address, renaming in desired.renamings.items()}
    return desired.metas, desired.secrets, removals, renamings, desired.declared


def _differences(name: str, old: Any, new: Any) -> Iterator[str]:
    """Yield in words how two values of one key differ, key by key and, in a list, item by item."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            if old.get(key) != new.get(key):
                yield from _differences(f"{name}.{key}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        gone, come = [x for x in old if x not in new], [x for x in new if x not in old]
        moved = [] if gone or come else ["another order"]
        yield f"`{name}`: {', '.join([f'-{_shown(x)}' for x in gone] + [f'+{_shown(x)}' for x in come] + moved)}"
    else:
        yield f"`{name}`: {_shown(old)} -> {_shown(new)}"


def _shown(value: Any) -> str:
    if value is None:
        return "(not set)"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_shown(x)}" for key, x in value.items() if x is not None) + "}"
    return "[" + ", ".join(map(_shown, value)) + "]" if isinstance(value, list) else str(value)
