"""Rules over SPF (RFC 7208): one record, that can be read, that ends within ten look-ups and keeps somebody out."""

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network

from reconciler.check.dns.finding import finding
from reconciler.check.dns.zone import RecordSet
from reconciler.check.dns.zones import Zones
from reconciler.kinds.record_spf import MODIFIER, MOST_LOOKUPS, SpfError, canonical_mechanism, cost_of, is_spf
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.late import pattern

_MACRO = pattern(r"%(?:[%_-]|\{[slodipvhSLODIPVH](?:[1-9][0-9]*)?[rR]?[-.+,/_=]*\})")
_TWO_PREFIXES = pattern(r"(/(?:[12]?[0-9]|3[0-2]))?(//(?:[0-9]{1,2}|1[01][0-9]|12[0-8]))?\Z")
#: Nobody needs to know how many more look-ups than these there are.
_MOST_COUNTED = 50


def several_spf(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each TXT record set with more than one SPF record."""
    counts: dict[RecordSet, int] = {}
    for one, _ in _records(zones):
        counts[one] = counts.get(one, 0) + 1
    for one, count in counts.items():
        if count > 1:
            remedy = "Put their senders into one record, and delete the others."
            yield finding(zones, "several-spf", one, f"{one.name} has {count} SPF records.", remedy)


def spf_syntax(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each SPF record that a receiver stops at."""
    for one, text in _records(zones):
        if problem := _problem(text):
            yield finding(zones, "spf-syntax", one, f"{one.name}: {problem}", problem.help)


@lru_cache(maxsize=1 << 12)
def _problem(text: str) -> SpfError | None:
    """Return what is wrong with an SPF record; the same one stands at many names."""
    try:
        check_spf(text)
    except SpfError as error:
        return error.with_traceback(None)
    return None


def check_spf(text: str) -> None:
    """Raise :class:`SpfError` for the first term of an SPF record that a receiver stops at or never reads."""
    if not (text.isascii() and text.isprintable()):
        raise SpfError("Other characters than those of ASCII stand in the SPF record.", "Correct or delete them.")
    end, seen = "", set()
    for term in text.split(" ")[1:]:
        if found := MODIFIER.match(term):
            name = found[1].lower()
            if name in ("redirect", "exp") and (name in seen or not term[found.end() :]):
                raise SpfError(f"`{name}=` stands there twice or without a domain.", "Keep one, with a domain.")
            seen.add(name)
            _check_macros(term)
        elif term:
            mechanism = canonical_mechanism(term).lstrip("-?~")
            _check_value(term, mechanism)
            if end:
                raise SpfError(f"`{term}` stands behind `{end}`, where receivers don't look.", "Move it in front.")
            end = term if mechanism == "all" else ""
    if end and "redirect" in seen:
        raise SpfError(f"`redirect=` doesn't count beside `{end}`.", "Keep one of the two.")


def _check_value(term: str, mechanism: str) -> None:
    """Raise :class:`SpfError` for a network, a prefix or a macro that is none."""
    name, colon, value = mechanism.partition(":")
    if name.startswith(("exists/", "include/", "ip4/", "ip6/")) or (colon and not value.partition("/")[0]):
        raise SpfError(f"`{term}` names no domain.", "Name one behind the colon, or leave the colon out.")
    try:
        if name == "ip4":
            IPv4Network(value, strict=False)
        elif name == "ip6":
            IPv6Network(value, strict=False)
    except ValueError:
        raise SpfError(f"`{term}` names no network.", "Write `ip4:192.0.2.0/24` or `ip6:2001:db8::/32`.") from None
    at = mechanism.find("/")
    if name.partition("/")[0] in ("a", "mx") and at >= 0 and "{" not in mechanism:
        if not _TWO_PREFIXES.match(mechanism[at:]):
            raise SpfError(f"`{term}` has a wrong length of prefix.", "Write for example `a/24` or `mx/24//64`.")
    elif name in ("ip4", "ip6") and "/" in value and not value.partition("/")[2].isdigit():
        raise SpfError(f"`{term}` has a wrong length of prefix.", "Write it in digits.")
    _check_macros(term)


def _check_macros(term: str) -> None:
    if "%" in _MACRO.sub("", term):
        raise SpfError(f"`{term}` holds a macro that doesn't exist.", "Write a single percent sign as `%%`.")


def spf_over_limit(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each SPF record that needs more look-ups than receivers make."""
    for one, text in _records(zones):
        if (count := _lookups(zones, text)) > MOST_LOOKUPS:
            known = "at least " if "include:" in text.lower() or "redirect=" in text.lower() else ""
            detail = f"The SPF record of {one.name} costs {known}{count} look-ups; receivers make {MOST_LOOKUPS}."
            remedy = "Take out a sender, or name its networks as `ip4:` and `ip6:`, which cost nothing."
            yield finding(zones, "spf-over-limit", one, detail, remedy)


def _lookups(zones: Zones, text: str, before: int = 0) -> int:
    """Return how many look-ups a record costs, what it includes from managed zones counted too, up to a limit."""
    count = before
    for cost, name in _costs(text):
        count += cost
        if name and count < _MOST_COUNTED:
            included = (zones.answers(name) or {}).get("TXT")
            other = next(filter(is_spf, included.texts()), None) if included else None
            count = _lookups(zones, other, count) if other is not None else count
    return count


@lru_cache(maxsize=1 << 12)
def _costs(text: str) -> tuple[tuple[int, str], ...]:
    """Return what each term of an SPF record costs, and the name of the record that it includes."""
    found = []
    for term in text.split(" ")[1:]:
        mechanism = term.lower().lstrip("+-?~")
        redirected = mechanism.startswith("redirect=")
        cost = 1 if redirected else 0 if MODIFIER.match(mechanism) else cost_of(mechanism, {})
        name = mechanism.removeprefix("include:").removeprefix("redirect=").removesuffix(".")
        found.append((cost, name if name != mechanism else ""))
    return tuple(found)


def spf_allows_all(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each SPF record that confirms every sender."""
    for one, text in _records(zones):
        if any(term.lower() in ("all", "+all") for term in text.split(" ")):
            detail = f"The SPF record of {one.name} confirms every sender."
            yield finding(zones, "spf-allows-all", one, detail, "Write `-all` or `~all`.")


def spf_type(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each record set of the type SPF."""
    for one in zones.of_type("SPF"):
        text = zones.zone.at(one.owner).get("TXT")
        has = text is not None and any(map(is_spf, text.texts()))
        detail = f"{one.name} has a record set of the type SPF{' beside' if has else ', and none in'} TXT."
        yield finding(zones, "spf-type", one, detail, "Delete it." if has else "Make it a TXT record.")


def _records(zones: Zones) -> Iterator[tuple[RecordSet, str]]:
    return ((one, text) for one, version, text in zones.policies if version == "spf1" and is_spf(text))
