"""Lists of tags (``v=DMARC1; p=none``), as DKIM, DMARC, MTA-STS and TLS reporting write them."""

import re
from collections.abc import Mapping

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*\Z")


class TagError(Exception):
    """A list of tags that a receiver doesn't accept: why."""


def read_tags(text: str, version: str) -> Mapping[str, str]:
    """Return the tags in their order, which begins with ``v``; raises :class:`TagError`."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        name, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign or not _NAME.match(name):
            raise TagError(f"`{part.strip()[:40]}` is no tag with a value.")
        if name in tags:
            raise TagError(f"`{name}=` stands there twice.")
        tags[name] = value
    if next(iter(tags.items()), None) != ("v", version):
        raise TagError(f"It doesn't begin with `v={version};`.")
    return tags
