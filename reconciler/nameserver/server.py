"""A name server, and the key that signs what passes between it and us."""

from reconciler.model.late import dataclass
from reconciler.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Key:
    """A TSIG key (RFC 8945): its name, the algorithm such as ``hmac-sha256``, and the secret in base64."""

    name: str
    algorithm: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server listens, over UDP and TCP; ``timeout`` are the seconds that it may be silent."""

    host: str
    port: int
    key: Key | None
    timeout: float = 10.0

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
