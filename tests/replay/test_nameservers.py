"""The small form of ``nameservers.py``: what changed most often in the corpus, on BIND beside octoDNS on another."""

from pathlib import Path

import pytest

from replay.nameservers import pinned, replay


@pytest.mark.needs_server("bind")
def test_each_transfer_is_what_octodns_makes_of_the_same_commit(corpus: Path, tmp_path: Path) -> None:
    """Twelve zones, five commits; what differs falls into few classes whose counts are pinned."""
    found = replay(corpus, tmp_path, ["bind"], 5, 12)["bind"]
    assert found.unexplained == []
    assert found.classes == pinned("small")
    assert found.compared == 27
