"""The corpus on name servers, beside octoDNS: the whole of it, then commit after commit, every transfer compared.

Run with the corpus in RECONCILER_CORPUS and ``tests`` on the path:
``python -m replay.nameservers [--servers bind,knot,powerdns] [--commits 200] [--zones 405]``.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

from nameservers import NS, Bind, Knot, NameServer, Powerdns
from nameservers.server import Dump
from reconciler.apply.approval import Approval
from reconciler.model.address import decode_part
from reconciler.model.errors import DiagnosticsError
from reconciler.model.outcome import Status
from reconciler.pipeline.applying import apply
from replay.harness import ACCOUNT, Replay
from replay.oracle import FOLDER, NOT_ZONES, git
from replay.peer import Peer

#: Real zones have addresses at names that are no host names, and octoDNS makes of an MX without a dot a name in its
#: zone that nobody has. For either BIND refuses the whole zone, unless it is told not to.
LENIENT = "check-names primary ignore; check-integrity no;"
SERVERS: Mapping[str, Callable[[Path], NameServer]] = {
    "bind": partial(Bind, options=LENIENT),
    "knot": Knot,
    "powerdns": Powerdns,
}
#: Why a record set may be another on our server than on octoDNS's, and how often it is in the large form.
CLASSES = json.loads((Path(__file__).parent / "differences.json").read_text(encoding="utf-8"))
_PROVIDER = """\
  dns:
    type: rfc2136
    server: {host}
    port: {port}
    tsig: {{name: {key_name}, algorithm: {algorithm}, key: {{secret: env/TSIG_KEY}}}}
"""

Key: TypeAlias = tuple[str, str, str]  # zone, owner (``@`` for the apex), type
Data: TypeAlias = tuple[int, tuple[str, ...]] | None


@dataclass(frozen=True)
class Step:
    """A commit of the corpus: which of the followed zones it has, and which of them it changed, made and removed."""

    commit: str
    zones: frozenset[str]
    changed: frozenset[str]
    new: frozenset[str]
    gone: frozenset[str]


@dataclass
class Ours:
    """A name server that follows the corpus by our plans and applies.

    ``undone`` says of the last commit what was left as it was and why, ``loadable`` whether its files could be read.
    """

    server: NameServer
    replay: Replay
    undone: dict[Key, str] = field(default_factory=dict)
    loadable: bool = True
    seconds: float = 0.0

    @classmethod
    def on(cls, server: NameServer, corpus: Path, folder: Path) -> "Ours":
        """Return an account whose DNS is that server's."""
        account = ACCOUNT.replace("dns: {", f"{_PROVIDER.format(**vars(server.server))}dns: {{")
        return cls(server, Replay(corpus, folder, account, {"TSIG_KEY": server.server.secret}))

    def follow(self, step: Step) -> None:
        """Carry a commit out."""
        for zone in sorted(step.new):
            self.server.add_zone(zone)
        self.replay.commit(step.commit, "off", tuple(sorted(step.gone)), keep=True, only=step.zones)
        begun = time.perf_counter()
        try:
            planned = self.replay.plan()
        except DiagnosticsError:
            self.loadable = False
            return
        self.loadable = True
        done = apply(self.replay.session, planned, Approval(), lambda _: None)
        self.seconds += time.perf_counter() - begun
        assert done.proof.is_whole, done.proof
        self.undone = {_key(o.change.address): o.detail for o in done.outcomes if o.status is not Status.DONE}
        self.undone |= {_key(change.address): "held" for change in planned.plan.refused}
        for zone in sorted(step.gone):
            self.server.remove_zone(zone)


@dataclass
class Comparison:
    """What differed between one of our servers and octoDNS's, by class; what lasts over several commits counts once."""

    ours: Ours
    classes: Counter[str] = field(default_factory=Counter)
    lasting: dict[Key, tuple[Data, Data]] = field(default_factory=dict)
    compared: int = 0
    failed: set[str] = field(default_factory=set)
    unexplained: list[str] = field(default_factory=list)

    def compare(self, zone: str, theirs: Dump, failed: str) -> None:
        """Compare two dumps of one zone; ``failed`` is what octoDNS said if it couldn't write it."""
        self.compared += 1
        if failed:
            self.classes["refused-to-octodns"] += zone not in self.failed
            self.failed.add(zone)
            return
        self.failed.discard(zone)
        held: dict[tuple[str, str], Data] = dict(self.ours.server.dug(zone))
        found = {
            (zone, *where): (held.get(where), theirs.get(where))
            for where in held | theirs
            if not _equal(where[1], held.get(where), theirs.get(where))
        }
        for key, pair in found.items():
            if self.lasting.get(key) != pair:
                self.classes[self._reason(key, *pair)] += 1
        self.lasting = {key: pair for key, pair in self.lasting.items() if key[0] != zone} | found

    def forget(self, zone: str) -> None:
        """A zone is gone."""
        self.lasting = {key: pair for key, pair in self.lasting.items() if key[0] != zone}

    def _reason(self, key: Key, ours: Data, theirs: Data) -> str:
        """Return a difference's class."""
        undone = self.ours.undone
        beside = [why for (zone, _, _), why in undone.items() if zone == key[0] and "CNAME" in why]
        if not self.ours.loadable:
            return "not-loadable"
        if undone.get(key) == "held":
            return "deletion-beside-type-not-served"
        if beside:
            return "cname-beside-other-data"
        if ours and theirs and ours[0] == theirs[0] and _relative(key[0], theirs[1], ours[1]):
            return "missing-dot"
        if key[1:] == ("@", "NS") and ours and theirs and {*theirs[1]} - {*ours[1]} == {NS}:
            return "apex-ns-not-replaced"
        if ours and theirs and any("\\;" in value for value in ours[1]) and key[2] not in ("TXT", "SPF"):
            return "target-with-semicolon"
        if ours and theirs and key[2] == "TXT" and any('\\\\"' in value or '\\"' in value for value in ours[1]):
            return "text-with-quotes"
        self.unexplained.append(f"{key}: ours {ours}, octoDNS's {theirs}; {undone.get(key)}")
        return "unexplained"


def _key(address: str) -> Key:
    _, zone, *rest = (decode_part(part) for part in address.split("/"))
    name, rtype = rest or ("", "")
    return zone, name, rtype


def _equal(rtype: str, one: Data, other: Data) -> bool:
    """Tell whether data are the same: names in any case, a text's strings cut anywhere."""
    return one == other or (
        one is not None and other is not None and one[0] == other[0] and _plain(rtype, one) == _plain(rtype, other)
    )


def _plain(rtype: str, data: tuple[int, tuple[str, ...]]) -> list[str]:
    if rtype in ("TXT", "SPF"):
        return sorted(value.replace('" "', "") for value in data[1])
    return sorted(value.lower() for value in data[1])


def _relative(zone: str, theirs: tuple[str, ...], ours: tuple[str, ...]) -> bool:
    """Tell whether values are ours, some of them taken as relative to the zone."""
    absolute = {value.lower() for value in ours}
    found = {value if value in absolute else value.removesuffix(f"{zone}.") for value in map(str.lower, theirs)}
    return found == absolute


def steps(corpus: Path, count: int, zones: int) -> list[Step]:
    """Return the last commits of the corpus's main line, after one that has everything.

    With fewer ``zones`` than there are, those that changed most often, and only the commits that changed one of them.
    """
    commits = git(corpus, "rev-list", "--first-parent", "HEAD").split()[:201][::-1]
    touched = {commit: _touched(corpus, commit) for commit in commits[1:]}
    often = Counter(zone for found in touched.values() for zone in found)
    everything = _there(corpus, commits[0]).keys() | often.keys()
    followed = everything if zones >= len(everything) else {zone for zone, _ in often.most_common(zones)}
    commits = [commits[0], *[c for c in commits[1:] if touched[c] & followed or zones >= len(everything)][-count:]]
    made = []
    before: Mapping[str, str] = {}
    for commit in commits:
        after = {zone: blob for zone, blob in _there(corpus, commit).items() if zone in followed}
        changed = frozenset(zone for zone in after if before.get(zone) != after[zone])
        gone = frozenset(before.keys() - after.keys())
        made.append(Step(commit, frozenset(after), changed, frozenset(after.keys() - before.keys()), gone))
        before = after
    return made


def _there(corpus: Path, commit: str) -> dict[str, str]:
    """Return the zones of a commit, each with the id of its file's text."""
    found = {}
    for line in git(corpus, "ls-tree", commit, f"{FOLDER}/").splitlines():
        entry, _, path = line.partition("\t")
        if path.endswith(".yaml") and Path(path).name not in NOT_ZONES:
            found[Path(path).stem] = entry.split()[2]
    return found


def _touched(corpus: Path, commit: str) -> set[str]:
    names = git(corpus, "diff", "--name-only", f"{commit}^", commit, "--", FOLDER).splitlines()
    return {Path(name).stem for name in names if name.endswith(".yaml") and Path(name).name not in NOT_ZONES}


def replay(corpus: Path, place: Path, kinds: Sequence[str], count: int, zones: int) -> dict[str, Comparison]:
    """Carry the commits out on a server of each kind and on octoDNS's, and return what was found."""
    with ExitStack() as servers:
        peer = Peer(servers.enter_context(Bind(place / "peer", LENIENT)), corpus)
        ours = {kind: servers.enter_context(SERVERS[kind](place / kind)) for kind in kinds}
        found = {kind: Comparison(Ours.on(server, corpus, place / f"{kind}-account")) for kind, server in ours.items()}
        for number, step in enumerate(steps(corpus, count, zones)):
            _advance(step, peer, found.values())
            sys.stderr.write(f"commit {number}: {[dict(one.classes) for one in found.values()]}\n")
    return found


def _advance(step: Step, peer: Peer, comparisons: Collection[Comparison]) -> None:
    failed = {zone: peer.follow(step.commit, zone) for zone in sorted(step.changed | step.gone)}
    for comparison in comparisons:
        comparison.ours.follow(step)
    for zone in sorted(step.changed):
        theirs = peer.server.dug(zone)
        for comparison in comparisons:
            comparison.compare(zone, theirs, failed[zone])
    for zone in step.gone:
        for comparison in comparisons:
            comparison.forget(zone)


def pinned(form: str) -> dict[str, int]:
    """Return how often each class is met in the ``small`` or the ``large`` form."""
    return {code: row[form] for code, row in CLASSES.items() if row[form]}


def main() -> None:
    """Run the large form and print its table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--servers", default="bind,knot,powerdns")
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--zones", type=int, default=10_000)
    options = parser.parse_args()
    kinds = options.servers.split(",")
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        subprocess.run(["git", "clone", "-q", os.environ["RECONCILER_CORPUS"], str(corpus)], check=True)
        found = replay(corpus, Path(folder), kinds, options.commits, options.zones)
    for kind, comparison in found.items():
        told = f"{comparison.compared} zones compared, {comparison.ours.seconds:.0f} s in plans and applies"
        sys.stdout.write(f"{kind}: {told}, {dict(sorted(comparison.classes.items()))}\n")
        sys.stdout.writelines(f"  {line}\n" for line in comparison.unexplained)
    full = options.commits >= 200 and options.zones >= 405
    if full and pinned("large") and any(comparison.classes != pinned("large") for comparison in found.values()):
        sys.exit(f"expected: {pinned('large')}")


if __name__ == "__main__":
    main()
