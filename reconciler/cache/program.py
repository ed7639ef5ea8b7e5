"""Which program made what is kept: another version of it, of Python or of a library may read the same otherwise."""

import os
import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.machinery import PathFinder
from pathlib import Path

import reconciler

#: The libraries that read what is kept: another of them may be found first, wherever this program is.
_READERS = ("yaml", "dns", "pydantic")


@cache
def program() -> bytes:
    """Return a digest of this program, of the libraries that it finds and of the Python that runs it.

    Of an installed program it is what its installer wrote down, digests of all its files; of a work tree, in which
    files change without that, the size and time of each.
    """
    package = Path(reconciler.__file__).parent
    written = package.parent / f"reconciler-{reconciler.__version__}.dist-info" / "RECORD"
    try:
        files = written.read_bytes()
    except OSError:
        files = _stamps(package)
    told = repr((reconciler.__version__, sys.implementation.name, sys.hexversion, _libraries(package.parent)))
    return sha256(told.encode("utf-8", "surrogateescape") + files).digest()


def _libraries(place: Path) -> tuple[object, ...]:
    """Return what is installed in a place, where the readers are, and what is installed there; none is imported."""
    found = [(name, PathFinder.find_spec(name)) for name in _READERS]
    origins = {name: spec.origin for name, spec in found if spec and spec.origin}
    places = {place, *(Path(origin).parent.parent for origin in origins.values())}
    return sorted(origins.items()), [(str(one), _installed(one)) for one in sorted(places)]


def _installed(place: Path) -> list[str]:
    """Return the names of what installers wrote down in a place; they have the versions in them."""
    with suppress(OSError), os.scandir(place) as entries:
        return sorted(entry.name for entry in entries if entry.name.endswith((".dist-info", ".egg-info")))
    return []


def _stamps(package: Path) -> bytes:
    found = sorted((str(path), path.stat()) for path in package.rglob("*.py"))
    return repr([(path, status.st_size, status.st_mtime_ns) for path, status in found]).encode()
