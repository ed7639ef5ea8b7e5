"""Hand-written bad input: each file in `cases/` holds what a person wrote and the whole answer they get.

A case is a list of files (`--- path`) and, after `=== answer`, what `reconciler validate` prints. To add one, write the
files, run this file as a program (`python test_cases.py`), and read the answer it puts there as a user would.
"""

import io
import sys
from pathlib import Path

import pytest

CASES = sorted((Path(__file__).parent / "cases").glob("*.case"))
ANSWER = "=== answer\n"


def parts(case: Path) -> tuple[dict[str, str], str]:
    """Return the files and the expected answer of a case."""
    text, _, answer = case.read_text("utf-8").partition(ANSWER)
    files: dict[str, str] = {}
    for block in text.split("--- ")[1:] if text.startswith("--- ") else []:
        path, _, content = block.partition("\n")
        files[path] = content
    return files, answer


def answer_to(files: dict[str, str], folder: Path) -> tuple[int, str]:
    """Return exit code and output of `reconciler validate` on these files."""
    from reconciler.cli.boundary import guarded
    from reconciler.cli.group import reconciler
    from reconciler.cli.run import Run

    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, "utf-8")
    out = io.StringIO()
    run = Run(folder, {}, out, out)
    code = guarded(run, ["validate"], lambda: reconciler.main(["validate"], standalone_mode=False, obj=run))
    return code, out.getvalue()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_bad_input_gets_exactly_this_answer(case: Path, tmp_path: Path) -> None:
    """Every error has its place, its code and a way to mend it; nothing is written and nothing is traced back."""
    files, expected = parts(case)
    code, answer = answer_to(files, tmp_path)
    assert answer == expected
    assert code == 1
    assert {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()} == set(files)


def test_there_are_many_cases() -> None:
    """The number is stated in the documentation of the project."""
    assert len(CASES) >= 60


if __name__ == "__main__":
    import tempfile

    for path in CASES:
        with tempfile.TemporaryDirectory() as folder:
            given, _ = parts(path)
            code, answer = answer_to(given, Path(folder))
            body = path.read_text("utf-8").partition(ANSWER)[0]
            path.write_text(body + ANSWER + answer, "utf-8")
            sys.stdout.write(f"### {path.stem} (exit {code})\n{answer}\n")
