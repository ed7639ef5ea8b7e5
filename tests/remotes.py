"""Remotes to push to and clone from: a bare repository by path, over http and over ssh."""

from dataclasses import dataclass
from pathlib import Path

from program import Repository, run


@dataclass(frozen=True)
class Remote:
    """A bare repository and the address under which clones know it."""

    url: str
    bare: Repository

    def clone(self, into: Path, *options: str) -> Repository:
        """Return a clone, made with git's own options."""
        done = run(["git", "clone", "--quiet", *options, self.url, str(into)], into.parent, self.bare.env)
        assert done.code == 0, done.err
        return Repository(into, self.bare.env)

    def ref(self, name: str) -> str:
        """Return the id that a ref is at, or an empty text."""
        return self.bare.git("for-each-ref", "--format=%(objectname)", name)


def path_remote(repo: Repository, at: Path) -> Remote:
    """Make a bare repository beside ``repo``, its ``origin``, and push the present branch to it."""
    run(["git", "init", "--quiet", "--bare", str(at)], at.parent, repo.env)
    remote = Remote(str(at), Repository(at, repo.env))
    repo.git("remote", "add", "origin", remote.url)
    repo.git("push", "--quiet", "--set-upstream", "origin", "HEAD")
    return remote
