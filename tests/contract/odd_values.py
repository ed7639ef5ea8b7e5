"""Record sets of every type with values that are easily spoilt on the way; each stands at a name of its own."""

from collections.abc import Mapping

from nameservers.server import RecordSet

_HOST_KEY = (
    "AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+"
    "bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D"
)
_HEX = "0123456789abcdef" * 4
_TEXT = "".join(chr(33 + n % 90) for n in range(64)).replace('"', "x").replace("\\", "x")


def _long(octets: int) -> str:
    """Return a text of that many octets, in strings of 255."""
    text = (_TEXT * (octets // len(_TEXT) + 1))[:octets]
    return " ".join(f'"{text[start : start + 255]}"' for start in range(0, octets, 255))


#: Each type, by a word for what is particular.
_VALUES: Mapping[str, tuple[str, ...]] = {
    "a A": ("0.0.0.0", "255.255.255.255"),
    "a-hundred A": tuple(f"10.0.{n // 250}.{n % 250}" for n in range(100)),
    "more-than-a-hundred A": tuple(f"10.0.{n // 250}.{n % 250}" for n in range(140)),
    "aaaa-plain AAAA": ("2001:db8::1",),
    "aaaa AAAA": ("::", "::ffff:192.0.2.1", "2001:db8::1:0:0:1"),
    "afsdb AFSDB": ("1 afs.example.net.",),
    "amtrelay AMTRELAY": ("10 0 3 relay.example.net.", "10 1 0 ."),
    "apl APL": ("1:192.0.2.0/24 !2:2001:db8::/32",),
    "avc AVC": ('"a name:value" ""',),
    "caa CAA": ('0 issue ";"', '128 issuewild "ca.example.net; account=\\"x\\""', '0 iodef "mailto:a@example.net"'),
    "cert CERT": ("PGP 0 0 aGFsbG8=", "PKIX 65535 RSASHA256 aGFsbG8="),
    "cname CNAME": ("Some.Example.NET.",),
    "cname-escaped CNAME": ("a\\.b.c\\032d.\\255.example.net.",),
    "csync CSYNC": ("66 3 A NS AAAA",),
    "dhcid DHCID": ("AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",),
    "dname DNAME": ("elsewhere.example.net.",),
    "delegated NS": ("ns1.example.net.", "ns2.example.net."),
    "delegated DS": (f"60485 13 2 {_HEX}",),
    "eui48 EUI48": ("00-00-5e-00-53-2a",),
    "eui64 EUI64": ("00-00-5e-ef-10-00-00-2a",),
    "gpos GPOS": ("-22.6882 116.8652 250.0",),
    "hinfo HINFO": ('"a \\"CPU\\"" ""',),
    "hip HIP": (f"2 200100107B1A74DF365639CC39F1D578 {_HOST_KEY} rvs.example.net.",),
    "https HTTPS": (
        '1 . alpn="h2,h3" port=8443 ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1',
        "0 other.example.net.",
    ),
    "https-mandatory HTTPS": ('1 svc.example.net. mandatory=alpn,port alpn="h2" no-default-alpn port=1',),
    "ipseckey IPSECKEY": (
        "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
        "10 3 2 gw.example.net. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
    ),
    "kx KX": ("1 kx.example.net.",),
    "l32 L32": ("10 10.1.2.0",),
    "l64 L64": ("10 2001:0db8:1140:1000",),
    "loc LOC": ("52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m", "0 0 0.001 S 0 0 0.000 E 0.00m 0m 10m 10m"),
    "loc-of-the-earth LOC": ("89 59 59.999 S 179 59 59.999 W 42849672.95m 90000000m 0m 0m",),
    "lp LP": ("10 l64.example.net.",),
    "mx MX": ("0 mx.example.net.", "65535 MX2.example.net."),
    "no-mail MX": ("0 .",),
    "naptr NAPTR": ('100 10 "U" "E2U+sip" "!^(.*)$!sip:\\\\1@example.net!" .', '65535 0 "" "" "" next.example.net.'),
    "naptr-without-group NAPTR": ('100 10 "U" "E2U+sip" "!^.*$!sip:\\\\1@example.net!" .',),
    "nid NID": ("10 0014:4fff:ff20:ee64",),
    "nsap NSAP": ("0x47000580ffff0000",),
    "openpgpkey OPENPGPKEY": ("aGFsbG8gd2VsdA==",),
    "ptr PTR": ("one.example.net.", "two.example.net."),
    "px PX": ("10 map822.example.net. mapx400.example.net.",),
    "rp RP": ("hostmaster.example.net. .",),
    "rt RT": ("2 relay.example.net.",),
    "smimea SMIMEA": (f"3 0 1 {_HEX}",),
    "spf SPF": ('"v=spf1 -all"',),
    "_srv._tcp SRV": ("0 0 0 .", "65535 65535 65535 srv.example.net."),
    "sshfp SSHFP": (f"4 2 {_HEX}",),
    "svcb SVCB": ('16 svc.example.net. alpn="a\\\\,b,c" key65400="\\000\\255 x"', "0 ."),
    "_443._tcp TLSA": (f"3 1 1 {_HEX}", "0 0 0 00"),
    "type-of-its-own TYPE65280": ("\\# 4 0a000001", "\\# 0"),
    "uri URI": ('10 1 "ftp://ftp.example.net/public?a=\\"b\\""',),
    "x25 X25": ('"311061700956"',),
    "isdn ISDN": ('"150862028003217" "004"',),
    "zonemd ZONEMD": ("2018031900 1 240 " + _HEX,),
    "txt TXT": ('"v=DKIM1; k=rsa; p=a\\;b"', '"two" "strings"'),
    "empty TXT": ('""',),
    "escapes TXT": ('"a\\"b\\\\c\\000\\009\\010\\013\\127\\128\\255;(d) @ $"',),
    "unicode TXT": ('"\\195\\188\\240\\159\\152\\128"',),
    "two-hundred-fifty-five TXT": (_long(255),),
    "two-hundred-fifty-six TXT": (_long(256),),
    "sixty-four-thousand TXT": (_long(64_000).replace('" "', ""),),
    "sixty-five-thousand TXT": (_long(65_000).replace('" "', ""),),
    "ninety-texts TXT": tuple(f'"{n:03d}{"x" * 250}"' for n in range(90)),
    "* A": ("192.0.2.1",),
    "*.below.nothing TXT": ('"a wildcard below a name without records"',),
    "*.cname CNAME": ("wild.example.net.",),
    "in.*.between A": ("192.0.2.2",),
    "_under_score._x TXT": ('"underscores"',),
    "dotted\\.name A": ("192.0.2.3",),
    'odd\\032\\"\\;\\(\\)\\\\\\@\\$ A': ("192.0.2.4",),
    "\\000\\255 A": ("192.0.2.5",),
    "0/25 NS": ("ns.example.net.",),
    "xn--mller-kva A": ("192.0.2.6",),
    "-a-- A": ("192.0.2.7",),
    "1 A": ("192.0.2.8",),
    f"{'l' * 63}.{'l' * 63}.{'l' * 63} A": ("192.0.2.9",),
    f"{'a.' * 60}deep A": ("192.0.2.10",),
}
_TTLS: Mapping[str, int] = {"a A": 0, "txt TXT": 2**31 - 1, "uri URI": 1}

#: Every case as a record set, by its own words.
CASES: Mapping[str, RecordSet] = {
    case: (case.split(" ")[0], case.split(" ")[1], _TTLS.get(case, 300), values) for case, values in _VALUES.items()
}
#: What needs a zone of its own: PowerDNS can't transfer one in which texts of over 64 KiB are among 100 records.
ALONE = ("sixty-five-thousand TXT", "sixty-four-thousand TXT")
#: Every case with another TTL.
LATER: Mapping[str, RecordSet] = {
    case: (name, rtype, ttl ^ 1, values) for case, (name, rtype, ttl, values) in CASES.items()
}
