"""``account.yaml``: its own settings, and who else declares the same account."""

from collections.abc import Mapping as MappingType
from functools import cache
from typing import TYPE_CHECKING, TypeAlias, get_args

from reconciler.load.files import ACCOUNT_FILE
from reconciler.load.forms import written_keys
from reconciler.load.nodes import Mapping, Node, Scalar, Sequence, plain
from reconciler.load.problems import Problems, place
from reconciler.load.spelling import did_you_mean, nearest
from reconciler.load.tree import Tree
from reconciler.model.account import AccountConfig, Dns, Policy
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError
from reconciler.model.kind import Kind
from reconciler.model.providers import ProviderSettings
from reconciler.model.scalars import faults
from reconciler.model.span import Span

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

KindTable: TypeAlias = MappingType[str, Kind]
OWN_KEYS = frozenset(written_keys(AccountConfig))


def read_config(node: Mapping, known: frozenset[str], kinds: KindTable, problems: Problems) -> AccountConfig | None:
    """Return the settings in account.yaml, or None when they have errors, all of which are reported.

    ``known`` are all keys that the file may hold.
    """
    own = node.only(OWN_KEYS)
    meant = _check_providers(own, {"default", *(kind.section for kind in kinds.values())}, problems)
    sections = _kinds_by_section(kinds)
    _check_policy(own, {*kinds, *sections, "default"}, problems)
    try:
        config = AccountConfig.model_validate(plain(own))
    except faults() as error:
        from reconciler.load.validation import Subject, report_errors

        guesses = {guess for name in node.entries if name not in known and (guess := nearest(name, known))}
        mistyped = frozenset([*(((), guess) for guess in guesses), *((("providers",), guess) for guess in meant)])
        subject = Subject(ACCOUNT_FILE, own, AccountConfig, "account.yaml", mistyped=mistyped)
        errors = [e for e in error.errors(include_url=False, include_input=False) if not _is_said(own, e)]
        report_errors(subject, errors, problems)
        return None
    _check_folder(own, config.dns, problems)
    return config.model_copy(update={"policy": _policy_by_kind(config.policy, sections)})


def readable_part(node: Mapping | None) -> tuple[Dns | None, tuple[str, ...] | None]:
    """Return ``dns`` and ``exclude``, each None where it can't be read: then nobody knows which files are what."""
    if node is None:
        return None, None
    part = plain(node.only({"dns", "exclude"}))
    try:
        dns: Dns | None = Dns.model_validate(part.get("dns", {}))
    except faults():
        dns = None
    exclude = part.get("exclude", [])
    readable = isinstance(exclude, list) and all(isinstance(glob, str) for glob in exclude)
    return dns, tuple(exclude) if readable else None


def rule_places(root: Mapping, name: str) -> tuple[Span, ...]:
    """Return where each rule of a list under ``policy`` (``ignore``, ``silence``) stands."""
    policy = root.get("policy")
    rules = policy.get(name) if isinstance(policy, Mapping) else None
    return tuple(place(ACCOUNT_FILE, rule) for rule in rules.items) if isinstance(rules, Sequence) else ()


def file_settings(tree: Tree) -> tuple[Dns, tuple[str, ...]]:
    """Return ``dns`` and ``exclude`` of account.yaml alone, ours where there is none; raises ``DiagnosticsError``."""
    if ACCOUNT_FILE not in tree.paths():
        return Dns(), ()
    from reconciler.load.yaml_text import YamlReader

    problems = Problems()
    root = YamlReader(ACCOUNT_FILE, tree.read(ACCOUNT_FILE), problems).root()
    dns, exclude = readable_part(root if isinstance(root, Mapping) else None)
    if (dns is None or exclude is None) and not problems.failed:
        remedy = "`reconciler validate` says what is wrong."
        problems.error("wrong-value", "`dns` or `exclude` can't be read.", Span(ACCOUNT_FILE, 1, 1), remedy)
    elif dns is not None and isinstance(root, Mapping):
        _check_folder(root, dns, problems)
    if dns is None or exclude is None or problems.failed:
        raise DiagnosticsError(problems.sorted())
    return dns, exclude


def _check_providers(node: Mapping, known: set[str], problems: Problems) -> set[str]:
    """Report names that are no section, and providers of a type that doesn't exist, once each, not key by key.

    Return the names that were probably meant.
    """
    providers = node.get("providers")
    if not isinstance(providers, Mapping):
        return set()
    for name, (key, value) in providers.entries.items():
        if name not in known:
            remedy = did_you_mean(name, sorted(known), "Known here")
            detail = f"`{name}` is neither `default` nor a section that may have a provider of its own."
            problems.error("unknown-key", detail, place(ACCOUNT_FILE, key), remedy)
        kind = value.get("type") if isinstance(value, Mapping) else None
        if isinstance(kind, Scalar) and _unsupported(value):
            text = kind.text
            detail = f"The provider `{name}` has the type `{text}`, which this version doesn't have."
            remedy = did_you_mean(text, _types(), "Types in this version")
            problems.error("unsupported-provider", detail, place(ACCOUNT_FILE, kind), remedy)
    return {guess for name in providers.entries if name not in known and (guess := nearest(name, known))}


@cache
def _types() -> tuple[str, ...]:
    """Return the types of every provider that has settings."""
    models = get_args(get_args(ProviderSettings)[0])
    return tuple(name for model in models for name in get_args(model.__annotations__["type"]))


def _unsupported(value: Node) -> bool:
    kind = value.get("type") if isinstance(value, Mapping) else None
    return isinstance(kind, Scalar) and kind.text not in _types()


def _is_said(node: Mapping, error: "ErrorDetails") -> bool:
    """Tell whether an error only follows from a provider type that was reported already."""
    loc = error["loc"]
    providers = node.get("providers")
    if len(loc) < 2 or loc[0] != "providers" or not isinstance(providers, Mapping):
        return False
    provider = providers.get(str(loc[1]))
    return provider is not None and _unsupported(provider)


def _check_folder(node: Mapping, dns: Dns, problems: Problems) -> None:
    parts = dns.directory.split("/")
    if dns.directory.strip("/") != dns.directory or any(part in ("", ".", "..") for part in parts):
        section = node.get("dns")
        found = section.get("directory") if isinstance(section, Mapping) else None
        detail = f"`{dns.directory}` is not a folder below the account folder."
        remedy = "Write its path from here, such as `zones`, without a slash at the end."
        problems.error("wrong-value", detail, place(ACCOUNT_FILE, found or node), remedy)
    elif any(part.startswith(".") for part in parts):
        problems.error("wrong-value", "A hidden folder is never read.", Span(ACCOUNT_FILE, 1, 1), "Rename the folder.")


def _kinds_by_section(kinds: KindTable) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    for kind in kinds.values():
        if kind.path and kind.path[0] not in kinds:
            sections.setdefault(kind.path[0], []).append(kind.name)
    return sections


def _check_policy(node: Mapping, known: set[str], problems: Problems) -> None:
    """Report names under ``policy.unmanaged`` that are neither kinds nor sections, and globs over no kind."""
    policy = node.get("policy")
    unmanaged = policy.get("unmanaged") if isinstance(policy, Mapping) else None
    for name, (key, _) in unmanaged.entries.items() if isinstance(unmanaged, Mapping) else ():
        if name not in known:
            remedy = did_you_mean(name, known, "Known here")
            problems.error("unknown-kind", f"`{name}` is no kind of resource.", place(ACCOUNT_FILE, key), remedy)


def _policy_by_kind(policy: Policy, sections: MappingType[str, list[str]]) -> Policy:
    """Return the policy with sections (``whitelist``) spelt as the kinds that are written there."""
    spelt = {kind: what for name, what in policy.unmanaged.items() for kind in sections.get(name, ())}
    exact = {name: what for name, what in policy.unmanaged.items() if name not in sections}
    return policy.model_copy(update={"unmanaged": {**spelt, **exact}})


def same_accounts(tree: Tree) -> tuple[Diagnostic, ...]:
    """Return an error for every folder of ``tree``, such as a repository, that declares an account once more."""
    problems = Problems()
    report_same_accounts(tree, problems)
    return problems.sorted()


def report_same_accounts(tree: Tree, problems: Problems) -> None:
    """Report every second folder of ``tree`` that declares an account again."""
    first: dict[str, Span] = {}
    paths = _account_files(tree)
    for path in paths if len(paths) > 1 else ():
        found = _account_number(path, tree)
        if found is None:
            continue
        text, at, content = found
        if text in first:
            detail = f"The account `{text}` is declared at {first[text]} already."
            problems.source(path, content)
            problems.error("same-account", detail, at, "Keep one folder for each account.", related=(first[text],))
        first.setdefault(text, at)


def _account_files(tree: Tree) -> list[str]:
    """Return the paths of all files named account.yaml, the outermost first."""
    paths = (path for path, kind in tree.paths().items() if kind == "file")
    found = [path for path in paths if path == ACCOUNT_FILE or path.endswith(f"/{ACCOUNT_FILE}")]
    return sorted(found, key=lambda path: (path.count("/"), path))


def _account_number(path: str, tree: Tree) -> tuple[str, Span, str] | None:
    """Return an account file's number, where it stands, and the file's text; None where it can't be read."""
    from reconciler.load.yaml_text import YamlReader

    try:
        reader = YamlReader(path, tree.read(path), Problems())
    except OSError:
        return None
    root = reader.root()
    number = root.get("account") if isinstance(root, Mapping) else None
    return (number.text, place(path, number), reader.text or "") if isinstance(number, Scalar) else None
