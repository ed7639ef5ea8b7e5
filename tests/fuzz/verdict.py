"""What must hold for any files: they load, or every error says in sound words where and what. Nothing else happens."""

import traceback
from collections.abc import Mapping
from functools import cache
from typing import TypeAlias
from zlib import crc32

from fuzz.grammar import Files
from hostile import left_raw
from reconciler.cli.explain import all_codes
from reconciler.edit.fmt import format_text
from reconciler.load.desired import load_desired
from reconciler.load.tree import Entry
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError
from reconciler.model.state import Desired
from reconciler.model.text import escaped
from reconciler.report.diagnostics import diagnostics_lines
from reconciler.report.ink import plain

Answer: TypeAlias = tuple[Desired | None, tuple[Diagnostic, ...], str]
#: Larger files are only loaded; ``fmt`` sees two of those that have been loaded without an error.
FORMATTED = 4 * 2**10


@cache
def _codes() -> frozenset[str]:
    return frozenset(all_codes())


class MemoryTree:
    """Files in memory."""

    label = "memory"

    def __init__(self, files: Files) -> None:
        """Hold files."""
        self._files = files

    def paths(self) -> Mapping[str, Entry]:
        """Return all paths."""
        return dict.fromkeys(self._files, "file")

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        return self._files[path]


def fault(files: Files) -> str:
    """Return what is wrong with the program's answer to these files, or nothing."""
    return unsound(files, answer(files))


def answer(files: Files) -> Answer:
    """Return what loading gives: the desired state if any, what is said about it, and a traceback if there was one."""
    try:
        desired = load_desired(MemoryTree(files))
    except DiagnosticsError as error:
        return None, error.diagnostics, ""
    except BaseException:
        return None, (), traceback.format_exc(limit=-6)
    return desired, desired.findings, ""


def unsound(files: Files, given: Answer) -> str:
    """Return what is wrong with an answer, or nothing."""
    if given[2]:
        return given[2]
    try:
        return _unsound(files, *given[:2])
    except Exception:
        return traceback.format_exc(limit=-6)


def _unsound(files: Files, desired: Desired | None, found: tuple[Diagnostic, ...]) -> str:
    if desired is None and not any(one.is_error for one in found):
        return "It doesn't load, and no error says why."
    for one in found:
        if wrong := _wrong(files, one):
            return f"{wrong}: {one}"
    if raw := left_raw(plain(diagnostics_lines(found))):
        return f"The answer holds {raw[:5]}."
    return _badly_formatted({name: files[name] for name in desired.files}) if desired is not None else ""


def _wrong(files: Files, one: Diagnostic) -> str:
    if one.code not in _codes():
        return "The code isn't known"
    if not (one.summary and one.detail):
        return "Nothing is said"
    if any(text != escaped(text) for text in (one.summary, one.detail, one.help)):
        return "A text isn't neutral"
    if one.span is None:
        return ""
    lines = files.get(one.span.file, b"").decode("utf-8", "replace").replace("\r\n", "\n")
    ends = "\n\r\x85\u2028\u2029"
    count = 1 + sum(lines.count(end) for end in ends)
    return "" if 0 < one.span.line <= count and one.span.column > 0 else "The place isn't in the file"


def _badly_formatted(files: Files) -> str:
    small = {name: data for name, data in files.items() if len(data) <= FORMATTED and name.endswith(".yaml")}
    for name, data in sorted(small.items(), key=lambda item: crc32(item[1]))[:2]:
        try:
            text = format_text(data.decode("utf-8"), name, zone=name.startswith("zones/"))
        except DiagnosticsError as error:
            if any(one.code not in _codes() for one in error.diagnostics):
                return f"fmt: an unknown code: {error.diagnostics}"
            continue
        if format_text(text, name, zone=name.startswith("zones/")) != text:
            return f"fmt isn't at rest after once: {name}"
    return ""
