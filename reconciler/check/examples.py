"""Examples of what causes a code: a configuration that fails and one that passes, one file ``examples/CODE.md`` each.

An example is two fenced blocks: the first causes the code, the second doesn't; ``reconciler explain`` shows both and
a test loads both. A block may hold several files, each begun by a line ``# file: PATH``; one without is
``resources.yaml``. ``account.yaml`` is added where a block has none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^# file: (\S+)\n", re.MULTILINE)

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
    parts = _FILE.split(block)
    named = dict(zip(parts[1::2], parts[2::2], strict=True)) if len(parts) > 1 else {"resources.yaml": block}
    return {"account.yaml": ACCOUNT, **named}
