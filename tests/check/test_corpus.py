"""The rules on real history: few findings that matter stand before many that hardly do."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from load.test_corpus import WithSettings
from load.written import TODAY
from reconciler.check.dns.checking import check_dns
from reconciler.gitrepo.repo import GitRepo
from reconciler.load.desired import load_desired
from reconciler.load.tree import CommitTree
from reconciler.model.diagnostic import Diagnostic
from reconciler.report.diagnostics import diagnostics_lines
from reconciler.report.view import findings_by_code

#: What is found in 405 zones, as it is ranked.
FOUND = {
    "below-delegation": 35,
    "spf-syntax": 1,
    "dkim-syntax": 10,
    "mail-policy-misplaced": 4,
    "underscore-host": 2,
    "documentation-address": 1,
    "private-address": 16,
    "dmarc-report-elsewhere": 375,
    "extreme-ttl": 2,
    "long-text": 1,
}


@pytest.fixture
def findings(corpus: Path) -> Sequence[Diagnostic]:
    """What the rules over DNS find in the newest commit."""
    repo = GitRepo.find(corpus)
    assert repo is not None
    head = repo.head()
    assert head is not None
    return check_dns(load_desired(WithSettings(CommitTree(repo, head, ""))), TODAY)


def test_what_is_found(findings: Sequence[Diagnostic]) -> None:
    """Every class is known, counted, and in the order of its consequence; none is an error."""
    assert Counter(one.code for one in findings) == FOUND
    assert [view.code for view in findings_by_code(findings)] == list(FOUND)
    assert not any(one.is_error for one in findings)


def test_it_can_be_read(findings: Sequence[Diagnostic]) -> None:
    """Nearly 450 findings take less than 110 lines; the mistyped SPF record is among the first 20."""
    lines = [
        "".join(part if isinstance(part, str) else part[0] for part in line) for line in diagnostics_lines(findings)
    ]
    assert len(lines) < 110
    assert any("`nclude:spf.ssmx.net` is no mechanism of SPF" in line for line in lines[:20])
