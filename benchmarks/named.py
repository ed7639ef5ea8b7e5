"""BIND on a copy of a workload's zones: what is written to it is gone afterwards."""

import random
import shutil
import socket
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measuring import BenchError

HOST = "127.0.0.1"
KEY_NAME, ALGORITHM = "bench.", "hmac-sha256"
#: It protects zones that exist while a benchmark runs, on this machine alone.
KEY = b64encode(b"a key of benchmarks, no secret").decode()

_PORTS = range(20_000, 32_000)

_CONFIG = """\
key "{key}" {{ algorithm {algorithm}; secret "{secret}"; }};
controls {{ }};
logging {{ category default {{ null; }}; }};
options {{
  directory "{folder}"; pid-file "{folder}/named.pid"; session-keyfile "{folder}/session.key";
  managed-keys-directory "{folder}"; listen-on port {port} {{ {host}; }}; listen-on-v6 {{ none; }};
  recursion no; notify no; check-integrity no; dnssec-validation no; transfers-out 200; tcp-clients 500;
  max-journal-size 64m; allow-transfer {{ key "{key}"; {host}; }};
}};
"""
_ZONE = 'zone "{zone}" {{ type primary; file "{file}"; allow-update {{ key "{key}"; }}; }};\n'


def program() -> str:
    """Return where named is."""
    if found := shutil.which("named") or shutil.which("named", path="/usr/sbin:/usr/local/sbin"):
        return found
    raise BenchError("named isn't installed: make servers")


def free_port() -> int:
    """Return a port that nobody listens at, and that no outgoing connection will have later."""
    return next(port for port in random.sample(_PORTS, len(_PORTS)) if is_free(port))


def is_free(port: int) -> bool:
    """Tell whether nobody listens at a port, over TCP and UDP."""
    with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            stream.bind((HOST, port))
            datagrams.bind((HOST, port))
        except OSError:
            return False
    return True


@contextmanager
def serving(masters: Path, folder: Path, port: int) -> Iterator[None]:
    """Serve each master file of a folder, from copies in another one, until the block ends."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(masters, folder)
    zones = sorted(path.name.removesuffix(".zone") for path in folder.glob("*.zone"))
    words = {"key": KEY_NAME, "algorithm": ALGORITHM, "secret": KEY, "folder": folder, "port": port, "host": HOST}
    text = _CONFIG.format(**words) + "".join(_ZONE.format(zone=z, file=f"{z}.zone", key=KEY_NAME) for z in zones)
    (folder / "named.conf").write_text(text)
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen([program(), "-f", "-c", str(folder / "named.conf")], stdout=said, stderr=said)
    try:
        _wait(process, port, zones)
        yield
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def change(port: int, zone: str, *updates: str) -> None:
    """Change a zone by hand, as with nsupdate."""
    text = f"server {HOST} {port}\nzone {zone}\n" + "\n".join(updates) + "\nsend\n"
    key = f"{ALGORITHM}:{KEY_NAME}:{KEY}"
    done = subprocess.run(["nsupdate", "-y", key], input=text, text=True, capture_output=True, check=False)
    if done.returncode:
        raise BenchError(f"nsupdate: {done.stderr}")


def _wait(process: "subprocess.Popen[bytes]", port: int, zones: list[str]) -> None:
    """Wait until the zone that is loaded last is answered."""
    until = time.monotonic() + 120
    question = ["dig", f"@{HOST}", "-p", str(port), "+short", "+tries=1", "+time=1", "-q", zones[-1], "SOA"]
    while not subprocess.run(question, capture_output=True, text=True, check=False).stdout.strip().endswith("300"):
        if process.poll() is not None or time.monotonic() > until:
            raise BenchError(f"named doesn't answer at port {port}")
        time.sleep(0.05)
