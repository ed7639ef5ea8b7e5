"""An authority of a test's own, and a certificate of it for this machine; openssl makes both."""

import ssl
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_CONFIG = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = Test
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = IP:127.0.0.1
"""
_NEW = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")


@dataclass(frozen=True)
class Tls:
    """The files of an authority and of a server that it vouches for, which is 127.0.0.1."""

    folder: Path

    @property
    def authority(self) -> str:
        """The file with the authority's certificate."""
        return str(self.folder / "authority.pem")

    @property
    def certificate(self) -> str:
        """The file with the server's certificate."""
        return str(self.folder / "server.pem")

    @property
    def key(self) -> str:
        """The file with the server's key."""
        return str(self.folder / "server.key")

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """Whom to trust so as to trust the server."""
        return ssl.create_default_context(cafile=self.authority)


def make_tls(folder: Path) -> Tls:
    """Make an authority and a certificate in a folder, valid for two days."""
    made = Tls(folder)
    (folder / "openssl.cnf").write_text(_CONFIG)
    authority_key = str(folder / "authority.key")
    _openssl(folder, "authority", authority_key, made.authority)
    _openssl(folder, "server", made.key, made.certificate, "-CA", made.authority, "-CAkey", authority_key)
    return made


def _openssl(folder: Path, section: str, key: str, out: str, *more: str) -> None:
    config = ("-config", str(folder / "openssl.cnf"), "-extensions", section)
    subprocess.run(["openssl", *_NEW, *config, "-keyout", key, "-out", out, *more], check=True, capture_output=True)
