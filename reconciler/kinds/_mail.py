"""Mail addresses in their canonical spelling, for the kinds that hold them."""

from functools import lru_cache
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from reconciler.model.late import pattern
from reconciler.model.scalars import wrong_type, wrong_value

#: RFC 5321 allows 254; what is far longer isn't looked at.
_LONGEST = 1000
#: No address that isn't longer is too long.
_PLAIN_LONGEST = 120
#: A local part about which there is nothing to judge but what its domain is.
_PLAIN = pattern(r"[a-z0-9_-]{1,32}(?:\.[a-z0-9_-]{1,15}){0,2}")
#: A domain about which there is nothing to judge, unless it lies below a name that nobody can have.
_PLAIN_DOMAIN = pattern(r"(?:[a-z0-9](?:-?[a-z0-9]){0,31}\.){1,8}([a-z]{2,32})")
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
    if domain.isascii() and len(text) <= _PLAIN_LONGEST and _PLAIN.fullmatch(local):
        if (found := _PLAIN_DOMAIN.fullmatch(domain)) and found[1] not in _NOBODYS:
            return text, ""
        host, problem = _judged_whole(f"a@{domain}")
        return ("", _judged_whole(text)[1]) if problem else (f"{local}{host[1:]}", "")
    return _judged_whole(text)


@lru_cache(maxsize=1 << 12)
def _judged_whole(text: str) -> tuple[str, str]:
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=True, test_environment=True)
    except EmailNotValidError as error:
        return "", str(error)
    return f"{found.local_part}@{found.ascii_domain.lower()}", ""


def canonical_domain(value: str) -> str:
    """Return a domain as lower-case A-labels without a trailing dot; raises ``PydanticCustomError``."""
    text = value.removesuffix(".")
    if len(text) > _LONGEST:
        raise wrong_value(f"A domain name has at most 253 characters, not {len(text)}.")
    if text.isascii():
        text = text.lower()
    else:
        import idna

        try:
            text = idna.encode(text, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise wrong_value(f"This is not a domain name: {str(error).rstrip('.')}.") from None
    try:
        canonical_email(f"postmaster@{text}")
    except PydanticCustomError:
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


def _target(value: Any, info: ValidationInfo) -> str:
    domain = (info.context or {}).get("domain")
    if isinstance(value, str) and "@" not in value and domain:
        return hosted_address(domain, value)
    found = canonical_email(value)
    local, _, host = found.rpartition("@")
    return f"{local.lower()}@{host}" if host == domain else found


Email = Annotated[str, BeforeValidator(canonical_email), WithJsonSchema({"type": "string", "format": "email"})]
Target = Annotated[str, BeforeValidator(_target), WithJsonSchema({"type": "string"})]


def sorted_unique(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values in the order that makes equal sets equal."""
    return tuple(sorted(set(values)))


def written_target(domain: str, target: str) -> str:
    """Return a target as a person would write it below ``domain``."""
    return target.removesuffix(f"@{domain}")
