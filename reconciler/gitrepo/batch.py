"""One ``git cat-file`` that answers all questions about objects and names, for as long as a repository is in use.

Starting git costs more than most answers do. It is started with the first question, ends with the repository's last
reader, and is started anew where it has ended meanwhile, as by the key that also interrupts us.
"""

import os
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from reconciler.gitrepo.process import NO_CONFIG, Answer, Process, converse, failure
from reconciler.model.late import dataclass, pattern

#: The questions asked at once fit into a pipe, so nobody waits for somebody who waits, too.
_AT_ONCE = 500
_MOST_SAID = 2**16
_HEADER = pattern(rb"([0-9a-f]{40}) ([a-z]+) ([0-9]+)\n")


class Object(NamedTuple):
    """A git object as it is stored; nobody has compared its bytes with its id yet."""

    id: str
    kind: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class _Program:
    """The running program, where it complains, and who started it: a fork must not read its parent's answers."""

    process: Process
    questions: IO[bytes]
    answers: IO[bytes]
    errors: int
    owner: int


class Batch:
    """Answers questions about one repository, to several threads if need be."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = threading.Lock()
        self._program: _Program | None = None

    def read(self, git_dir: Path, names: Iterable[str]) -> Iterator[Object | None]:
        """Yield the object of each name (an id, a ref, ``ID^{tree}``), None where it isn't there or isn't clear.

        Raises ``RecordError`` where git can't read it.
        """
        rest = iter(names)
        while some := list(islice(rest, _AT_ONCE)):
            with self._lock:
                found = self._answered(git_dir, some)
            yield from found

    def _answered(self, git_dir: Path, names: Sequence[str]) -> list[Object | None]:
        for is_last in (False, True):
            program = self._running(git_dir)
            try:
                return _converse(program, names)
            except OSError:
                self._program, answer = None, _ended(program)
                if is_last:
                    raise failure(answer, f"The git repository {git_dir} can't be read or written") from None
            except BaseException:  # an answer that was half read would be taken for the next one
                self._program = None
                _ended(program)
                raise
        return []

    def _running(self, git_dir: Path) -> _Program:
        if self._program is None or self._program.owner != os.getpid():
            errors = _file_for_errors()
            process = converse(git_dir, {**NO_CONFIG, "GIT_DIR": str(git_dir)}, ("cat-file", "--batch"), errors)
            if process.stdin is None or process.stdout is None:
                raise OSError
            self._program = _Program(process, process.stdin, process.stdout, errors, os.getpid())
            weakref.finalize(self, _ended, self._program)
        return self._program


def _converse(program: _Program, names: Sequence[str]) -> list[Object | None]:
    """Return the answers; raises ``OSError`` where the program has ended."""
    program.questions.write(os.fsencode("".join(f"{name}\n" for name in names)))
    program.questions.flush()
    return [_answer(program.answers) for _ in names]


def _answer(answers: IO[bytes]) -> Object | None:
    header = answers.readline()
    if not header.endswith(b"\n"):
        raise OSError
    told = _HEADER.fullmatch(header)
    if told is None:
        return None
    size = int(told[3])
    data = answers.read(size + 1)
    if len(data) != size + 1:
        raise OSError
    return Object(told[1].decode(), told[2], data[:-1])


def _file_for_errors() -> int:
    """Return a file without a name: nobody reads a pipe while the program runs, and it would wait for that."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("git")
    import tempfile

    try:
        descriptor, name = tempfile.mkstemp()
    except OSError:
        return os.open(os.devnull, os.O_RDWR)
    Path(name).unlink()
    return descriptor


def _ended(program: _Program) -> Answer:
    """End the program and return what it said at last; nothing where that was done before."""
    if program.answers.closed:
        return Answer(0, b"", "")
    for pipe in (program.questions, program.answers):
        with suppress(OSError):
            pipe.close()
    status = program.process.wait()
    said = os.pread(program.errors, _MOST_SAID, 0)
    os.close(program.errors)
    return Answer(status, b"", said.decode("utf-8", "replace"))
