"""Mail policies are read as checkdmarc reads them: an independent implementation, kept from the network.

Its readers of SPF and DMARC ask a resolver; here it is one that knows nothing.
"""

from collections.abc import Callable, Iterator
from typing import Any

import checkdmarc.dmarc
import checkdmarc.mta_sts
import checkdmarc.smtp_tls_reporting
import checkdmarc.spf
import dns.resolver
import pytest

from check.mail_records import mistaken
from reconciler.check.dns.dmarc import read_dmarc
from reconciler.check.dns.spf import check_spf
from reconciler.check.dns.tags import TagError
from reconciler.check.dns.transport import read_report, read_sts
from reconciler.kinds.record_spf import SpfError, is_spf

COUNT = 800
Reader = Callable[[str], object]


class KnowsNothing(dns.resolver.Resolver):
    """A resolver for which no name exists, and which asks nobody."""

    def __init__(self) -> None:
        super().__init__(configure=False)

    def resolve(self, *_: Any, **__: Any) -> Any:
        raise dns.resolver.NXDOMAIN


NOTHING = KnowsNothing()
OURS: dict[str, Reader] = {"dmarc": read_dmarc, "sts": read_sts, "report": read_report, "spf": check_spf}
THEIRS: dict[str, Reader] = {
    "dmarc": lambda text: checkdmarc.dmarc.parse_dmarc_record(text, "example.org", resolver=NOTHING),
    "sts": checkdmarc.mta_sts.parse_mta_sts_record,
    "report": checkdmarc.smtp_tls_reporting.parse_smtp_tls_reporting_record,
    "spf": lambda text: checkdmarc.spf.parse_spf_record(text, "example.org", resolver=NOTHING),
}
#: What only we refuse: `p=` became optional, and a wrong alignment is passed over, with RFC 9989, which older receivers
#: don't know; no host's name ends with a hyphen.
ONLY_OURS = ("It has no `p=`", "`adkim=", "`aspf=", "`rua=` must be")
#: What only they refuse: modifiers that nobody knows, which receivers pass over (RFC 7208, section 6).
ONLY_THEIRS = ("Expected whitespace before",)


def refusal(read: Reader, text: str) -> str:
    """Return why a reader refuses a record, or nothing."""
    refusals = (
        TagError,
        SpfError,
        checkdmarc.dmarc.DMARCError,
        checkdmarc.mta_sts.MTASTSError,
        checkdmarc.smtp_tls_reporting.SMTPTLSReportingError,
        checkdmarc.spf.SPFError,
    )
    try:
        read(text)
    except refusals as error:
        return str(error) or type(error).__name__
    return ""


def compared(kind: str) -> Iterator[tuple[str, str, str]]:
    """Yield records, each with why we refuse it and why they do."""
    for text in mistaken(kind, COUNT):
        if kind != "spf" or is_spf(text):
            yield text, refusal(OURS[kind], text), refusal(THEIRS[kind], text)


@pytest.mark.parametrize("kind", OURS)
def test_both_refuse_the_same(kind: str) -> None:
    """Of hundreds of records with mistakes none is judged otherwise, but for the classes named here."""
    judged = list(compared(kind))
    assert any(not ours for _, ours, _ in judged)
    assert any(ours for _, ours, _ in judged)
    for text, ours, theirs in judged:
        if ours and not theirs:
            assert ours.startswith(ONLY_OURS), text
        elif theirs and not ours:
            assert any(known in theirs for known in ONLY_THEIRS), (text, theirs)
