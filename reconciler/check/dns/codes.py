"""What the codes of the rules over DNS mean, in the order of their consequence: what breaks most stands first.

An error is what every name server refuses, a warning breaks a service or will, a note is about style, or about what may
be meant.
"""

from collections.abc import Mapping
from typing import NamedTuple

from reconciler.model.diagnostic import Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


class DnsCode(NamedTuple):
    """A code with its severity; its rank is its place in the table."""

    severity: Severity
    summary: str
    explanation: str


DNS_CODES: Mapping[str, DnsCode] = {
    # Names that can't be resolved
    "cname-at-apex": DnsCode(
        _ERROR,
        "A CNAME stands at the zone's own name.",
        "SOA and NS always stand there, and a CNAME stands beside nothing (RFC 1034, section 3.6.2), so every name "
        "server refuses it. Write A and AAAA, or ALIAS where the account serves that type. With `lenient: true` for "
        "the zone it is a warning.",
    ),
    "missing-glue": DnsCode(
        _WARNING,
        "A delegation names a name server below itself, without its address.",
        "To ask that name server one needs its address, which only that name server would know. An A or AAAA record "
        "set of its name beside the delegation (glue) breaks the circle; without it the zone below is dead.",
    ),
    "cname-loop": DnsCode(
        _WARNING,
        "CNAMEs lead in a circle.",
        "Resolvers give up after some rounds, and none of the names has an address. Let one of them lead elsewhere.",
    ),
    "missing-target": DnsCode(
        _WARNING,
        "A record points at a name that doesn't exist.",
        "The name lies in a zone of this account, and no record set, wildcard or delegation answers for it with what "
        "is needed: an address for mail, name servers and services, anything for a CNAME. Somebody may take such a "
        "name over where a zone is delegated later. What policy ignores may exist without being declared, so names "
        "that `policy.ignore` covers aren't found.",
    ),
    "ns-to-cname": DnsCode(
        _WARNING,
        "A name server is named by an alias.",
        "The name of a name server must have addresses itself (RFC 2181, section 10.3). Some resolvers fail at a "
        "CNAME, and BIND refuses to load such a zone. Name what the CNAME leads to.",
    ),
    "mx-to-cname": DnsCode(
        _WARNING,
        "Mail is sent to a server that is named by an alias.",
        "The name in an MX record must have addresses itself (RFC 2181, section 10.3; RFC 5321, section 5.1). Some "
        "mail servers refuse to deliver to a CNAME. Name what the CNAME leads to.",
    ),
    "srv-to-cname": DnsCode(
        _WARNING,
        "A service is on a server that is named by an alias.",
        "The target of an SRV record must not be an alias (RFC 2782). Name what the CNAME leads to.",
    ),
    # Delegations
    "ds-without-ns": DnsCode(
        _WARNING,
        "A DS record set stands where nothing is delegated.",
        "DS says with which key a delegated zone is signed (RFC 4035, section 2.4); without NS beside it, it means "
        "nothing, and some name servers refuse it. Add the NS record set, or delete this one.",
    ),
    "below-delegation": DnsCode(
        _WARNING,
        "A record set stands below a delegation.",
        "Whoever asks for it is sent on to the name servers of the delegated zone, so it is never answered. Only DS at "
        "the delegation, and A and AAAA of the name servers it names, belong here. Move it to the delegated zone.",
    ),
    # Mail
    "mail-elsewhere": DnsCode(
        _WARNING,
        "A domain has mailboxes here, and its mail goes elsewhere.",
        "Every name in the MX record set is another company's, or it is the null MX (RFC 7505), so nothing that others "
        "send arrives in the mailboxes that are declared. Point MX at the host, or delete the mailboxes. The host's "
        "servers are known from the preset `hosting-mail`, in whichever zone it is used, and `mail.DOMAIN` is one; "
        "names in zones of this account are never found.",
    ),
    "several-spf": DnsCode(
        _WARNING,
        "A name has several SPF records.",
        "Receivers take that for an error (RFC 7208, section 4.5), and then no sender is confirmed. Put all senders "
        "into one record.",
    ),
    "spf-syntax": DnsCode(
        _WARNING,
        "An SPF record can't be understood.",
        "Receivers stop at the first term that they don't understand (RFC 7208, section 4.6), and then no sender is "
        "confirmed. Behind `all` nothing is read, and `redirect=` doesn't count beside it.",
    ),
    "spf-over-limit": DnsCode(
        _WARNING,
        "An SPF record needs too many DNS look-ups.",
        "Receivers stop with an error after ten (RFC 7208, section 4.6.4). `a`, `mx`, `ptr`, `exists`, `include` and "
        "`redirect` cost one each, and what an included record costs is added where its zone is managed here. What "
        "other people's records cost isn't known, so it may be more.",
    ),
    "spf-without-host": DnsCode(
        _WARNING,
        "An SPF record turns the host away.",
        "Mailboxes of the domain are declared here, and what they send leaves by the host's server. The record ends in "
        "`-all`, `~all` or `redirect=` and admits that server by none of its terms, so receivers refuse such mail or "
        "take it for spam. Add the term that the finding names. Where the host's addresses aren't known, `ip4:` and "
        "`ip6:` are taken to cover them.",
    ),
    "spf-allows-all": DnsCode(
        _WARNING,
        "An SPF record allows everybody to send.",
        "`all` and `+all` confirm every sender on the Internet, forgers included. Write `-all`, `~all` or `?all`.",
    ),
    "dmarc-syntax": DnsCode(
        _WARNING,
        "A DMARC record can't be understood.",
        "Receivers ignore such a record (RFC 7489, section 6.3). It begins with `v=DMARC1;`, and `p=` is `none`, "
        "`quarantine` or `reject`. In a master file an unquoted `;` begins a comment, which cuts the record off.",
    ),
    "several-dmarc": DnsCode(
        _WARNING,
        "A name has several DMARC records.",
        "Receivers then ignore all of them (RFC 7489, section 6.6.3). Keep one.",
    ),
    "dkim-syntax": DnsCode(
        _WARNING,
        "A DKIM key can't be understood.",
        "Signatures that name it fail (RFC 6376, section 3.6.1). `v=DKIM1` stands first where it stands, and `p=` is "
        "the public key in base64. Keys are easily cut off or broken over lines when they are copied.",
    ),
    "dkim-weak-key": DnsCode(
        _WARNING,
        "A DKIM key is too short.",
        "RSA keys below 1,024 bits can be broken by anybody, and receivers don't accept them (RFC 8301). Have a new "
        "one made, of 2,048 bits.",
    ),
    "mail-policy-misplaced": DnsCode(
        _WARNING,
        "A mail policy stands where nobody looks for it.",
        "DMARC is looked for at `_dmarc`, MTA-STS at `_mta-sts`, TLS reporting at `_smtp._tls`, a DKIM key below "
        "`_domainkey`. A record elsewhere, such as one with the zone's name twice, has no effect.",
    ),
    "dmarc-report-refused": DnsCode(
        _WARNING,
        "DMARC reports go to a domain that doesn't say that it takes them.",
        "`rua` or `ruf` names an address of another domain, which must agree with a TXT record `v=DMARC1` at "
        "`DOMAIN._report._dmarc` (RFC 7489, section 7.1). Its zone is managed here and holds none, so no reports come.",
    ),
    "mta-sts-syntax": DnsCode(
        _WARNING,
        "An MTA-STS record can't be understood.",
        "Senders ignore it then (RFC 8461, section 3.1). It is `v=STSv1; id=ID;` with an id of 1 to 32 letters and "
        "digits, and there is only one.",
    ),
    "mta-sts-incomplete": DnsCode(
        _WARNING,
        "MTA-STS is announced, and its host doesn't exist.",
        "Senders fetch the policy from `https://mta-sts.DOMAIN/.well-known/mta-sts.txt` (RFC 8461, section 3.2). "
        "Without A, AAAA or CNAME at `mta-sts` there is no policy.",
    ),
    "tls-report-syntax": DnsCode(
        _WARNING,
        "A record for TLS reports can't be understood.",
        "Senders ignore it then (RFC 8460, section 3). It is `v=TLSRPTv1; rua=mailto:ADDRESS`, or an https address.",
    ),
    # Other data
    "caa-syntax": DnsCode(
        _WARNING,
        "A CAA record can't be understood.",
        "Certificate authorities that don't understand it must not issue (RFC 8659, section 4). `issue` and "
        '`issuewild` hold the domain of an authority, with parameters after `;`, or only `";"`; `iodef` holds a '
        "`mailto:` or `https:` address. A critical record (flag 128) with an unknown tag forbids every authority.",
    ),
    "txt-quotes": DnsCode(
        _WARNING,
        "A text holds quotation marks or backslashes that aren't meant.",
        "The text that is served begins or ends with a quotation mark, or holds `\\;`. That comes from quoting twice: "
        "in YAML and in the value. Whoever looks for `v=spf1` doesn't find it behind a quotation mark.",
    ),
    "underscore-host": DnsCode(
        _WARNING,
        "A host's name holds an underscore.",
        "Hosts have names of letters, digits and hyphens (RFC 952, RFC 1123). BIND refuses A, AAAA and MX at others, "
        "and browsers and certificates don't take them. Names with an underscore are for TXT, SRV, CNAME and the like.",
    ),
    "service-name": DnsCode(
        _WARNING,
        "A service record stands at a name where nobody looks for it.",
        "SRV is looked for at `_SERVICE._PROTOCOL.NAME` (RFC 2782), TLSA at `_PORT._PROTOCOL.NAME` (RFC 6698). At "
        "other names they have no effect.",
    ),
    "reverse-name": DnsCode(
        _WARNING,
        "A name in a reverse zone stands for no address.",
        "In in-addr.arpa an address is four numbers from 0 to 255 in reverse order, in ip6.arpa 32 single hexadecimal "
        "digits (RFC 1035, section 3.5; RFC 3596, section 2.5). PTR at other names is never asked for, save in parts "
        "of a network that are delegated by RFC 2317.",
    ),
    "documentation-address": DnsCode(
        _WARNING,
        "A public name has an address that leads nowhere.",
        "Addresses for documentation, this host itself, multicast and broadcast can't be reached by anybody. They come "
        "from examples and placeholders. Zones under names that are for documentation or tests themselves, such as "
        "example.org, aren't looked at.",
    ),
    # Notes
    "wildcard-gap": DnsCode(
        _NOTE,
        "A wildcard doesn't answer for a name that one may expect it to.",
        "A wildcard answers only where nothing exists (RFC 4592). A name that exists for another type, or only because "
        "something stands below it, gets no answer from it. Repeat the wildcard's records there if they are meant.",
    ),
    "private-address": DnsCode(
        _NOTE,
        "A public name has a private address.",
        "It can be reached inside one network only, tells others how that is built, and resolvers that guard against "
        "DNS rebinding drop it. A zone of its own for inside is the usual way.",
    ),
    "dmarc-report-elsewhere": DnsCode(
        _NOTE,
        "DMARC reports go to another domain.",
        "That domain must agree with a TXT record `v=DMARC1` at `DOMAIN._report._dmarc` (RFC 7489, section 7.1). Its "
        "zone isn't managed here, so whether it does isn't known.",
    ),
    "lone-name-server": DnsCode(
        _NOTE,
        "A zone is delegated to one name server only.",
        "When it fails, the whole zone does. At least two are asked for (RFC 1034, section 4.1).",
    ),
    "mta-sts-without-reports": DnsCode(
        _NOTE,
        "MTA-STS is announced without TLS reports.",
        "A mistake in the policy then shows only when mail is missing. A TXT record at `_smtp._tls`, such as "
        "`v=TLSRPTv1; rua=mailto:ADDRESS`, has senders report failures (RFC 8460).",
    ),
    "spf-type": DnsCode(
        _NOTE,
        "A record set has the type SPF.",
        "Nobody reads it any more (RFC 7208, section 3.1); SPF is a TXT record. Delete it where that is there.",
    ),
    "dkim-revoked": DnsCode(
        _NOTE,
        "A DKIM key is revoked.",
        "An empty `p=` says that signatures with this key don't count any more. It can go once no such mail is "
        "under way.",
    ),
    "caa-unknown-tag": DnsCode(
        _NOTE,
        "A CAA record has an unknown tag.",
        "Authorities ignore it (RFC 8659, section 4.1). The tags are `issue`, `issuewild`, `issuemail`, `issuevmc`, "
        "`iodef`, `contactemail` and `contactphone`.",
    ),
    "extreme-ttl": DnsCode(
        _NOTE,
        "A TTL is very short or very long.",
        "Below 30 seconds resolvers ask all the time, and many take 30 anyway. After more than a week a mistake can't "
        "be taken back in time; many resolvers keep nothing longer than a week or a day.",
    ),
    "long-text": DnsCode(
        _NOTE,
        "The texts of a name don't fit into one datagram.",
        "An answer over 1,232 octets is asked for again over TCP, which some networks don't let through. Mail "
        "policies at that name are then found by some and not by others. Delete old texts.",
    ),
    "differ-in-case": DnsCode(
        _NOTE,
        "Two values differ in upper and lower case only.",
        "That is mostly one value written twice. Where case means something, as in base64, one of them is wrong.",
    ),
}
