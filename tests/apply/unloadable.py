"""Runs the program so that nothing more can be loaded once it takes the record's lock: ``python unloadable.py ARGS``.

It is as if the program were removed at that moment. What was asked for all the same stands in the file ``$REFUSED``.
``$THEN`` says what else happens just afterwards: it may ``die``, or make a ``mistake``.
"""

import os
import runpy
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from reconciler.record.home import Home

_BIN = Path(sys.executable).parent


class Nothing:
    """Finds neither a module of ours nor one of a library; Python's own stay."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Refuse a module, unless it is Python's own."""
        if name.partition(".")[0] in sys.stdlib_module_names:
            return None
        with Path(os.environ["REFUSED"]).open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def _swap(home: Home, ref: str, new: str, old: str | None) -> bool:
    is_lock = ref == home.ref and not any(isinstance(finder, Nothing) for finder in sys.meta_path)
    if is_lock:
        sys.meta_path.insert(0, Nothing())
    done = _really(home, ref, new, old)
    match os.environ["THEN"] if is_lock else "":
        case "die":
            os._exit(9)
        case "mistake":
            raise ValueError
    return done


if __name__ == "__main__":
    _really, Home.swap = Home.swap, _swap
    sys.path[0], sys.argv[0] = str(_BIN), str(_BIN / "reconciler")
    runpy.run_path(sys.argv[0], run_name="__main__")
