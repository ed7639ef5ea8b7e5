"""Links that an account tells: to which origin one leads, as a browser would understand it."""

from reconciler.model.late import pattern

#: What a browser takes as it stands: no blanks, no backslashes (which some take for slashes), nothing invisible.
_PLAIN = pattern(
    r"https://(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?::(?P<port>[0-9]{1,5}))?(?:[/?#][!-\[\]-~]*)?\Z"
)
_HTTPS = 443


def origin_of(url: str) -> str | None:
    """Return the origin of a link over HTTPS (RFC 6454); None for anything that isn't plainly one."""
    found = _PLAIN.match(url)
    if found is None:
        return None
    port = int(found["port"] or _HTTPS)
    host = found["host"].casefold()
    return f"https://{host}" if port == _HTTPS else f"https://{host}:{port}"
