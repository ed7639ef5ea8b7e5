"""Fuzzing led by coverage: atheris changes files so that they reach lines of the loader that none reached before.

``python tests/fuzz/guided.py`` stops after 60 seconds or 200,000 runs, or at the first unsound answer, which it prints
with the bytes that caused it. Options of libFuzzer may be given (``-max_total_time=600``).
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import atheris

with atheris.instrument_imports(include=["reconciler", "yaml"]):
    from fuzz.grammar import ACCOUNT
    from fuzz.mutations import seeds
    from fuzz.verdict import fault

BOUNDS = ("-max_total_time=60", "-runs=200000", "-max_len=4096", "-timeout=10", "-rss_limit_mb=2048")


def one(data: bytes) -> None:
    """Load bytes as a file of resources and as a zone; raises ``AssertionError`` for an unsound answer."""
    found = fault({"account.yaml": ACCOUNT, "more.yaml": data, "zones/example.org.yaml": data})
    assert not found, f"{found}\n{data!r}"


def main() -> None:
    """Begin with the files of the examples."""
    with tempfile.TemporaryDirectory() as folder:
        for number, files in enumerate(seeds()):
            for name, data in files.items():
                Path(folder, f"{number}-{name.replace('/', '-')}").write_bytes(data)
        atheris.Setup([sys.argv[0], *BOUNDS, f"-artifact_prefix={tempfile.gettempdir()}/", *sys.argv[1:], folder], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
