"""What the service says of each request, and what is said of tokens."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from reconciler.model.fields import Json
from reconciler.model.text import neutral
from reconciler.report.ink import Line, Tone, line

FORMAT_VERSION = 1


def request_line(when: datetime, caller: str, token: str, asked: str, status: int) -> Line:
    """Return the line of one request."""
    return line(f"{_moment(when)} {neutral(caller)} {neutral(token)} {neutral(asked)} {status}")


def cleartext_line(url: str) -> Line:
    """Return the line that warns of tokens which anybody on the way can read."""
    return line(
        ("Warning: ", Tone.DANGER),
        f"{url} is reached from everywhere without TLS, so tokens cross the network in the clear. Listen on 127.0.0.1 "
        "behind a proxy that ends TLS, or name one that does with --trusted-proxy.",
    )


def token_lines(name: str, scopes: Iterable[str], made: datetime, revoked: datetime | None) -> Iterator[Line]:
    """Yield what is known of one token."""
    ended = f", revoked {_moment(revoked)}" if revoked else ""
    yield line((neutral(name), Tone.BOLD), f"  made {_moment(made)}{ended}")
    yield line(f"    {', '.join(sorted(scopes))}")


def token_json(name: str, scopes: Iterable[str], made: datetime, revoked: datetime | None) -> Json:
    """Return what is known of one token as JSON types."""
    return {
        "name": name,
        "scopes": sorted(scopes),
        "made": _moment(made),
        "revoked": _moment(revoked) if revoked else None,
    }


def _moment(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def revoked_line(name: str) -> Line:
    """Return the line that says that a token was revoked."""
    return line((f"{neutral(name)}: ", Tone.BOLD), "revoked; whoever still uses it is refused")
