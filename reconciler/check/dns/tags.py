"""Lists of tags (``v=DMARC1; p=none``), as DMARC, MTA-STS and TLS reporting write them."""

from collections.abc import Mapping

from reconciler.model.late import pattern

_WORD = pattern(r"[A-Za-z]+\Z")
_FIELD = pattern(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}\Z")


class TagError(Exception):
    """A list of tags that a receiver doesn't accept: why."""


def read_tags(text: str, version: str, spaces: bool = False) -> Mapping[str, str]:
    """Return the tags in their order, which begins with ``v``; raises :class:`TagError`.

    DMARC lets ``spaces`` stand around the equals sign, and names tags by letters only; the others don't.
    """
    tags: dict[str, str] = {}
    parts = text.split(";")
    for number, part in enumerate(parts, start=1):
        if not part.strip():
            if number < len(parts):
                raise TagError("Nothing stands in front of a semicolon.")
            continue
        name, _, value = part.strip().partition("=")
        if spaces:
            name, value = name.strip(), value.strip()
        if not value or value != value.strip() or not (_WORD if spaces else _FIELD).match(name):
            raise TagError(f"`{part.strip()[:40]}` is no tag with a value.")
        if name in tags:
            raise TagError(f"`{name}=` stands there twice.")
        tags[name] = value
    if next(iter(tags.items()), None) != ("v", version):
        raise TagError(f"It doesn't begin with `v={version};`.")
    return tags
