"""The key to a name server is nowhere but in its signatures: not in words, files, git objects, or other programs."""

import json
from pathlib import Path

import pytest

from canaries.aviary import Aviary
from canaries.forms import leaks
from nameservers import Bind
from providers.onserver import settings, zones_of

#: Makes the signing of a message a fault of ours, with the key in the exception and in a local variable.
FAULT = """\
from reconciler.nameserver import signing

def broken(key):
    text = key.secret.reveal()
    raise ValueError(f"can't sign with {text}") from KeyError(text)

signing._opened = broken
"""


class Nest(Aviary):
    """The account of canaries, with its DNS on a server."""

    def settle(self, bind: Bind, zone: str, port: int = 0) -> None:
        """Put the zone of the account on a server."""
        its = settings(bind, **zones_of(bind)) | ({"port": port} if port else {})
        providers = {"default": {"type": "embedded", "path": "account.db"}, "dns": its}
        config = {"version": 1, "account": "K-104711", "providers": providers, "policy": {"secrets": ["env/MAIL_*"]}}
        self.write({"account.yaml": json.dumps(config), f"zones/{zone}.yaml": "www: {type: A, value: 192.0.2.1}\n"})
        self.write({"mail.yaml": "{}\n", "people.yaml": "{}\n", "settings.yaml": "{}\n"})
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", "DNS")

    def tells(self, key: str) -> list[str]:
        """Return where a key turned up."""
        return [sink for sink, data in self.sinks() if leaks([key], data)]


@pytest.fixture
def nest(tmp_path: Path, bind: Bind, zone: str) -> Nest:
    made = Nest(tmp_path)
    made.settle(bind, zone)
    return made


def test_the_key_stays_where_it_is(nest: Nest, bind: Bind, zone: str) -> None:
    """A zone made by rndc and filled, a refusal, a server that isn't there."""
    key = bind.server.secret
    assert nest("apply", "--auto-approve", TSIG_KEY=key).code == 0
    nest.write({f"zones/{zone}.yaml": "www: {type: A, value: 192.0.2.1}\nbad_name: {type: A, value: 192.0.2.1}\n"})
    assert nest("apply", "--auto-approve", TSIG_KEY=key).code == 6
    nest.settle(bind, zone, port=1)
    assert nest("plan", TSIG_KEY=key).code == 1
    assert nest.tells(key) == []


def test_a_wrong_key_isnt_told_either(nest: Nest) -> None:
    """Neither one that the server refuses, nor one that is no key at all, nor one that makes us fail."""
    wrong, broken = "d3JvbmcgY2FuYXJ5IG9mIGEga2V5LCBub3Qgc2hvd24=", "not-base64-at-all/k4n4ry-%&!"
    assert nest("plan", TSIG_KEY=wrong).code == 7
    assert nest("plan", TSIG_KEY=broken).code == 7
    (nest.root / "bin" / "sitecustomize.py").write_text(FAULT)
    done = nest("plan", TSIG_KEY=wrong, PYTHONPATH=str(nest.root / "bin"))
    assert (done.code, "made a mistake (ValueError)" in done.err) == (1, True)
    assert nest.tells(wrong) == nest.tells(broken) == []
