"""An account of which one section lies in a file and others are seen to by hand, with a person who attests."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from inside import Fixed, Inside
from program import Finished, Repository, environment

ACCOUNT = """\
version: 1
account: K-104711
providers:
  default: {type: embedded, path: account.db}
  contacts: {type: manual, portal: "Meine Daten > Ansprechpartner", max_age: 90d}
  passwords: {type: manual, language: en}
"""
ALL = """\
contacts:
  erika: {name: Erika Mustermann, email: erika@example.org, phone: "+49 511 123456", may: [speak, authorise]}
  max: {name: Max Muster, email: max@example.org}
passwords: {telephone: {secret: env/PHONE_PASSWORD, version: 3}}
whitelist: {office: {address: 203.0.113.7}}
"""
BEGAN = datetime(2026, 11, 26, 9, tzinfo=UTC)


@dataclass
class Person:
    """Somebody in an account folder, with the evidence of what they saw lying outside of it."""

    repo: Repository
    run: Inside
    evidence: Path

    @classmethod
    def begin(cls, tmp_path: Path, files: dict[str, str] | None = None) -> "Person":
        """Return a person with a committed configuration, and nothing applied."""
        folder, env = tmp_path / "account", environment(tmp_path / "home")
        folder.mkdir()
        repo = Repository(folder, env)
        repo.git("init", "--quiet")
        repo.commit("The account", files or {"account.yaml": ACCOUNT, "all.yaml": ALL})
        evidence = tmp_path / "seen.png"
        evidence.write_bytes(b"what the portal showed")
        return cls(repo, Inside(folder, env, Fixed(time=BEGAN)), evidence)

    def __call__(self, *args: str, **env: str) -> Finished:
        """Run one command line."""
        return self.run(*args, **env)

    def attest(self, *args: str) -> Finished:
        """Attest what was seen."""
        return self.run("attest", *args, "--evidence", str(self.evidence))

    def later(self, days: int) -> None:
        """Let days pass."""
        self.run.clock.time = BEGAN + timedelta(days=days)

    @property
    def record(self) -> str:
        """Everything that the record holds now and held before, as text."""
        return self.repo.git(
            "log", "-p", "--first-parent", "--diff-merges=first-parent", "--format=%B", "reconciler/K-104711"
        )
