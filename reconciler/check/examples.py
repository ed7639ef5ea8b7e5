"""Examples of what causes a code: a configuration that fails and one that passes, one file ``examples/CODE.md`` each.

An example is two fenced blocks: the first causes the code, the second doesn't; ``reconciler explain`` shows both and
a test loads both. A block may hold several files, each begun by a line ``# file: PATH``; one without is
``resources.yaml``. ``account.yaml`` is added where a block has none. What a plan finds may need a file as it was
applied before, which a line ``# before: PATH`` begins.
"""

import re
from collections.abc import Mapping
from importlib import resources

from reconciler.model.late import dataclass, pattern

_BLOCK = pattern(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = pattern(r"^# (file|before): (\S+)\n", re.MULTILINE)

ACCOUNT = "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"


@dataclass(frozen=True, slots=True)
class Example:
    """Two configurations as people write them: ``failing`` causes the code, ``passing`` doesn't."""

    failing: str
    passing: str


def example(code: str) -> Example | None:
    """Return the example of a code, or None where no configuration causes it."""
    file = resources.files("reconciler.check") / "examples" / f"{code}.md"
    if not file.is_file():
        return None
    failing, passing = _BLOCK.findall(file.read_text("utf-8"))
    return Example(failing, passing)


def files_of(block: str) -> Mapping[str, str]:
    """Return the files of one side of an example, by path."""
    return {"account.yaml": ACCOUNT, **(_parts(block, "file") if _FILE.search(block) else {"resources.yaml": block})}


def before_of(block: str) -> Mapping[str, str]:
    """Return the files of one side of an example as they were applied before, empty where that doesn't matter."""
    found = _parts(block, "before")
    return {"account.yaml": ACCOUNT, **found} if found else {}


def _parts(block: str, sort: str) -> dict[str, str]:
    _, *parts = _FILE.split(block)
    return {path: text for told, path, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True) if told == sort}
