"""Which program made what is kept: another version of it, of Python or of a library may read the same otherwise."""

import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

import reconciler


@cache
def program() -> bytes:
    """Return a digest of this program, of the libraries beside it and of the Python that runs it.

    Of an installed program it is what its installer wrote down, digests of all its files; of a work tree, in which
    files change without that, the size and time of each.
    """
    package = Path(reconciler.__file__).parent
    beside = sorted(path.name for path in package.parent.glob("*.dist-info"))
    written = package.parent / f"reconciler-{reconciler.__version__}.dist-info" / "RECORD"
    try:
        files = written.read_bytes()
    except OSError:
        files = _stamps(package)
    told = repr((reconciler.__version__, sys.implementation.name, sys.hexversion, beside))
    return sha256(told.encode() + files).digest()


def _stamps(package: Path) -> bytes:
    found = sorted((str(path), path.stat()) for path in package.rglob("*.py"))
    return repr([(path, status.st_size, status.st_mtime_ns) for path, status in found]).encode()
