"""The experiments over HTTP: how often the service is asked when each request waits, and how long it takes."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from delayed import Asked, Delayed, before, round_trips
from firms import replace_in
from measuring import BenchError, Sample
from results import Measured
from trial import Trial
from workloads import PLACE, RECONCILER, environment, git

DELAY = 0.020
#: How many resources are changed over HTTP, and how many of those are mailboxes; the others are record sets.
CHANGES, MAILBOXES = 100, 20
TURNS = 3


@dataclass(frozen=True)
class Remote(Trial):
    """An account behind a service that is slow to answer."""

    token: str = ""

    @property
    def env(self) -> dict[str, str]:
        """The environment of every command here, with the token."""
        return {**environment(self.folder / "cache"), "ACCOUNT_TOKEN": self.token}


def http(size: int) -> Measured:
    """Plan an account over HTTP, cold and warm; apply changes to it; plan with other delays."""
    found = Measured()
    with _served(size) as (url, token, folder), before(url, 0) as between:
        place = Remote(folder, token=token)
        _adopt(place, between.url)
        between.taken()
        between.delay = DELAY
        for turn in range(TURNS):
            place.forget()
            cold = found.add("cold", place.run("plan"))
            _count(found, "cold", between.taken())
            warm = found.add("warm", place.run("plan"))
            _count(found, "warm", between.taken())
            if not turn:
                place.prove([cold, warm])
                between.taken()
        _delays(found, place, between)
        _apply(found, place, between)
    return found


def _count(found: Measured, what: str, asked: Sequence[Asked]) -> None:
    """Keep how often was asked: in all, for pages that came, with a condition, refused, and one after another."""
    reads = [one for one in asked if one.verb == "GET"]
    found.facts |= {
        f"{what}: requests": len(asked),
        f"{what}: pages": len({one.path for one in reads if one.status == 200 and one.path.count("/") > 2}),
        f"{what}: collections": len({one.path.partition("?")[0] for one in reads if one.path.count("/") > 2}),
        f"{what}: unconditional": sum(not one.conditional for one in reads if one.path.count("/") > 2),
        f"{what}: unchanged": sum(one.status == 304 for one in asked),
        f"{what}: refused": sum(one.status in (429, 503) for one in asked),
        f"{what}: writes": sum(one.verb != "GET" for one in asked),
        f"{what}: round trips": round_trips(asked),
    }


def _delays(found: Measured, place: Remote, between: Delayed) -> None:
    """Plan with other delays: what grows are the round trips that nobody can do at once."""
    for milliseconds in (0, 100, 200):
        between.delay = milliseconds / 1000
        for _ in range(TURNS):
            found.add(f"warm, {milliseconds} ms", place.run("plan"))
    between.delay = DELAY
    between.taken()


def _apply(found: Measured, place: Remote, between: Delayed) -> None:
    """Change record sets and mailboxes, and count the requests that write."""
    replace_in(sorted(place.zones.iterdir()), CHANGES - MAILBOXES, "ttl: 3600\n", "ttl: 1800\n")
    replace_in([place.account / "mail.yaml"], MAILBOXES, "name: Information\n", "name: Auskunft\n")
    place.commit((), f"{CHANGES} resources change")
    planned: Sample = place.run("plan")
    if f"{CHANGES} to change" not in planned.said:
        raise BenchError(f"The plan isn't one of {CHANGES} changes:\n{planned.said[-500:]}")
    between.taken()
    found.add("apply", place.run("apply", "--auto-approve"))
    _count(found, "apply", between.taken())
    found.facts["apply: changes"] = CHANGES


def _adopt(place: Remote, url: str) -> None:
    """Write the account as YAML, commit it, and take everything into ownership."""
    place.account.mkdir()
    git(place.account, "init", "--quiet", "-b", "main")
    place.run("init", "--url", url, "--token", "env/ACCOUNT_TOKEN")
    git(place.account, "add", "--all")
    git(place.account, "commit", "--quiet", "-m", "As it is")
    place.run("apply", "--auto-approve")


@contextmanager
def _served(size: int) -> Iterator[tuple[str, str, Path]]:
    """Serve a demonstration account of a size; return where, its token, and a folder to work in."""
    folder = PLACE / "trial" / f"http-{size}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    line = [RECONCILER, "serve", "--demo", "--size", str(size), "--port", "0", "--quiet"]
    said = folder / "said"
    with said.open("wb") as out:
        process = subprocess.Popen(line, cwd=folder, env=environment(folder / "none"), stdout=out, stderr=out)
    try:
        yield (*_told(process, said), folder)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _told(process: "subprocess.Popen[bytes]", said: Path) -> tuple[str, str]:
    """Return where a service listens, and its token, as soon as it says so."""
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        text = said.read_text()
        where, token = re.search(r"http://\S+", text), re.search(r"export ACCOUNT_TOKEN=(\S+)", text)
        if where and token:
            return where[0], token[1]
        time.sleep(0.05)
    raise BenchError(f"The service doesn't say where it is:\n{said.read_text()}")
