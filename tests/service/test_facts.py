"""Facts of an account behind the service: shown, fetched and expected as those of one in a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inside import Inside
from service.serving import Served, serving
from told import PDF, tell

EXPECT = "expect:\n  server/web-1: {service_level: gold}\n  balance: {at_least: 10 EUR}\n"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Served]:
    """A service whose company tells facts of every sort."""
    tell(tmp_path).close()
    with serving(tmp_path / "account.db") as running:
        yield running


def client(running: Served, folder: Path) -> Inside:
    """Return the program in a folder of its own, with a token that may read."""
    folder.mkdir()
    settings = f"{{type: kundencenter, url: '{running.url}', token: {{secret: env/TOKEN}}}}"
    (folder / "account.yaml").write_text(f"version: 1\naccount: K-104711\nproviders: {{default: {settings}}}\n")
    (folder / "expect.yaml").write_text(EXPECT)
    return Inside(folder, {"TOKEN": running.account.store.make_token("facts", ("read",))})


def test_what_the_service_tells_is_shown_fetched_and_judged(running: Served, tmp_path: Path) -> None:
    """One token that may read is enough; the file is the company's, to the octet."""
    account = client(running, tmp_path / "client")
    assert "3 invoices. Total: 59.38 EUR open, 11.90 EUR paid.\n" in account("show", "invoices").out
    assert account("show", "log", "--csv").out.startswith("id,at,who,origin,action,resource\r\n")
    saved = account("download", "invoice/2026-0001", "document/terms", "--out", str(tmp_path))
    assert (saved.code, saved.out.count("SHA-256 as the account tells")) == (0, 2)
    assert (tmp_path / "invoice-2026-0001.pdf").read_bytes() == PDF
    drift = account("drift")
    assert (drift.code, "Drift: 1 expectation broken.\n" in drift.out) == (2, True)
