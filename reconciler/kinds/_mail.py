"""Mail addresses in their canonical spelling, for the kinds that hold them."""

from functools import lru_cache
from typing import Annotated, Any

from reconciler.model.late import pattern
from reconciler.model.marks import BeforeValidator, Info, WithJsonSchema
from reconciler.model.scalars import refusals, wrong_type, wrong_value

#: RFC 5321 allows 254; what is far longer isn't looked at.
_LONGEST = 1000
#: No address that isn't longer is too long.
_PLAIN_LONGEST = 120
#: A local part about which there is nothing to judge but what its domain is.
_PLAIN = pattern(r"[a-z0-9_-]{1,32}(?:\.[a-z0-9_-]{1,15}){0,2}")
#: A domain about which there is nothing to judge, unless it lies below a name that nobody can have.
_PLAIN_DOMAIN = pattern(r"(?:[a-z0-9](?:-?[a-z0-9]){0,31}\.){1,8}([a-z]{2,32})")
#: A label of what a German keyboard writes: lower-case letters of Latin-1, digits, single hyphens.
_PLAIN_LABEL = pattern("[a-z0-9\u00df-\u00f6\u00f8-\u00ff](?:-?[a-z0-9\u00df-\u00f6\u00f8-\u00ff]){0,31}")
_LONGEST_LABEL = 63
_NOBODYS = frozenset({"arpa", "invalid", "local", "localhost", "onion", "test"})


def canonical_email(value: Any) -> str:
    """Return an address with its domain as lower-case A-labels (RFC 5891); raises ``PydanticCustomError``."""
    if not isinstance(value, str):
        raise wrong_type("an e-mail address", "Write an address such as `erika@example.org`.")
    canonical, problem = _judged(value)
    if problem:
        raise wrong_value(f"This is not an e-mail address: {problem}", "Write an address such as `erika@example.org`.")
    return canonical


@lru_cache(maxsize=1 << 12)
def _judged(text: str) -> tuple[str, str]:
    """Return an address in canonical spelling, and what is wrong with it; judging costs, and a file may repeat one.

    Of the usual forms there is nothing to judge; a domain of another is judged once for all plain names in it.
    """
    if len(text) > _LONGEST:
        return "", f"It has {len(text)} characters; {_LONGEST} are allowed."
    local, _, domain = text.rpartition("@")
    if len(text) > _PLAIN_LONGEST or not _PLAIN.fullmatch(local):
        return _judged_whole(text)
    if plain := _plain_domain(domain):
        return f"{local}@{plain}", ""
    if not domain.isascii():
        return _judged_whole(text)
    host, problem = _judged_whole(f"a@{domain}")
    return ("", _judged_whole(text)[1]) if problem else (f"{local}{host[1:]}", "")


@lru_cache(maxsize=1 << 12)
def _judged_whole(text: str) -> tuple[str, str]:
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=True, test_environment=True)
    except EmailNotValidError as error:
        return "", str(error)
    return f"{found.local_part}@{found.ascii_domain.lower()}", ""


def _plain_domain(domain: str) -> str:
    """Return a domain as A-labels if there is nothing to judge about it, and an empty string elsewhere."""
    host = domain if domain.isascii() else _plain_a_labels(domain)
    bare = ".".join("x" if _is_plain_a_label(label) else label for label in host.split(".")) if "xn--" in host else host
    found = _PLAIN_DOMAIN.fullmatch(bare)
    return host if found and found[1] not in _NOBODYS and len(host) <= _PLAIN_LONGEST else ""


def _is_plain_a_label(label: str) -> bool:
    if not label.startswith("xn--"):
        return False
    try:
        written = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return False
    return not written.isascii() and _plain_a_label(written) == label


def _plain_a_label(label: str) -> str:
    """Return a label as A-label where the general library needn't judge it, and an empty string elsewhere."""
    if not _PLAIN_LABEL.fullmatch(label):
        return ""
    found = label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
    return found if len(found) <= _LONGEST_LABEL else ""


def _plain_a_labels(domain: str) -> str:
    labels = [_plain_a_label(label) for label in domain.split(".")]
    return ".".join(labels) if all(labels) and len(domain) <= _PLAIN_LONGEST else ""


def _a_labels(text: str) -> str:
    """Return a domain that isn't ASCII as A-labels; raises ``PydanticCustomError``."""
    if plain := _plain_a_labels(text):
        return plain
    import idna

    try:
        return idna.encode(text, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise wrong_value(f"This is not a domain name: {str(error).rstrip('.')}.") from None


@lru_cache(maxsize=1 << 12)
def canonical_domain(value: str) -> str:
    """Return a domain as lower-case A-labels without a trailing dot; raises ``PydanticCustomError``."""
    text = value.removesuffix(".")
    if len(text) > _LONGEST:
        raise wrong_value(f"A domain name has at most 253 characters, not {len(text)}.")
    text = text.lower() if text.isascii() else _a_labels(text)
    try:
        canonical_email(f"postmaster@{text}")
    except refusals():
        raise wrong_value(
            f"{value!r} is not a domain that mail can go to.", "Write one such as `example.org`."
        ) from None
    return text


def hosted_address(domain: str, local: str) -> str:
    """Return the address of a mailbox or alias of ours; our own local parts are kept in lower case."""
    if "@" in local:
        raise wrong_value(f"Only the part before the @ stands here, because the domain {domain} is given above.")
    found = canonical_email(f"{local}@{canonical_domain(domain)}")
    name, _, host = found.rpartition("@")
    return f"{name.lower()}@{host}"


def _target(value: Any, info: Info) -> str:
    domain = (info.context or {}).get("domain")
    if isinstance(value, str) and "@" not in value and domain:
        return hosted_address(domain, value)
    found = canonical_email(value)
    local, _, host = found.rpartition("@")
    return f"{local.lower()}@{host}" if host == domain else found


Email = Annotated[str, BeforeValidator(canonical_email), WithJsonSchema({"type": "string", "format": "email"})]
Target = Annotated[str, BeforeValidator(_target, informed=True), WithJsonSchema({"type": "string"})]


def sorted_unique(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values in the order that makes equal sets equal."""
    return tuple(sorted(set(values)))


def written_target(domain: str, target: str) -> str:
    """Return a target as a person would write it below ``domain``."""
    return target.removesuffix(f"@{domain}")
