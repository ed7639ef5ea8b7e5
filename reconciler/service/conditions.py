"""Conditional requests (RFC 9110, section 13): what a reader has already, and what a writer expects."""

from typing import NamedTuple

from reconciler.service.problems import ProblemError
from reconciler.wire.writes import ANY


class Expected(NamedTuple):
    """What a writer expects: nothing there (``new``), or something, in this ``version`` if one is named."""

    new: bool
    version: str | None = None


def etag(version: object) -> str:
    """Return the entity tag of a version."""
    return f'"{version}"'


def is_known(if_none_match: str | None, version: object) -> bool:
    """Tell whether a reader already has this version; tags are compared weakly."""
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return ANY in tags or etag(version) in tags


def expected(if_match: str | None, if_none_match: str | None) -> Expected:
    """Return what the headers of a write expect; raises ``ProblemError`` where they expect nothing, or too much."""
    if if_match is not None and if_none_match is not None:
        raise ProblemError("malformed", "If-Match and If-None-Match contradict each other: send one.")
    if if_none_match is not None:
        if if_none_match.strip() != ANY:
            raise ProblemError("malformed", "If-None-Match of a write is `*`: it must not exist yet.")
        return Expected(new=True)
    if if_match is None:
        raise ProblemError("unconditional", "Send If-Match with the ETag that you read, or If-None-Match: *.")
    return Expected(new=False, version=_version(if_match.strip()))


def _version(tag: str) -> str | None:
    if tag == ANY:
        return None
    if len(tag) < 3 or not tag.startswith('"') or not tag.endswith('"') or '"' in tag[1:-1]:
        raise ProblemError("malformed", "If-Match is one strong entity tag in quotation marks, or `*`.")
    return tag[1:-1]
