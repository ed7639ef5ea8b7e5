"""TLS as it is: a certificate counts if its authority is trusted, and the token goes to this server alone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import RedirectResponse

from inside import Inside
from reconciler.web.connection import Connection, Limits, Site
from reconciler.web.errors import UntrustedError, WrongAddressError
from service.serving import Served, running, serving
from service.tls import Tls, make_tls
from web.answering import answering

QUICK = Limits(tries=5, pause=0.001)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """An authority that nobody knows, and a certificate."""
    return make_tls(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def safe(tls: Tls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service behind that certificate."""
    with serving(tmp_path_factory.mktemp("safe") / "account.db", tls=tls) as found:
        yield found


def test_an_account_behind_an_authority_of_ones_own(safe: Served, tls: Tls, tmp_path: Path) -> None:
    """`ca_file` lies in the account folder, is trusted in place of the system's own, and stays in the settings."""
    shutil.copy(tls.authority, tmp_path / "ca.pem")
    run = Inside(tmp_path, {"TOKEN": safe.token})
    done = run("init", "--url", safe.url, "--token", "env/TOKEN", "--ca-file", "ca.pem")
    assert (done.code, done.err) == (0, "")
    assert "ca_file: ca.pem" in (tmp_path / "account.yaml").read_text()
    assert run("plan", "--detailed-exitcode").code == 0


def test_a_certificate_that_nobody_vouches_for(safe: Served, tmp_path: Path) -> None:
    """Without `ca_file` nothing is sent; it is said what is wrong and what to do, and nothing is written."""
    before = len(safe.lines)
    done = Inside(tmp_path, {"TOKEN": safe.token})("init", "--url", safe.url, "--token", "env/TOKEN")
    assert (done.code, done.out) == (1, "")
    assert f"The certificate of {safe.url} isn't trusted: " in done.err
    assert "`ca_file`" in done.err
    assert safe.token not in done.err
    assert len(safe.lines) == before
    assert not (tmp_path / "account.yaml").exists()


@pytest.mark.parametrize("verb", ["GET", "PUT"])
def test_it_is_asked_once(safe: Served, verb: str) -> None:
    """However often is tried otherwise: it won't be another certificate in a moment."""
    connection = Connection(Site(safe.url, limits=QUICK))
    with pytest.raises(UntrustedError):
        connection.ask(verb, "/v1/health", again=True)
    assert connection.sent == [verb]


def test_a_certificate_of_somebody_else(safe: Served, tls: Tls) -> None:
    """One that is vouched for, and isn't for the name that was asked for."""
    elsewhere = safe.url.replace("127.0.0.1", "localhost")
    connection = Connection(Site(elsewhere, {"Authorization": f"Bearer {safe.token}"}, QUICK, tls.authority))
    before = len(safe.lines)
    with pytest.raises(UntrustedError, match="localhost"):
        connection.ask("GET", "/v1/account")
    assert len(safe.lines) == before


def test_the_token_goes_nowhere_else(tls: Tls) -> None:
    """Neither to where the server sends us, nor to another origin that is named outright, with TLS or without."""
    token = {"Authorization": "Bearer rcn_never-elsewhere"}
    with answering() as other, running(RedirectResponse(f"{other.url}/v1/account"), tls) as url:
        connection = Connection(Site(url, token, QUICK, tls.authority))
        assert connection.ask("GET", "/v1/account").status == 307
        for address in (f"{other.url}/x", url.replace("https", "http"), url.replace("127.0.0.1", "localhost")):
            with pytest.raises(WrongAddressError):
                connection.ask("GET", address)
        connection.close()
        assert connection.sent == ["GET"]
        assert other.asked == []
