"""Runs a server's own program: without a shell, with nothing of our environment, and not for long."""

import os
import shutil
from typing import NamedTuple

from reconciler.model.errors import AccountError
from reconciler.model.text import neutral

#: Where programs of administrators lie too, whatever PATH says.
_PLACES = os.pathsep.join(("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"))
_SECONDS = 30.0


class Answer(NamedTuple):
    """How a program ended, and what it printed, neutralised."""

    status: int
    text: str


def run(name: str, *arguments: str, seconds: float = _SECONDS) -> Answer:
    """Run a program to its end; whatever it says is returned. Raises ``AccountError`` where it can't be run at all."""
    path = shutil.which(name, path=_PLACES)
    if path is None:
        raise AccountError(f"The program {name} isn't installed here.", "Install it, or make the zone by hand.")
    import asyncio  # a tenth of a whole start, and only zones that come or go need it

    return asyncio.run(_run(path, arguments, seconds))


async def _run(path: str, arguments: tuple[str, ...], seconds: float) -> Answer:
    import asyncio

    try:
        process = await asyncio.create_subprocess_exec(
            path,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={"PATH": _PLACES, "LANG": "C"},
        )
    except OSError as error:
        raise AccountError(f"{path} can't be run: {error.strerror}.", "See that it may be run.") from None
    try:
        said, _ = await asyncio.wait_for(process.communicate(), seconds)
    except TimeoutError:
        process.kill()
        await process.wait()
        return Answer(-1, f"no answer within {seconds:g} seconds")
    return Answer(process.returncode or 0, neutral(" ".join(said.decode("utf-8", "replace").split())))
