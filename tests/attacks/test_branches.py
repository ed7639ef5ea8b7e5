"""The table of attacks: what a branch may write into its files, tried for real with somebody watching.

No attack opens a socket, starts anything but git, hands a secret to a child, or reads, makes or writes the file that
the branch points at.
"""

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from attacks.branches import ALIAS, Branches
from attacks.watch import Seen, watched
from reconciler.apply.approval import Approval
from reconciler.model.errors import AccountError, DiagnosticsError, ReconcilerError, RefusedError
from reconciler.model.plan import Options
from reconciler.pipeline import applying, looking
from reconciler.pipeline.merging import plan_merge
from tiny import FILES, SECRETS

CANARY = "canary-4711-of-the-runner"
EMBEDDED = "default: {type: embedded, path: account.db"
#: What stands in place of the provider, and how a run ends: alone, or together with other changes.
ENDPOINTS = {
    "another file": ("default: {type: embedded, path: evil.db}", None),
    "an absolute path": ("default: {type: embedded, path: EVIL/evil.db}", None),
    "out of the folder": ("default: {type: embedded, path: ../evil.db}", None),
    "a section elsewhere": (EMBEDDED + "}\n  dns: {type: embedded, path: evil.db}", None),
    "server": (EMBEDDED + ", server: 127.0.0.1}", DiagnosticsError),
    "port": (EMBEDDED + ", port: 5353}", DiagnosticsError),
    "url": (EMBEDDED + ", url: 'http://127.0.0.1:9/'}", DiagnosticsError),
    "proxy": (EMBEDDED + ", proxy: 'http://127.0.0.1:9/'}", DiagnosticsError),
    "ca": (EMBEDDED + ", ca: evil.pem}", DiagnosticsError),
    "provider secret": (EMBEDDED + ", token: {secret: env/CANARY}}", DiagnosticsError),
    "rfc2136": ("default: {type: rfc2136, server: 127.0.0.1, port: 9}", DiagnosticsError),
    "a class of octoDNS": ("default: {type: octodns, class: evil_class.Provider, options: {host: 127.0.0.1}}", None),
    "a class and its policy": (
        "default: {type: octodns, class: evil_class.Provider}\npolicy: {octodns_classes: ['*']}",
        None,
    ),
    "powerdns": (
        EMBEDDED + "}\n  dns: {type: powerdns, url: 'http://127.0.0.1:9', api_key: {secret: env/CANARY}}",
        None,
    ),
    "tsig": (
        EMBEDDED + "}\n  dns: {type: rfc2136, server: 127.0.0.1, tsig: {name: evil., key: {secret: env/CANARY}}}",
        None,
    ),
}
SETTINGS = {
    "policy.octodns_classes": "policy: {octodns_classes: ['evil_class.*', '*']}\n",
    "policy": "policy: {unmanaged: {default: delete}, guards: 'off', drift: revert, secrets: ['env/*', 'file/*']}\n",
    "record.ref": "record: {ref: evil}\n",
    "dns": "dns: {defaults: {default_ttl: 1}}\n",
}
INCLUDES = {
    "!include": "contacts: !include /etc/passwd\n",
    "include": "include: [/etc/passwd, 'http://127.0.0.1:9/']\n",
    "a tag": "contacts: !!python/object/apply:os.system [touch evil]\n",
    "a template": "contacts: {x: {name: \"{{ ''.__class__.__mro__ }}\", email: x@example.org}}\n",
    "a preset": "zones: {example.org: {use: ['../../../../etc/passwd@1']}}\n",
    "a zone folder": "dns: {directory: ../..}\n",
    "an absolute zone folder": "dns: {directory: /etc}\n",
}


@pytest.fixture
def applied(branches: Branches) -> Branches:
    """The small account, applied from main; a secret of the runner lies in its environment."""
    branches.environ |= {**SECRETS, "CANARY": CANARY, "CI": "true", "RECONCILER_TRUSTED_REF": "main"}
    applying.apply(branches.session(), branches.planned(), Approval(), lambda _: None)
    return branches


@pytest.fixture
def evil_class(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module that Python would find, with a class for octoDNS in it."""
    place = tmp_path_factory.mktemp("modules")
    text = (
        "from octodns.provider.base import BaseProvider\nclass Provider(BaseProvider): SUPPORTS, SUPPORTS_GEO = (), 0\n"
    )
    (place / "evil_class.py").write_text(text)
    monkeypatch.syspath_prepend(place)
    yield
    sys.modules.pop("evil_class", None)


@pytest.fixture
def seen(applied: Branches, evil_class: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    """What happens from here on, which is looked at in the end."""
    monkeypatch.setenv("CANARY", CANARY)
    with watched() as all_seen:
        yield all_seen
    assert all_seen.sockets == []
    assert all_seen.programs == []
    assert all_seen.children
    for words, env in all_seen.children:
        assert Path(words[0]).name == "git"
        assert CANARY not in " ".join([*words, *env, *env.values()])
    assert not all_seen.opens("evil.db")
    assert "evil_class" not in sys.modules
    assert not list(applied.path.parent.rglob("evil*"))


def ends(branches: Branches) -> list[type[ReconcilerError] | None]:
    """Plan, look for drift, plan the merge and apply; return how each ended, having seen the canary nowhere."""
    found: list[type[ReconcilerError] | None] = []
    for run in (_plan, _drift, _merge, _apply):
        try:
            run(branches)
            found.append(None)
        except ReconcilerError as error:
            assert CANARY not in f"{error} {error.help} {getattr(error, 'diagnostics', '')!r}"
            found.append(type(error))
    return found


def _plan(branches: Branches) -> None:
    assert CANARY not in repr(branches.plan())


def _drift(branches: Branches) -> None:
    assert looking.look(branches.session(), False, lambda _: None).plan.drift == ()


def _merge(branches: Branches) -> None:
    plan_merge(branches.session(), "main", Options())


def _apply(branches: Branches) -> None:
    applying.apply(branches.session(), branches.planned(), Approval(), lambda _: None)


@pytest.mark.parametrize("attack", ENDPOINTS)
def test_endpoints(applied: Branches, seen: Seen, attack: str) -> None:
    """Wherever a branch points its providers, the trusted ones are opened, and with other changes none at all."""
    written, end = ENDPOINTS[attack]
    written = written.replace("EVIL", str(applied.path.parent))
    applied.change("account.yaml", "default: {type: embedded, path: account.db}", written)
    assert ends(applied) == [end] * 4
    assert seen.opens("account.db") is (end is None)
    seen.opened.clear()
    applied.change("mail.yaml", ALIAS, "")
    assert ends(applied) == [end or RefusedError] * 4
    assert not seen.opens("account.db")


@pytest.mark.parametrize("attack", SETTINGS)
def test_settings(applied: Branches, seen: Seen, attack: str) -> None:
    """A policy, a record or a zone option of its own rules nothing, and comes with nothing else."""
    applied.settings(SETTINGS[attack])
    assert ends(applied) == [None] * 4
    assert applied.plan().changes == ()
    assert "evil" not in applied.repo.git("for-each-ref")
    seen.opened.clear()
    applied.change("mail.yaml", ALIAS, "")
    assert ends(applied) == [RefusedError] * 4
    assert not seen.opens("account.db")


@pytest.mark.parametrize("attack", INCLUDES)
def test_includes(applied: Branches, seen: Seen, attack: str) -> None:
    """Nothing that a file says makes another one be read, or anything be run."""
    applied.settings(INCLUDES[attack])
    assert ends(applied) == [DiagnosticsError] * 4
    assert not seen.opens("/etc/passwd")
    assert not seen.opens("account.db")


def _link(branches: Branches, name: str, target: Path) -> None:
    place = branches.path / name
    if place.is_dir():
        branches.repo.git("rm", "-r", "--quiet", name)
    else:
        place.unlink(missing_ok=True)
    place.symlink_to(target)
    branches.repo.git("add", "--all")
    branches.repo.git("commit", "--quiet", "-m", "Link")


LINKS: dict[str, Callable[[Branches, Path], None]] = {
    "account.yaml": lambda b, outside: _link(b, "account.yaml", outside / "account.yaml"),
    "a file": lambda b, outside: _link(b, "more.yaml", outside / "mail.yaml"),
    "the zone folder": lambda b, outside: _link(b, "zones", outside / "zones"),
    "a zone file": lambda b, outside: _link(b, "zones/example.net.yaml", outside / "zones" / "example.org.yaml"),
    "a folder": lambda b, outside: _link(b, "more", outside),
}


@pytest.mark.parametrize("attack", LINKS)
def test_links(applied: Branches, seen: Seen, tmp_path: Path, attack: str) -> None:
    """Symbolic links to files and folders of the runner are refused, not followed."""
    outside = tmp_path / "outside"
    for name, text in FILES.items():
        (outside / name).parent.mkdir(parents=True, exist_ok=True)
        (outside / name).write_text(text)
    LINKS[attack](applied, outside)
    seen.opened.clear()
    assert ends(applied) == [DiagnosticsError] * 4
    assert not seen.opens(str(outside))
    assert not seen.opens("account.db")


def test_a_submodule(applied: Branches, seen: Seen) -> None:
    """A repository inside the repository is refused, and nothing in it is read or fetched."""
    applied.repo.write({".gitmodules": '[submodule "x"]\n\tpath = more\n\turl = ext::sh -c "touch evil"\n'})
    (applied.path / "more").mkdir()
    applied.repo.git("-C", "more", "init", "--quiet")
    applied.repo.write({"more/mail.yaml": FILES["mail.yaml"]})
    applied.repo.git("-C", "more", "commit", "--quiet", "--allow-empty", "-m", "x")
    applied.repo.git("add", "--all")
    applied.repo.git("commit", "--quiet", "-m", "Submodule")
    seen.opened.clear()
    assert ends(applied) == [DiagnosticsError] * 4
    assert not seen.opens("more/mail.yaml")


@pytest.mark.parametrize("admitted", ["evil_class.*", "other.*"])
def test_a_trusted_class(branches: Branches, evil_class: None, admitted: str) -> None:
    """A class is imported if the trusted ref names and admits it, and only then."""
    branches.repo.git("checkout", "--quiet", "main")
    embedded = "{type: embedded, path: account.db}"
    more = (
        f"{embedded}\n  dns: {{type: octodns, class: evil_class.Provider}}\npolicy: {{octodns_classes: [{admitted}]}}"
    )
    branches.change("account.yaml", embedded, more)
    with pytest.raises(RefusedError if admitted == "other.*" else AccountError):
        branches.plan()
    assert ("evil_class" in sys.modules) is (admitted == "evil_class.*")


def test_the_watch_sees(applied: Branches) -> None:
    """The watch does see a socket, a child with its environment, and a file: otherwise silence would prove nothing."""
    import subprocess

    with watched() as all_seen:
        with socket.socket() as one:
            one.settimeout(0.1)
            one.connect_ex(("127.0.0.1", 9))
        subprocess.run(["true"], env={"A": CANARY}, check=True)
        (applied.path / "account.yaml").read_text()
        applied.plan()
    assert all_seen.sockets
    assert (("true",), {"A": CANARY}) in all_seen.children
    assert all_seen.opens("account.yaml")
    assert all_seen.opens("account.db")
