"""Remotes to push to and clone from: a bare repository by path, over http and over ssh."""

import base64
import getpass
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from program import Repository, run

_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin"))


@dataclass(frozen=True)
class Remote:
    """A bare repository and the address under which clones know it."""

    url: str
    bare: Repository

    def clone(self, into: Path, *options: str) -> Repository:
        """Return a clone, made with git's own options."""
        done = run(["git", "clone", "--quiet", *options, self.url, str(into)], into.parent, self.bare.env)
        assert done.code == 0, done.err
        return Repository(into, self.bare.env)

    def ref(self, name: str) -> str:
        """Return the id that a ref is at, or an empty text."""
        return self.bare.git("for-each-ref", "--format=%(objectname)", name)


def path_remote(repo: Repository, at: Path) -> Remote:
    """Make a bare repository beside ``repo``, its ``origin``, and push the present branch to it."""
    run(["git", "init", "--quiet", "--bare", str(at)], at.parent, repo.env)
    remote = Remote(str(at), Repository(at, repo.env))
    repo.git("remote", "add", "origin", remote.url)
    repo.git("push", "--quiet", "--set-upstream", "origin", "HEAD")
    return remote


@dataclass
class HttpRemotes:
    """Every bare repository below ``root`` over http, by git's own ``http-backend``.

    ``password`` demands that of any user, ``readonly`` answers every push with 403; ``seen`` are the requests.
    """

    root: Path
    port: int = 0
    password: str = ""
    readonly: bool = False
    seen: list[str] = field(default_factory=list)

    def url(self, name: str, user: str = "") -> str:
        """Return the address of a repository."""
        return f"http://{user + '@' if user else ''}127.0.0.1:{self.port}/{name}"


@contextmanager
def http_remotes(root: Path) -> Iterator[HttpRemotes]:
    """Serve the repositories below ``root`` while the block runs."""
    remotes = HttpRemotes(root)
    handler = type("Handler", (_Backend,), {"remotes": remotes})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        remotes.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield remotes
        finally:
            server.shutdown()
            thread.join()


class _Backend(BaseHTTPRequestHandler):
    """CGI, as far as ``git http-backend`` needs it; bodies may come in chunks, and gzip is left to git."""

    protocol_version = "HTTP/1.1"
    remotes: HttpRemotes

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer."""
        body = self._body()
        path, _, query = self.path.partition("?")
        self.remotes.seen.append(f"{self.command} {self.path}")
        if self.remotes.password and not self._knows_password():
            self._plain(401, {"WWW-Authenticate": 'Basic realm="git"'})
        elif self.remotes.readonly and "git-receive-pack" in self.path:
            self._plain(403, {})
        else:
            self._answer(path, query, body)

    def do_POST(self) -> None:
        """Answer."""
        self.do_GET()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _knows_password(self) -> bool:
        given = self.headers.get("Authorization", "").removeprefix("Basic ")
        return base64.b64decode(given).decode().partition(":")[2] == self.remotes.password

    def _plain(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def _answer(self, path: str, query: str, body: bytes) -> None:
        environ = {
            "PATH": _PATH,
            "GIT_PROJECT_ROOT": str(self.remotes.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": str(self.remotes.root),
            "REMOTE_USER": "erika",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(["git", "http-backend"], env=environ, input=body, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


@dataclass(frozen=True)
class SshServer:
    """A server of one key; ``command`` is the ssh that may log in there, for ``GIT_SSH_COMMAND``."""

    port: int
    command: str

    def url(self, path: Path) -> str:
        """Return the address of a repository."""
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{path}"


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """Run an sshd of our own while the block runs; its keys and configuration lie in ``folder``."""
    folder.mkdir(mode=0o700)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    public = (folder / "host.pub").read_text().split()
    (folder / "known").write_text(f"[127.0.0.1]:{port} {public[0]} {public[1]}\n")
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/user.pub\n"
        f"PidFile {folder}/pid\nStrictModes no\nUsePAM no\nPermitRootLogin prohibit-password\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nAcceptEnv GIT_PROTOCOL\n"
        "UseDNS no\nPrintMotd no\nKexAlgorithms curve25519-sha256\n"
    )
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    daemon = run(["which", "sshd"], folder, {"PATH": _PATH}).out.strip()
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([daemon, "-D", "-e", "-f", str(folder / "config")], stderr=log)
    try:
        _wait_for(port)
        command = f"ssh -F none -i {folder}/user -o IdentitiesOnly=yes -o UserKnownHostsFile={folder}/known"
        yield SshServer(port, command)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("sshd didn't start")
