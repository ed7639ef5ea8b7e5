"""Two writers on one record set, in small; `make anger-dns` runs 10,000 rounds, and octodns-bind beside ours."""

import pytest

from anger.two_writers import Octodns, Ours, lost_updates
from nameservers import NameServer

pytestmark = pytest.mark.needs_server("bind", "knot")


@pytest.mark.parametrize("kind", ["bind", "knot"])
def test_no_update_is_lost(request: pytest.FixtureRequest, kind: str, zone: str) -> None:
    """They meet, one of them is refused and tries again, and every one that is done counts."""
    server: NameServer = request.getfixturevalue(kind)
    server.add_zone(zone)
    lost, told = lost_updates(server, zone, Ours, 40)
    assert lost == 0
    assert "conflict" in told
    assert told.endswith("done 40")


def test_the_count_would_show_it(request: pytest.FixtureRequest, zone: str) -> None:
    """A writer without prerequisites overwrites what it didn't see."""
    server: NameServer = request.getfixturevalue("bind")
    server.add_zone(zone)
    assert sum(lost_updates(server, zone, Octodns, 20)[0] for _ in range(3)) > 0
