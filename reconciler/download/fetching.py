"""Fetches the files of facts, each proven before it has its name; what is there already and the same stays."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from reconciler.download.place import file_name, holds, put
from reconciler.download.proof import Proof
from reconciler.facts import FACTS
from reconciler.model.address import Address, decode_part, join, kind_of, matches
from reconciler.model.errors import AccountError, ReconcilerError, UsageError
from reconciler.model.fact import Fact
from reconciler.model.facts import Facts
from reconciler.model.late import dataclass
from reconciler.model.text import neutral
from reconciler.ports import FactReader

_GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file: where it is, or why not. ``was_there`` says that it was there already, the same; ``proven``, that its
    checksum is the one that the account tells.
    """

    address: Address
    path: Path
    sha256: str = ""
    size: int = 0
    was_there: bool = False
    proven: bool = False
    error: ReconcilerError | None = None


def is_glob(pattern: str) -> bool:
    """Tell whether an argument may mean several facts."""
    return not _GLOB.isdisjoint(pattern)


def chosen(facts: Facts, patterns: Sequence[str]) -> tuple[Fact, ...]:
    """Return the facts that addresses and globs mean, each once; raises ``AccountError`` for one that means none."""
    known = {fact.address: fact for kind in facts.kinds.values() for fact in kind.values()}
    found: dict[Address, Fact] = {}
    for pattern in patterns:
        kind, _, name = pattern.partition("/")
        exact = join(kind, decode_part(name))
        covered = {a: f for a, f in sorted(known.items()) if a == exact or (is_glob(pattern) and matches(a, pattern))}
        if not covered:
            shown = FACTS[kind_of(pattern)].plural
            raise AccountError(
                f"The account has no {neutral(pattern)}.", f"`reconciler show {shown}` lists what there is."
            )
        found |= covered
    return tuple(found.values())


def fetch(reader: FactReader, facts: Iterable[Fact], place: Callable[[Fact], Path]) -> Iterator[Fetched]:
    """Yield what became of the file of each fact; one that fails doesn't keep the others."""
    for fact in facts:
        path = place(fact)
        try:
            yield _fetch(reader, fact, path)
        except ReconcilerError as error:
            yield Fetched(fact.address, path, error=error)


def places(out: Path | None, patterns: Sequence[str]) -> Callable[[Fact], Path]:
    """Return where each file goes: into a folder, or where ``out`` names one file; raises ``UsageError``."""
    folder = Path() if out is None else out
    if folder.is_dir():
        return lambda fact: folder / file_name(fact.address)
    if len(patterns) > 1 or any(map(is_glob, patterns)) or not folder.parent.is_dir():
        raise UsageError(f"{folder} is not a folder.", "Make it first, or name one that there is with `--out`.")
    return lambda _: folder


def _fetch(reader: FactReader, fact: Fact, path: Path) -> Fetched:
    told, size = fact.checksum
    if holds(path, told):
        return Fetched(fact.address, path, told, path.stat().st_size, was_there=True, proven=True)
    proof = Proof(fact.address, told, size)
    put(path, proof.passing(reader.read_file(fact.address)))
    return Fetched(fact.address, path, proof.sha256, proof.size, proven=bool(told))
