"""The report of a fault of ours: paste-ready, and without any text that could hold a secret or a person's data.

The text of the exception and the values of variables are left out, because nobody can tell what is in them. Of the
command line only the verb and the names of options are kept.
"""

import platform
import traceback
from collections.abc import Sequence
from datetime import datetime

from reconciler import __version__
from reconciler.report.rendering import render


def crash_report(error: BaseException, args: Sequence[str], when: datetime) -> str:
    """Return the report of an exception that nobody caught."""
    return render(
        "crash.md.j2",
        version=__version__,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        when=when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        command=" ".join(["reconciler", *_harmless(args)]),
        chain=[(type(link).__name__, _frames(link)) for link in _chain(error)],
    )


def _harmless(args: Sequence[str]) -> list[str]:
    """Return the verb and the names of the options."""
    verb = [arg for arg in args[:1] if arg.isalpha()]
    return verb + [arg.partition("=")[0] for arg in args if arg.startswith("--")]


def _chain(error: BaseException) -> list[BaseException]:
    """Return the exception and what caused it, the first cause first."""
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links:
        links.insert(0, link)
        link = link.__cause__ or link.__context__
    return links


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]


def _short(path: str) -> str:
    """Return a path from the package on, without the folders of a person's machine."""
    parts = path.replace("\\", "/").split("/")
    for root in ("site-packages", "reconciler"):
        if root in parts[:-1]:
            return "/".join(parts[parts.index(root) + (root == "site-packages") :])
    return parts[-1]
