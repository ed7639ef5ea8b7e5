"""Makes accounts of all kinds: the demonstration account of a size, adopted into YAML, its record owning everything.

``python benchmarks/firms.py FOLDER SIZE`` makes one, in an own process, so that the one that measures stays small.
"""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from measuring import BenchError, Command, measured
from trial import Trial
from workloads import PLACE, RECONCILER, environment, git

NAME = "firm-{}"


def make(folder: Path, size: int) -> None:
    """Make an account of a size in an empty folder."""
    from reconciler.demo.filling import make_account
    from reconciler.demo.firm import Firm

    folder.mkdir(parents=True)
    make_account(folder / "account.db", Firm(size=size))
    env = environment(PLACE / "no-cache")
    git(folder, "init", "--quiet", "-b", "main")
    measured(Command([RECONCILER, "init"], folder, env))
    (folder / ".gitignore").write_text("account.db*\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "As it is")
    measured(Command([RECONCILER, "apply", "--auto-approve"], folder, env))


@contextmanager
def trial_of_firm(size: int) -> Iterator[Trial]:
    """Make an account of a size to try things on; it is gone when the block ends."""
    place = Trial(PLACE / "trial" / NAME.format(size))
    shutil.rmtree(place.folder, ignore_errors=True)
    place.folder.mkdir(parents=True)
    print(f"making {place.folder.name} ...", flush=True)
    measured(Command([sys.executable, __file__, str(place.account), str(size)], Path.cwd(), place.env))
    yield place
    shutil.rmtree(place.folder, ignore_errors=True)


def replace_in(files: Sequence[Path], count: int, old: str, new: str) -> None:
    """Replace a text so many times, file by file; raises ``BenchError`` where it stands there less often."""
    left = count
    for file in files:
        text = file.read_text()
        here = min(left, text.count(old))
        file.write_text(text.replace(old, new, here))
        left -= here
    if left:
        raise BenchError(f"{old.strip()!r} stands there only {count - left} times.")


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
