"""Configuration files made from real ones by changing bytes, and files that are only text or only bytes."""

from functools import cache
from pathlib import Path
from random import Random

from fuzz.grammar import ACCOUNT, FILES, JUNK, Files, scalar
from hostile import CLASSES

_EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
_BITS = (
    "\n",
    "  ",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "|",
    ">",
    "'",
    '"',
    "#",
    "\\",
    "\t",
    "é",
    "\0",
    "\u2028",
    "*a",
)


@cache
def seeds() -> tuple[Files, ...]:
    """Return the account folders among the examples, read whole; there is at least one."""
    found = []
    for account in sorted(_EXAMPLES.rglob("account.yaml")):
        files = {
            path.relative_to(account.parent).as_posix(): path.read_bytes()
            for path in sorted(account.parent.rglob("*"))
            if path.is_file() and path.suffix in (".yaml", ".zone") and not path.name.startswith(".")
        }
        found.append(files)
    assert found
    return tuple(found)


def mutated(rng: Random) -> Files:
    """Return an example with a few bytes of a file or two changed."""
    files = dict(rng.choice(seeds()))
    for name in rng.sample(sorted(files), min(len(files), rng.randint(1, 2))):
        for _ in range(rng.choice((1, 1, 2, 4, 16))):
            files[name] = _changed(rng, files[name])
    return files


def _changed(rng: Random, data: bytes) -> bytes:
    start = rng.randint(0, len(data))
    end = min(len(data), start + rng.choice((0, 1, 1, 4, 30)))
    luck = rng.random()
    if luck < 0.3:
        return data[:start] + bytes([rng.randrange(256)]) + data[end:]
    if luck < 0.6:
        put = rng.choice(_BITS) + rng.choice(("", rng.choice(JUNK), scalar(rng)))
        return data[:start] + put.encode("utf-8", "surrogatepass") + data[end:]
    if luck < 0.8:
        return data[:start] + data[end:]
    return data[:end] + data[start:end] * rng.randint(1, 50) + data[end:]


def raw_text(rng: Random) -> Files:
    """Return a file of characters that mean something to YAML, or deceive."""
    pieces = [rng.choice(_BITS + JUNK) if rng.random() < 0.8 else scalar(rng) for _ in range(rng.randint(1, 60))]
    return _one(rng, "".join(pieces).encode("utf-8", "surrogatepass"))


def raw_bytes(rng: Random) -> Files:
    """Return a file of any bytes."""
    return _one(rng, rng.randbytes(rng.randint(0, 200)))


def hostile(rng: Random) -> Files:
    """Return a file full of one class of hostile text."""
    text = CLASSES[rng.choice(sorted(CLASSES))](rng)
    return _one(rng, f"vars: {{a: '{text}'}}\n{text}: {text}\n".encode("utf-8", "surrogatepass"))


def _one(rng: Random, data: bytes) -> Files:
    return {"account.yaml": ACCOUNT, rng.choice(sorted(FILES)): data}
