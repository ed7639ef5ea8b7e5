"""The record over http and ssh: as over a path, with the user's own credentials and nobody to ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from program import Repository
from reconciler.model.errors import RecordError, RemoteAccessError, RemoteError
from record.world import REF, Folder, a, create
from remotes import HttpRemotes, Remote, SshServer, http_remotes, path_remote, ssh_server

WWW, MX, THIRD = (f"record/example.org/{name}/A" for name in ("www", "mx", "third"))
PASSWORD = "the-token-of-a-test"


@pytest.fixture
def origin(inside: Folder, repo: Repository, tmp_path: Path) -> Remote:
    """The bare repository behind the server, as a path."""
    (tmp_path / "served").mkdir()
    return path_remote(repo, tmp_path / "served" / "origin.git")


@pytest.fixture
def http(origin: Remote, repo: Repository, tmp_path: Path) -> Iterator[HttpRemotes]:
    """The same over http, as the repository's origin."""
    with http_remotes(tmp_path / "served") as remotes:
        repo.git("remote", "set-url", "origin", remotes.url("origin.git"))
        yield remotes


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """A server of ssh."""
    with ssh_server(tmp_path_factory.mktemp("ssh") / "server") as server:
        yield server


def go_round(inside: Folder, clone: Repository) -> None:
    """Apply in the repository, in a clone of depth 1, and look at both."""
    inside.apply(create(WWW, a("www")))
    other = Folder(clone.path)
    other.clock.nonces = 99
    assert set(other.record.read().applied.state) == {WWW}
    assert other.apply(create(MX, a("mx"))).number == 2
    inside.clock.nonces = 200
    assert inside.apply(create(THIRD, a("third"))).number == 3


def test_over_http(inside: Folder, origin: Remote, http: HttpRemotes, tmp_path: Path) -> None:
    """Clones of any depth read and extend it over http."""
    go_round(inside, Remote(http.url("origin.git"), origin.bare).clone(tmp_path / "ci", "--depth=1"))
    assert any("git-receive-pack" in request for request in http.seen)


def test_over_ssh(
    inside: Folder, origin: Remote, ssh: SshServer, repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same over ssh, with the ssh command that the user has set."""
    inside.apply(create(WWW, a("www")))
    monkeypatch.setenv("GIT_SSH_COMMAND", ssh.command)
    server = Remote(
        ssh.url(Path(origin.url)), Repository(origin.bare.path, {**repo.env, "GIT_SSH_COMMAND": ssh.command})
    )
    folder = Folder(server.clone(tmp_path / "ci", "--depth=1").path)
    folder.clock.nonces = 99
    assert folder.apply(create(MX, a("mx"))).number == 2
    assert inside.record.read().applied.number == 2


def test_an_ssh_key_that_is_not_let_in(
    inside: Folder, origin: Remote, ssh: SshServer, repo: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A key that the server doesn't know ends at once: nobody is asked for a password."""
    monkeypatch.setenv("GIT_SSH_COMMAND", ssh.command.replace("/user ", "/host "))
    repo.git("remote", "set-url", "origin", ssh.url(Path(origin.url)))
    with pytest.raises(RemoteAccessError, match="Permission denied"):
        inside.record.read()


def test_an_unknown_host_key(
    inside: Folder, origin: Remote, ssh: SshServer, repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that the user doesn't know isn't trusted, and nobody is asked whether to."""
    monkeypatch.setenv("GIT_SSH_COMMAND", ssh.command.rpartition(" ")[0] + " UserKnownHostsFile=/dev/null")
    repo.git("remote", "set-url", "origin", ssh.url(Path(origin.url)))
    with pytest.raises(RemoteError, match="Host key verification failed"):
        inside.record.read()


def test_credentials_of_the_repository(inside: Folder, http: HttpRemotes, repo: Repository) -> None:
    """A token that CI puts into the clone's own configuration opens the door; it appears nowhere."""
    http.password = PASSWORD
    with pytest.raises(RemoteAccessError) as caught:
        inside.record.read()
    assert caught.value.exit_code == 7
    repo.git("config", "credential.helper", f"!f() {{ echo username=x; echo password={PASSWORD}; }}; f")
    assert inside.apply(create(WWW, a("www"))).number == 1
    assert PASSWORD not in "".join(str(part) for part in inside.content().values())


def test_a_password_in_the_address_is_never_shown(inside: Folder, http: HttpRemotes, repo: Repository) -> None:
    """Neither where it is refused nor where the server is away."""
    http.password = "another"
    for url in (http.url("origin.git", f"erika:{PASSWORD}"), f"http://erika:{PASSWORD}@127.0.0.1:1/x.git"):
        repo.git("remote", "set-url", "origin", url)
        with pytest.raises(RemoteError) as caught:
            inside.record.read()
        assert PASSWORD not in f"{caught.value}{caught.value.help}"


def test_a_token_that_may_only_read(inside: Folder, origin: Remote, http: HttpRemotes) -> None:
    """Reading works; the apply ends before anything is written, and says that the right to push is missing."""
    inside.apply(create(WWW, a("www")))
    before = origin.ref(REF)
    http.readonly = True
    assert inside.record.read().applied.number == 1
    with pytest.raises(RemoteAccessError, match="403"):
        inside.apply(create(MX, a("mx")))
    assert origin.ref(REF) == before


def test_a_server_that_refuses_pushes(inside: Folder, origin: Remote, http: HttpRemotes) -> None:
    """A repository that takes no pushes over http at all."""
    origin.bare.git("config", "http.receivepack", "false")
    with pytest.raises(RemoteAccessError, match="403"):
        inside.apply(create(WWW, a("www")))
    assert origin.ref(REF) == ""


def test_a_hook_that_declines(inside: Folder, origin: Remote) -> None:
    """A protected branch: the words of the remote are shown, spelt out, and the lock isn't taken."""
    hook = origin.bare.path / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nprintf 'only the \\033[31mrobot\\033[0m pushes here\\n' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(RemoteError, match="pre-receive hook declined; only the") as caught:
        inside.apply(create(WWW, a("www")))
    assert "\033" not in str(caught.value)
    assert origin.ref(REF) == ""


def test_a_branch_that_is_checked_out_there(inside: Folder, repo: Repository, tmp_path: Path) -> None:
    """A remote with a work tree in which the record is checked out doesn't take it."""
    inside.apply(create(WWW, a("www")))
    clone = Remote(str(repo.path), repo).clone(tmp_path / "clone")
    repo.git("checkout", "--quiet", REF.removeprefix("refs/heads/"))
    with pytest.raises(RemoteError, match="branch is currently checked out"):
        Folder(clone.path).apply(create(MX, a("mx")))


def test_a_branch_that_is_checked_out_here(inside: Folder, repo: Repository, tmp_path: Path) -> None:
    """A local record isn't moved under somebody's work tree."""
    inside.apply(create(WWW, a("www")))
    repo.git("worktree", "add", "--quiet", str(tmp_path / "look"), REF.removeprefix("refs/heads/"))
    with pytest.raises(RecordError, match="is checked out in a work tree"):
        inside.apply(create(MX, a("mx")))


@pytest.mark.parametrize(
    "url", ["git://127.0.0.1:1/x", "ext::touch /tmp/ran-by-ext", "foo::bar", "ftp://127.0.0.1:1/x"]
)
def test_other_transports(inside: Folder, repo: Repository, url: str) -> None:
    """Only files, http and ssh are spoken, whatever the address says."""
    repo.git("remote", "add", "origin", url)
    repo.git("config", "protocol.allow", "always")
    with pytest.raises(RemoteError, match="not allowed"):
        inside.record.read()
