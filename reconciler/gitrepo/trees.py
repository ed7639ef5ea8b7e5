"""Trees of git, walked: the files below one, one of its folders, and the folders that a change goes through.

Each level of a walk is read in one go; what reads trees is handed in.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from reconciler.gitrepo.objects import FOLDER, Entry, Folders

#: Returns the entries of trees by their ids.
Read: TypeAlias = Callable[[Iterable[str]], Mapping[str, Mapping[str, Entry]]]


def folder_at(read: Read, root: str, path: str) -> Mapping[str, Entry]:
    """Return the entries of the folder at ``path`` below the tree ``root``; none where there is no folder."""
    entries = read([root])[root]
    for name in path.split("/") if path else ():
        mode, oid = entries.get(name, ("", ""))
        if mode != FOLDER:
            return {}
        entries = read([oid])[oid]
    return entries


def files_below(read: Read, entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return every file below a folder, sorted by path."""
    found: dict[str, Entry] = {}
    level: dict[str, Mapping[str, Entry]] = {"": entries}
    while level:
        below: dict[str, str] = {}
        for path, inside in level.items():
            folders = {f"{path}{name}/": oid for name, (mode, oid) in inside.items() if mode == FOLDER}
            found |= {f"{path}{name}": entry for name, entry in inside.items() if entry[0] != FOLDER}
            below |= folders
        trees = read(below.values())
        level = {path: trees[oid] for path, oid in below.items()}
    return dict(sorted(found.items()))


def folders_through(read: Read, root: str, paths: Iterable[str]) -> Folders:
    """Return the folders below the tree ``root`` that lead to ``paths``, by their own paths."""
    wanted = {"/".join(parts[:end]) for path in paths if (parts := path.split("/")) for end in range(len(parts))}
    found: dict[str, Mapping[str, Entry]] = {}
    level = {"": root}
    while level:
        trees = read(level.values())
        found |= {path: trees[oid] for path, oid in level.items()}
        level = {
            below: oid
            for path in level
            for name, (mode, oid) in found[path].items()
            if mode == FOLDER and (below := f"{path}/{name}" if path else name) in wanted
        }
    return found
