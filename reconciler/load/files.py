"""Which files belong to an account: every ``*.yaml`` below its folder, with the exceptions of section 3."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePosixPath

from reconciler.load.problems import Problems
from reconciler.load.tree import Entry
from reconciler.model.late import dataclass
from reconciler.model.span import Span

ACCOUNT_FILE = "account.yaml"
_REFUSED: Mapping[Entry, tuple[str, str]] = {
    "symlink": ("symbolic-link", "is a symbolic link"),
    "submodule": ("submodule", "is a repository of its own"),
    "special": ("special-file", "is a pipe, a socket or a device"),
}
#: Secrets may lie anywhere, also beside the zones.
_NO_ZONES = (".age", ".age.recipients")


@dataclass(frozen=True, slots=True)
class AccountFiles:
    """The files to read: ``ordinary`` ones (without account.yaml) and those of ``zones``, by path, sorted."""

    ordinary: tuple[str, ...]
    zones: tuple[str, ...]


def find_files(
    entries: Mapping[str, Entry],
    zone_folder: str,
    exclude: Iterable[str],
    zone_exclude: Iterable[str],
    problems: Problems,
) -> AccountFiles:
    """Return the account's files among all ``entries`` below its folder; what can't be read is reported."""
    ours = _ours(entries, tuple(exclude))
    ordinary, zones = [], []
    below = f"{zone_folder}/"
    for path in ours:
        in_zones = path.startswith(below)
        if in_zones and any(covers(glob, path.removeprefix(below)) for glob in zone_exclude):
            continue
        if entries[path] != "file":
            code, what = _REFUSED[entries[path]]
            remedy = f"Put the files themselves there, or name `{path}` under `exclude:` in account.yaml."
            problems.error(code, f"{path} {what}.", Span(path, 1, 1), remedy)
        elif _has_wrong_suffix(path):
            renamed = str(PurePosixPath(path).with_suffix(".yaml"))
            problems.error("wrong-suffix", f"{path} would not be read.", Span(path, 1, 1), f"Rename it to `{renamed}`.")
        elif in_zones and not path.endswith(_NO_ZONES):
            zones.append(path)
        elif path.endswith(".yaml") and path != ACCOUNT_FILE:
            ordinary.append(path)
    return AccountFiles(tuple(ordinary), tuple(zones))


def _ours(entries: Mapping[str, Entry], exclude: tuple[str, ...]) -> list[str]:
    """Return the paths that neither belong to another account's folder nor are excluded, sorted."""
    others = {path.removesuffix(ACCOUNT_FILE) for path in entries if path.endswith(f"/{ACCOUNT_FILE}")}
    kept = [p for p in entries if others.isdisjoint(_folders(p))] if others else entries
    return sorted(p for p in kept if p == ACCOUNT_FILE or not any(covers(glob, p) for glob in exclude))


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: n + 1]) + "/" for n in range(len(parts))]


def _has_wrong_suffix(path: str) -> bool:
    return path.lower().endswith((".yaml", ".yml")) and not path.endswith(".yaml")


def covers(glob: str, path: str) -> bool:
    """Tell whether a glob covers a path or one of the folders it lies in; ``*`` stays in one part, ``**`` doesn't."""
    parts = tuple(path.split("/"))
    globs = tuple(glob.strip("/").removeprefix("./").split("/"))
    return any(_matches(parts[:n], globs) for n in range(1, len(parts) + 1))


@lru_cache(maxsize=1 << 14)
def _matches(parts: tuple[str, ...], globs: tuple[str, ...]) -> bool:
    if not globs or not parts:
        return not parts and all(glob == "**" for glob in globs)
    if globs[0] == "**":
        return _matches(parts, globs[1:]) or _matches(parts[1:], globs)
    return fnmatchcase(parts[0], globs[0]) and _matches(parts[1:], globs[1:])
