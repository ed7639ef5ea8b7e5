"""Runs git, hardened: the only file that starts it.

Every command runs with hooks, file-system monitor, filters, replacement objects, lazy fetching and every transport
switched off, and without the system's and the user's configuration. :func:`reach_out` is the way to a remote: there the
transports and what the user says about networks and credentials are let in, and nothing else.
"""

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TypeAlias

from reconciler.model.errors import RecordError
from reconciler.model.late import dataclass, pattern
from reconciler.model.text import neutral

_OLDEST_GIT = (2, 32)  # the first that can be kept from reading the user's configuration (GIT_CONFIG_GLOBAL)
_TRUST = "If you trust it, say so with `git config --global --add safe.directory FOLDER`."
FSCK = "Run `git fsck` there. Another clone may have it: fetch it from there."


_SWITCHES = (
    "--no-pager",
    "--literal-pathspecs",
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.alternateRefsCommand="),
    *("-c", "protocol.allow=never"),
    *("-c", "gc.auto=0"),
    *("-c", "core.fsync=committed"),  # the record is a write-ahead log: an intent must outlive a power failure
    *("-c", "core.filesRefLockTimeout=5000"),
    *("-c", "safe.bareRepository=all"),
)
_QUIET = {
    "LANGUAGE": "C",  # what it says is read
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
}
NO_CONFIG = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
NO_CONFIG |= {"GIT_CONFIG_COUNT": "0", "GIT_CONFIG_PARAMETERS": ""}
#: All that git gets of the environment: where it is, who runs it, and no secret. What a hook binds its children with
#: isn't there either, nor configuration in ``GIT_CONFIG_VALUE_*``, which may hold a token.
_PASSED_ON = pattern(
    "PATH|HOME|USER|LOGNAME|LANG|LC_[A-Z]+|TZ|TMPDIR|LD_LIBRARY_PATH|XDG_CONFIG_HOME|EMAIL|GIT_EXEC_PATH"
    "|GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE)|GIT_CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM)|GIT_TEST_[A-Z_]+"
)
#: What a command to a remote gets besides: the user's or the CI system's word on networks, keys and credentials.
_PASSED_OUTWARD = pattern(
    _PASSED_ON.pattern + "|SSH_AUTH_SOCK|SSH_AGENT_PID|GIT_SSH(?:_COMMAND|_VARIANT)?|GIT_ASKPASS|GIT_PROTOCOL"
    "|(?i:https?|all|no)_(?i:proxy)|SSL_CERT_(?:FILE|DIR)|CURL_CA_BUNDLE|GIT_(?:SSL|PROXY_SSL|HTTP)_[A-Z_]+"
    "|GIT_CONFIG_(?:COUNT|PARAMETERS|(?:KEY|VALUE)_[0-9]+)|KRB5CCNAME|GNUPGHOME|GPG_TTY|DBUS_SESSION_BUS_ADDRESS"
    "|XDG_(?:RUNTIME_DIR|DATA_HOME|CACHE_HOME)"
)
_TRANSPORTS = {"GIT_ALLOW_PROTOCOL": "file:http:https:ssh"}


#: A git that runs.
Process: TypeAlias = "subprocess.Popen[bytes]"


@dataclass(frozen=True, slots=True)
class Answer:
    """How git ended, and what it said."""

    status: int
    out: bytes
    err: str


@cache
def git_version() -> tuple[int, ...]:
    """Return the version of the git that is used here; raises ``RecordError`` when it is missing or too old."""
    process = _spawn(["git", "version"], _environment(_PASSED_ON, {}))
    found = re.search(rb"version ([0-9]+(?:\.[0-9]+)+)", process.communicate()[0])
    version = tuple(map(int, found[1].split(b"."))) if found else ()
    if process.returncode or not found:
        raise _missing()
    if version < _OLDEST_GIT:
        raise RecordError(f"Git {found[1].decode()} is too old.", "Install git 2.32 or newer.")
    return version


def _missing() -> RecordError:
    return RecordError("Git is not installed, or can't be run.", "Install git 2.32 or newer.")


def run(folder: Path, environment: Mapping[str, str], arguments: Sequence[str], input: bytes = b"") -> Answer:
    """Run git in ``folder`` to its end; whatever it says is returned, never raised."""
    process = _start(folder, environment, arguments, _PASSED_ON)
    out, err = process.communicate(input)
    return Answer(process.returncode, out, err.decode("utf-8", "replace"))


def converse(folder: Path, environment: Mapping[str, str], arguments: Sequence[str], errors: int) -> Process:
    """Start a git command that is asked and answers until its input ends; what it complains of goes to ``errors``."""
    return _start(folder, environment, arguments, _PASSED_ON, errors=errors)


def reach_out(
    folder: Path, environment: Mapping[str, str], arguments: Sequence[str], limit: float, input: bytes = b""
) -> Answer:
    """Run a git command that talks to a remote or signs, for ``limit`` seconds at most.

    It gets a session of its own: without a terminal neither git nor ssh can ask anybody, and whatever git has started
    ends with it.
    """
    process = _start(folder, {**_TRANSPORTS, **environment}, arguments, _PASSED_OUTWARD, alone=True)
    try:
        out, err = process.communicate(input, timeout=limit)
    except BaseException as error:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            return Answer(-1, b"", f"fatal: no answer within {limit:g} seconds\n")
        raise
    return Answer(process.returncode, out, err.decode("utf-8", "replace"))


def _start(
    folder: Path,
    environment: Mapping[str, str],
    arguments: Sequence[str],
    passed_on: re.Pattern[str],
    *,
    errors: int = subprocess.PIPE,
    alone: bool = False,
) -> Process:
    git_version()
    command = ["git", "-C", str(folder), *_SWITCHES, *arguments]
    return _spawn(command, _environment(passed_on, environment), errors=errors, alone=alone)


def _spawn(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    errors: int = subprocess.PIPE,
    alone: bool = False,
) -> Process:
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=errors, env=environment, start_new_session=alone
        )
    except OSError:
        raise _missing() from None


def _environment(passed_on: re.Pattern[str], more: Mapping[str, str]) -> dict[str, str]:
    """Return all that git gets of the environment, and what is said here."""
    return {**{name: text for name, text in os.environ.items() if passed_on.fullmatch(name)}, **_QUIET, **more}


def failure(answer: Answer, what: str) -> RecordError:
    """Return the error that says ``what`` failed, in git's own first words."""
    lines = [line for line in answer.err.splitlines() if line.strip()]
    said = next((line for line in lines if line.startswith("fatal: ")), lines[0] if lines else "git said nothing")
    if "dubious ownership" in said:
        return RecordError(f"{what}: it belongs to another user.", _TRUST)
    reason = re.sub("^(?:fatal|error|warning): ", "", said).rstrip(".")
    return RecordError(neutral(f"{what}: {reason}."), FSCK if re.search("object|corrupt|stream", said) else "")
