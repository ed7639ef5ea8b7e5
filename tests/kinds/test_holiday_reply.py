"""The holiday reply of a mailbox, the one field that is a mapping."""

from reconciler.kinds import KINDS

ADDRESS = "mailbox/info@example.org"
WRITTEN = {"subject": "On holiday", "text": "Back in January", "from": "2026-12-20"}


def test_what_is_written_is_what_the_account_reports() -> None:
    """`from` keeps its name in canonical values, so that a reported mailbox reads back as the declared one."""
    kind = KINDS["mailbox"]
    declared = kind.declare(ADDRESS, {"password": {"secret": "env/X", "version": "1"}, "autoreply": WRITTEN}).value
    reported = kind.parse(ADDRESS, kind.to_json(declared))
    assert kind.project(reported, frozenset({"autoreply"})) == kind.project(declared, frozenset({"autoreply"}))


def test_it_is_written_without_the_dates_it_lacks() -> None:
    """YAML for a reply without a last day has no `until`, because null is an error there."""
    kind = KINDS["mailbox"]
    assert kind.to_yaml(ADDRESS, kind.parse(ADDRESS, {"autoreply": WRITTEN})) == {"autoreply": WRITTEN}
