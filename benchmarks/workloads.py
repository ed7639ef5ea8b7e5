"""Makes a workload: an account whose record owns every record set, and the zones that its server serves.

A workload is a folder: ``masters/`` (what the server holds), ``account/`` (a git repository with the same zones in
octoDNS's YAML, applied), ``changed/`` (the zones after a change of 1 %). Made by a process of its own, so that the one
that measures stays small: ``python benchmarks/workloads.py ZONES RECORDS``.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import named
import zone
from measuring import BenchError, Command, Sample, measured

BIN = Path(sys.executable).parent
RECONCILER = str(BIN / "reconciler")
#: Where workloads, servers and caches lie; ``make clean`` removes it.
PLACE = Path(os.environ.get("BENCH_PLACE") or Path(__file__).resolve().parents[1] / ".bench")

_ACCOUNT = """\
version: 1
account: K-100000
providers:
  default: {{type: embedded, path: account.db}}
  dns:
    type: rfc2136
    server: {host}
    port: {port}
    tsig: {{name: {key}, algorithm: {algorithm}, key: {{secret: env/BENCH_KEY}}}}
dns: {{directory: zones}}
"""


@dataclass(frozen=True)
class Workload:
    """So many zones, with so many record sets each."""

    zones: int
    records: int

    @property
    def name(self) -> str:
        """What it is called in figures and folders: ``1x100000``."""
        return f"{self.zones}x{self.records}"

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return PLACE / self.name

    @property
    def port(self) -> int:
        """Where its server listens; the account's files say so, too."""
        return int(json.loads((self.folder / "stamp.json").read_text())["port"])

    def names(self) -> list[str]:
        """Return the names of its zones."""
        return [f"z{number:04}.example." for number in range(self.zones)]

    def changed(self, folder: Path, every: int) -> Path:
        """Return a folder with the zones of which one record set in ``every`` is another; it is made where need be."""
        if every == 100:
            return self.folder / "changed"
        folder.mkdir()
        for name in self.names():
            (folder / f"{name}yaml").write_text(zone.zone_text(self.records, 1, name, every))
        return folder


def environment(cache: Path) -> dict[str, str]:
    """Return an environment in which nothing of this machine's settings shows, with an own place for the cache."""
    home = PLACE / "home"
    home.mkdir(parents=True, exist_ok=True)
    (home / "gitconfig").write_text("[user]\n\tname = Erika Mustermann\n\temail = erika@example.org\n")
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    settings = {"GIT_CONFIG_GLOBAL": str(home / "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1", "NO_COLOR": "1"}
    own = {"HOME": str(home), "RECONCILER_CACHE": str(cache), "BENCH_KEY": named.KEY, "BENCH_PLACE": str(PLACE)}
    return {**kept, **settings, **own}


def git(folder: Path, *line: str) -> None:
    """Run git in a repository of the benchmark."""
    env = environment(PLACE / "no-cache")
    done = subprocess.run(["git", *line], cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"git {' '.join(line)}: {done.stderr}")


def prepared(workload: Workload) -> Workload:
    """Make a workload where it isn't there yet, was made by other code, or its port is taken."""
    stamp = workload.folder / "stamp.json"
    made = json.loads(stamp.read_text()) if stamp.exists() else {}
    if made.get("by") != _makers() or not named.is_free(made["port"]):
        print(f"making {workload.name} ...", flush=True)
        line = [sys.executable, __file__, str(workload.zones), str(workload.records)]
        measured(Command(line, Path.cwd(), environment(PLACE / "no-cache")))
    return workload


def _makers() -> str:
    """Return a digest of the code whose change makes another workload: the generators, and what writes the record."""
    import reconciler

    written = Path(reconciler.__file__).parent
    sources = [
        Path(__file__),
        Path(zone.__file__),
        *sorted(written.glob("record/*.py")),
        written / "gitrepo/writing.py",
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources if path.exists())).hexdigest()


def make(workload: Workload) -> Sample:
    """Make a workload and return what the first apply, which takes everything into ownership, cost."""
    shutil.rmtree(workload.folder, ignore_errors=True)
    account, masters, changed = (workload.folder / name for name in ("account", "masters", "changed"))
    for folder in (masters, changed, account / "zones"):
        folder.mkdir(parents=True)
    port = named.free_port()
    for name in workload.names():
        (masters / f"{name}zone").write_text(zone.master_text(workload.records, name))
        (account / "zones" / f"{name}yaml").write_text(zone.zone_text(workload.records, 0, name))
        (changed / f"{name}yaml").write_text(zone.zone_text(workload.records, 1, name))
    words: Mapping[str, object] = {"host": named.HOST, "key": named.KEY_NAME, "algorithm": named.ALGORITHM}
    (account / "account.yaml").write_text(_ACCOUNT.format(port=port, **words))
    (account / ".gitignore").write_text("account.db*\n")
    for line in (("init", "--quiet", "-b", "main"), ("add", "--all"), ("commit", "--quiet", "-m", "As it is")):
        git(account, *line)
    with named.serving(masters, workload.folder / "server", port):
        apply = Command([RECONCILER, "apply", "--auto-approve"], account, environment(workload.folder / "cache"))
        cost = measured(apply)
    shutil.rmtree(workload.folder / "cache", ignore_errors=True)
    stamp = {"by": _makers(), "port": port, "first apply": cost.figures()}
    (workload.folder / "stamp.json").write_text(json.dumps(stamp))
    return cost


if __name__ == "__main__":
    make(Workload(int(sys.argv[1]), int(sys.argv[2])))
