"""The rules over DNS, by code: each is a function from a zone, and what others answer, to what it finds."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from reconciler.check.dns.addresses import documentation_address, private_address
from reconciler.check.dns.caa import caa_syntax, caa_unknown_tag
from reconciler.check.dns.delegations import below_delegation, ds_without_ns, lone_name_server, missing_glue
from reconciler.check.dns.dkim import dkim_revoked, dkim_syntax, dkim_weak_key
from reconciler.check.dns.dmarc import dmarc_report_elsewhere, dmarc_report_refused, dmarc_syntax, several_dmarc
from reconciler.check.dns.finding import DnsRule
from reconciler.check.dns.hosting import mail_elsewhere, spf_without_host
from reconciler.check.dns.names import reverse_name, service_name, underscore_host
from reconciler.check.dns.spf import several_spf, spf_allows_all, spf_over_limit, spf_syntax, spf_type
from reconciler.check.dns.targets import (
    cname_at_apex,
    cname_loop,
    missing_target,
    mx_to_cname,
    ns_to_cname,
    srv_to_cname,
)
from reconciler.check.dns.transport import (
    mail_policy_misplaced,
    mta_sts_incomplete,
    mta_sts_syntax,
    mta_sts_without_reports,
    tls_report_syntax,
)
from reconciler.check.dns.values import differ_in_case, extreme_ttl, long_text, txt_quotes
from reconciler.check.dns.wildcards import wildcard_gap
from reconciler.check.dns.zones import Account, Answer, Zones
from reconciler.model.diagnostic import Diagnostic, sort_diagnostics

DNS_RULES: Mapping[str, DnsRule] = {
    "below-delegation": below_delegation,
    "caa-syntax": caa_syntax,
    "caa-unknown-tag": caa_unknown_tag,
    "cname-at-apex": cname_at_apex,
    "cname-loop": cname_loop,
    "differ-in-case": differ_in_case,
    "dkim-revoked": dkim_revoked,
    "dkim-syntax": dkim_syntax,
    "dkim-weak-key": dkim_weak_key,
    "dmarc-report-elsewhere": dmarc_report_elsewhere,
    "dmarc-report-refused": dmarc_report_refused,
    "dmarc-syntax": dmarc_syntax,
    "documentation-address": documentation_address,
    "ds-without-ns": ds_without_ns,
    "extreme-ttl": extreme_ttl,
    "lone-name-server": lone_name_server,
    "long-text": long_text,
    "mail-elsewhere": mail_elsewhere,
    "mail-policy-misplaced": mail_policy_misplaced,
    "missing-glue": missing_glue,
    "missing-target": missing_target,
    "mta-sts-incomplete": mta_sts_incomplete,
    "mta-sts-syntax": mta_sts_syntax,
    "mta-sts-without-reports": mta_sts_without_reports,
    "mx-to-cname": mx_to_cname,
    "ns-to-cname": ns_to_cname,
    "private-address": private_address,
    "reverse-name": reverse_name,
    "service-name": service_name,
    "several-dmarc": several_dmarc,
    "several-spf": several_spf,
    "spf-allows-all": spf_allows_all,
    "spf-over-limit": spf_over_limit,
    "spf-syntax": spf_syntax,
    "spf-type": spf_type,
    "spf-without-host": spf_without_host,
    "srv-to-cname": srv_to_cname,
    "tls-report-syntax": tls_report_syntax,
    "txt-quotes": txt_quotes,
    "underscore-host": underscore_host,
    "wildcard-gap": wildcard_gap,
}


class Judged(NamedTuple):
    """What was found in one zone by place, which names were asked of other zones, and where CNAMEs lead in them."""

    found: Sequence[Diagnostic]
    asked: Mapping[str, Mapping[str, Answer]]
    leads: Collection[str]


def judge(account: Account, name: str) -> Judged:
    """Return what the rules find in a zone, and what they asked of others for that."""
    zones = Zones(account, account.made(name))
    found = sort_diagnostics([each for rule in DNS_RULES.values() for each in rule(zones)])
    away = zones.aliased if len(account.groups) > 1 else ()
    leads = [target for target in away if (home := zones.home(target)) and home.zone != name]
    return Judged(found, zones.asked, leads)
