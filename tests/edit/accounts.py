"""Generated live accounts, as a provider reports them: with odd names, every record type, and texts full of marks."""

from typing import Any

from hypothesis import strategies as st

from reconciler.kinds import KINDS
from reconciler.kinds.record import record_value
from reconciler.kinds.record_text import opaque_value, record_address, wire_value
from reconciler.model.address import Address, join, kind_of, live_id_address
from reconciler.model.fields import Value
from reconciler.model.state import Live

DOMAINS = ("example.org", "example.net", "xn--mller-kva.example", "2.0.192.in-addr.arpa")
#: One value of every record type that octoDNS or a registrar is likely to show, in presentation format.
RDATA = {
    "A": "203.0.113.10",
    "AAAA": "2001:db8::10",
    "AFSDB": "1 afs.example.org.",
    "APL": "1:192.0.2.0/24 !2:2001:db8::/32",
    "CAA": '0 issue "ca.example.net; policy=\\"ev\\""',
    "CERT": "PGP 0 0 AAAA",
    "CNAME": "www.example.org.",
    "CSYNC": "66 3 A NS AAAA",
    "DHCID": "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
    "DNAME": "example.net.",
    "DNSKEY": "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==",
    "DS": "12345 13 2 49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD",
    "EUI48": "00-00-5e-00-53-2a",
    "EUI64": "00-00-5e-ef-10-00-00-2a",
    "HINFO": '"a cpu" "an os"',
    "HIP": "2 200100107B1A74DF365639CC39F1D578 AwEAAQ== rvs.example.org.",
    "HTTPS": '1 . alpn="h2,h3" ipv4hint="192.0.2.1"',
    "IPSECKEY": "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
    "KX": "10 kx.example.org.",
    "LOC": "52 22 23.000 N 4 53 32.000 E -2.00m 1.00m 10000.00m 10.00m",
    "MX": "10 mail.example.org.",
    "NAPTR": '100 10 "S" "SIP+D2U" "!^.*$!sip:info\\\\1@example.org!" _sip._udp.example.org.',
    "NS": "ns.example.net.",
    "OPENPGPKEY": "AwEAAQ==",
    "PTR": "a\\.b.example.org.",
    "RP": "erika.example.org. text.example.org.",
    "SMIMEA": "3 1 1 " + "ab" * 32,
    "SPF": "v=spf1 -all",
    "SRV": "1 2 443 www.example.org.",
    "SSHFP": "4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789",
    "SVCB": "0 www.example.org.",
    "TLSA": "3 0 0 " + "cd" * 300,
    "TYPE65280": "\\# 4 0A000001",
    "URI": '10 1 "https://www.example.org/?q=\\"a\\""',
}
OWNERS = (
    "@",
    "*",
    "www",
    "a\\.b",
    "*.w10",
    "*.w2",
    "no",
    "10",
    "1.5",
    "_dmarc",
    "xn--mller-kva",
    "a\\032b",
    "a/b",
    "~",
)
OPTIONS = (
    None,
    {"octodns": {"healthcheck": {"port": 443, "path": "/no"}}},
    {"octodns": {"cloudflare": {"comment": "yes", "tags": ["1e3", "~"], "nothing": None}}},
)
NO_CATCH_ALL = KINDS["mail_domain"].parse("mail_domain/example.org", {})
LOCALS = st.one_of(
    st.sampled_from(
        ("info", "on", "010", "jörg", "o'neill", "a%b", "a/b", "{x}", "{{vars.x}}", "x+y", "~me", "=", "#1")
    ),
    st.from_regex(r"[a-z0-9][a-z0-9_+-]{0,8}", fullmatch=True),
)
_LINES = (
    "Zeile 1\n\nZeile 2\n",
    "a\nb",
    " a\nb",
    "a \n",
    "\ta",
    "Grüße\u2028x",
    "\x85",
    "😀",
    "\u00a0",
    "---",
    "a\r\nb",
)
TEXTS = st.one_of(
    st.sampled_from(
        (
            "no",
            "010",
            "12:30",
            " x ",
            "- a",
            "a: b",
            "# c",
            "'",
            '"',
            "{{ vars.web }}",
            "{% if %}",
            "{{{{",
            "{#",
            "\\",
            *_LINES,
        )
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn")), min_size=1, max_size=40),
)


LINES = TEXTS.map(lambda text: " ".join(text.split())[:70].strip()).filter(lambda text: text and text.isprintable())


@st.composite
def lives(draw: st.DrawFn) -> Live:
    """A whole live account."""
    state: dict[Address, Value] = {}
    for domain in draw(st.lists(st.sampled_from(DOMAINS), unique=True, max_size=3)):
        state[join("zone", domain)] = KINDS["zone"].parse(join("zone", domain), {})
        state |= draw(_records(domain))
        state |= draw(_mail(domain)) if not domain.endswith("arpa") else {join("mail_domain", domain): NO_CATCH_ALL}
    state |= draw(_people())
    state |= draw(_settings())
    for topic in draw(st.lists(st.sampled_from(("maintenance", "no", "Neue Funktionen", "1")), unique=True)):
        _put(state, join("notification", topic), channels=draw(_subset(("email", "sms", "post"))))
    return Live("K-104711", "embedded:account.db", state)


@st.composite
def _records(draw: st.DrawFn, zone: str) -> dict[Address, Value]:
    found: dict[Address, Value] = {}
    for owner in draw(st.lists(st.sampled_from(OWNERS), unique=True, max_size=5)):
        for rtype in draw(st.lists(st.sampled_from(sorted(RDATA)), unique=True, min_size=1, max_size=3)):
            options = draw(st.sampled_from(OPTIONS))
            found[record_address(zone, owner, rtype)] = record_value(
                rtype, 300, [wire_value(rtype, RDATA[rtype])], options
            )
    texts = draw(st.lists(st.binary(max_size=300), max_size=3))
    texts += draw(
        st.lists(
            st.sampled_from((b"", b"no", b"v=DMARC1; p=none", b'"', b"\\;", b"\\", b" x ", b"{{ x }}")), max_size=2
        )
    )
    if texts:
        found[record_address(zone, "txt", "TXT")] = record_value("TXT", 0, [_txt(text) for text in texts])
    if draw(st.booleans()):
        alias = {"name": "elb.example.net.", "zone": "010", "evaluate": True, "weight": 5, "set": None}
        found[record_address(zone, "@", "ALIAS")] = record_value("ALIAS", 60, [opaque_value("www.example.net.")])
        found[record_address(zone, "p", "Route53Provider/ALIAS")] = record_value(
            "Route53Provider/ALIAS", 942942942, [opaque_value(alias)]
        )
    return found


def _txt(data: bytes) -> bytes:
    parts = [data[at : at + 255] for at in range(0, len(data), 255)] or [b""]
    return b"".join(bytes((len(part),)) + part for part in parts)


@st.composite
def _mail(draw: st.DrawFn, domain: str) -> dict[Address, Value]:
    found: dict[Address, Value] = {}
    locals_ = draw(st.lists(LOCALS, unique=True, max_size=4))
    targets = st.lists(st.sampled_from((f"info@{domain}", "partner@example.com", "no@example.com")), max_size=2)
    _put(found, join("mail_domain", domain), **({"catch_all": f"info@{domain}"} if draw(st.booleans()) else {}))
    for local in locals_:
        if draw(st.booleans()):
            _put(found, join("alias", f"{local}@{domain}"), targets=draw(targets) or [f"info@{domain}"])
            continue
        given: dict[str, Any] = {"name": draw(TEXTS), "forward_to": draw(targets), "keep_copy": draw(st.booleans())}
        given["quota"] = draw(st.sampled_from((1, 1000, 2**20, 2**30, 5 * 2**30, 2**40)))
        if draw(st.booleans()):
            given["autoreply"] = {"subject": draw(TEXTS), "text": draw(TEXTS), "from": "2026-12-20"}
        _put(found, join("mailbox", f"{local}@{domain}"), **given)
    return found


@st.composite
def _people(draw: st.DrawFn) -> dict[Address, Value]:
    found: dict[Address, Value] = {}
    emails = st.tuples(LOCALS, st.sampled_from(("example.org", "example.net")))
    for number, (local, domain) in enumerate(draw(st.lists(emails, unique=True, max_size=4))):
        given: dict[str, Any] = {
            "name": draw(TEXTS),
            "email": f"{local}@{domain}",
            "may": draw(_subset(("speak", "authorise"))),
        }
        given["scope"] = draw(st.sampled_from(("internal", "external")))
        if draw(st.booleans()):
            given |= {"phone": "+49511123456", "packages": draw(_subset(("web-1", "no", "1")))}
        _put(found, live_id_address("contact", str(number)), **given)
    addresses = st.one_of(st.ip_addresses(network="203.0.113.0/24"), st.ip_addresses(network="2001:db8::/120"))
    for number, address in enumerate(draw(st.lists(addresses, unique=True, max_size=3))):
        _put(found, live_id_address("whitelist_entry", str(number)), address=str(address))
    return found


@st.composite
def _settings(draw: st.DrawFn) -> dict[Address, Value]:
    found: dict[Address, Value] = {}
    logins = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,8}", fullmatch=True)
    for number, login in enumerate(draw(st.lists(logins, unique=True, max_size=3))):
        rights, home = (
            st.sampled_from(("read-write", "read-only")),
            st.sampled_from(("/", "/no", "/a b/#c", "/ä/{{x}}")),
        )
        _put(found, live_id_address("ftp_account", str(number)), login=login, home=draw(home), rights=draw(rights))
    if draw(st.booleans()):
        places = st.sampled_from(({"country": "NO", "postcode": "0001"}, {"country": "GB", "postcode": "M2 5BQ"}, {}))
        lines = st.fixed_dictionaries({}, optional=dict.fromkeys(("first_name", "street", "additional", "city"), LINES))
        _put(found, "address", **draw(lines), **draw(places), phone=draw(st.sampled_from((None, "+49511123456"))))
    if draw(st.booleans()):
        debit = st.builds(dict, by=st.just("sepa_debit"), holder=LINES, bic=st.sampled_from((None, "COBADEFFXXX")))
        mail = st.just({"by": "email", "to": "rechnung@example.org"})
        _put(
            found,
            "billing",
            pay=draw(debit | st.just({"by": "transfer"})),
            invoice=draw(mail | st.just({"by": "post"})),
        )
    for name in draw(_subset(("service", "telephone"))):
        _put(found, join("password", name), is_set=draw(st.booleans()))
    return found


def _subset(words: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words), unique=True)


def _put(state: dict[Address, Value], address: Address, /, **fields: Any) -> None:
    state[address] = KINDS[kind_of(address)].parse(address, fields)
