"""The rules over mail that is kept here: where MX leads, and whom SPF admits, seen from the mailboxes."""

from pathlib import Path

import pytest

from check.written import found

MAILBOX = "mail:\n  example.org:\n    mailboxes: {info: {password: {secret: env/MAIL_INFO, version: 1}}}\n"
HOST = "mail: {type: A, value: 192.0.2.25}\n"


def codes(folder: Path, zone: str, mail: str = MAILBOX, **files: str) -> list[str]:
    """Return what is found in the zone beside the mail of its domain."""
    named = {f"{name}.yaml": text for name, text in files.items()}
    return [one.code for one in found(folder, {"zones/example.org.yaml": zone, "mail.yaml": mail, **named})]


def spf(text: str, mx: str = "10 mail.example.org.") -> str:
    """Return a zone with one mail server and an SPF record."""
    return f"'':\n  - {{type: MX, value: {mx}}}\n  - {{type: TXT, value: '{text}'}}\n{HOST}"


@pytest.mark.parametrize("mx", ["10 mx.example.net.", "[10 mx.example.net., 20 mx2.example.net.]", "0 ."])
def test_mail_goes_elsewhere(mx: str, tmp_path: Path) -> None:
    """All servers are other people's, or there is none on purpose."""
    key = "values" if mx.startswith("[") else "value"
    assert codes(tmp_path, f"'': {{type: MX, {key}: {mx}}}\n") == ["mail-elsewhere"]


def test_one_server_of_ours_is_enough(tmp_path: Path) -> None:
    """A second one elsewhere may be a backup."""
    assert codes(tmp_path, f"'': {{type: MX, values: [10 mail.example.org., 20 mx.example.net.]}}\n{HOST}") == []


def test_without_mailboxes_it_may_go_anywhere(tmp_path: Path) -> None:
    """An alias alone needs no MX here: others may hand on to it."""
    zone = "'': {type: MX, value: 10 mx.example.net.}\n"
    assert codes(tmp_path, zone, "mail:\n  example.org:\n    aliases: {sales: [a@example.net]}\n") == []


def test_without_mx_nothing_is_said(tmp_path: Path) -> None:
    """What isn't declared is nobody's business here."""
    assert codes(tmp_path, HOST) == []


def test_a_host_named_in_another_zone_is_known(tmp_path: Path) -> None:
    """One zone with the preset tells the host's name for all."""
    zones = "zones:\n  example.com: {use: [{hosting-mail: {host: mx.example.net.}}]}\n"
    zone = "'': {type: MX, value: 10 mx.example.net.}\n"
    more = {"zones/example.com.yaml": "www: {type: CNAME, value: host.example.net.}\n", "zones.yaml": zones}
    assert found(tmp_path, {"zones/example.org.yaml": zone, "mail.yaml": MAILBOX, **more}) == ()


@pytest.mark.parametrize(
    "text",
    [
        "v=spf1 mx -all",
        "v=spf1 +mx ~all",
        "v=spf1 a:mail.example.org -all",
        "v=spf1 ip4:192.0.2.0/24 -all",
        "v=spf1 a -all",
        "v=spf1 include:_spf.example.org -all",
        "v=spf1 exists:%{i}.example.net -all",
        "v=spf1 include:_spf.example.net ?all",
        "v=spf1 include:_spf.example.net",
    ],
)
def test_who_may_send(text: str, tmp_path: Path) -> None:
    """The host by its name, by MX, by its network, by what is its own or unknown; or nobody is turned away."""
    assert codes(tmp_path, spf(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "v=spf1 -all",
        "v=spf1 include:_spf.example.net -all",
        "v=spf1 redirect=_spf.example.net",
        "v=spf1 ip4:198.51.100.0/24 ~all",
        "v=spf1 a:mail.example.net -all",
    ],
)
def test_who_is_turned_away(text: str, tmp_path: Path) -> None:
    """The host isn't among those who may send."""
    assert codes(tmp_path, spf(text)) == ["spf-without-host"]


def test_a_network_may_hold_a_host_that_is_not_known(tmp_path: Path) -> None:
    """The address of a server outside of the account isn't asked for."""
    files = {
        "zones.yaml": "zones:\n  example.com: {use: [{hosting-mail: {host: mx.example.net.}}]}\n",
        "zones/example.com.yaml": "www: {type: CNAME, value: host.example.net.}\n",
        "zones/example.org.yaml": spf("v=spf1 ip4:198.51.100.0/24 -all", "10 mx.example.net.").replace(HOST, ""),
        "mail.yaml": MAILBOX,
    }
    assert found(tmp_path, files) == ()


def test_mail_elsewhere_is_told_alone(tmp_path: Path) -> None:
    """Where nothing arrives, what SPF says of the host is the smaller mistake."""
    assert codes(tmp_path, spf("v=spf1 -all", "10 mx.example.net.")) == ["mail-elsewhere"]
