"""An account full of canaries, texts that nobody but the account may see, and every place where one could turn up."""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from age_keys import ERIKA, ERIKA_PUBLIC, MAX
from canaries.forms import leaks
from program import BIN, Finished, environment, run

HASH = "$argon2id$v=19$m=19456,t=2,p=1$Y2FuYXJ5c2FsdDAx$RdescudvJCsgt3ub+b/dWRWJTmaaJObG+0vT4kSpkJ0"
NEW_HASH = "$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
#: Secrets, by where they come from; odd characters wherever a secret may have them.
SECRETS = {
    "env": "env-k4n4ry \"'\\/{{ vars.x }}&=%41+ü€<>|;$(id)`id`\n\t#",
    "file": "file-k4n4ry\u00a0\U0001f426 $HOME %s {0} \x1b[31m'\"",
    "age": "age-k4n4ry::add-mask:: &amp; \\u0041 ~/é",
    "new": 'new-k4n4ry "second version" ]]>',
    "typed": "typed-k4n4ry-into-the-wrong-place",
    "ftp": "ftp-k4n4ry 'shop' %0a",
    "telephone": "telephone-k4n4ry 4711",
    "iban": "de89 3704 0044 0532 0130 00",
    "canonical iban": "DE89370400440532013000",
    "other iban": "AT611904300234573201",
    "mistyped iban": "DE88370400440532013000",
}
#: What hashes and keys hold beyond their forms, which everybody knows.
KEYS = {"hash": HASH.rpartition("$")[2], "new hash": NEW_HASH[7:], "identity": ERIKA[15:], "other identity": MAX[15:]}
PEOPLE = {"name": "Wilhelmine Kanarienvogel", "email": "wilhelmine.kanari@vogelhaus.example", "phone": "51198765432"}
PEOPLE |= {"street": "Kanarienvogelweg 17b", "moved": "Umzugsallee 99 Hinterhaus", "city": "Vogelhausen am Käfig"}
PEOPLE |= {"invoice": "rechnung.kanari@kaefig.example", "holder": "Kanarienzucht Gefieder GmbH"}

ACCOUNT = """\
version: 1
account: K-104711
providers: {default: {type: embedded, path: account.db}}
policy: {secrets: [env/MAIL_*]}
"""
MAIL = """\
mail:
  example.org:
    mailboxes:
      by-env: {quota: 1 GiB, password: {secret: env/MAIL_ENV, version: 1}}
      by-file: {quota: 1 GiB, password: {secret: file/run/secret.txt, version: 1}}
      by-age: {quota: 1 GiB, password: {secret: file/s.age#KEY, version: 1}}
      by-hash: {quota: 1 GiB, password: {hash: "HASH"}}
    aliases:
      sales: [by-env]
""".replace("HASH", HASH)
PERSON = f"""\
contacts:
  erika: {{name: {PEOPLE["name"]}, email: {PEOPLE["email"]}, phone: "+49 {PEOPLE["phone"]}", may: [speak, authorise]}}
"""
SETTINGS = f"""\
ftp_accounts:
  shop: {{home: /shop, password: {{secret: env/FTP, version: 1}}}}
address:
  {{last_name: {PEOPLE["name"]}, street: {PEOPLE["street"]}, country: DE, postcode: "30159", city: {PEOPLE["city"]}}}
billing:
  invoice: {{by: email, to: {PEOPLE["invoice"]}, contact: erika}}
  pay: {{by: sepa_debit, iban: {{secret: env/IBAN, version: 1}}, holder: {PEOPLE["holder"]}}}
passwords: {{telephone: {{secret: env/TELEPHONE, version: 1}}}}
"""
#: Public, so that the cache has something to keep.
ZONE = "www:\n  type: A\n  value: 192.0.2.1\n"
_GIT = """\
#!/bin/sh
{{ env; printf '%s\\n' "$@"; }} >>{log}
exec {git} "$@"
"""


@dataclass
class Aviary:
    """The account in a repository; calling it runs ``reconciler`` there and keeps every word of it."""

    root: Path
    said: list[tuple[str, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("account", "tmp", "bin"):
            (self.root / name).mkdir()
        (self.root / "bin" / "git").write_text(_GIT.format(log=self.children, git=shutil.which("git")))
        (self.root / "bin" / "git").chmod(0o755)
        self.write(
            {"account.yaml": ACCOUNT, "mail.yaml": MAIL, "people.yaml": PERSON, "s.age.recipients": ERIKA_PUBLIC}
        )
        self.write({"settings.yaml": SETTINGS, "zones/example.org.yaml": ZONE})
        self.write({"run/secret.txt": SECRETS["file"] + "\n", "run/key.txt": f"{ERIKA}\n"})
        self.git("init", "--quiet", "--template=")
        self.write({".git/info/exclude": "/run/\n"})

    @property
    def folder(self) -> Path:
        """The account folder."""
        return self.root / "account"

    @property
    def children(self) -> Path:
        """Where the git on the path writes with which words and in which environment it was started."""
        return self.root / "children"

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a run, with the secrets in it."""
        env = environment(self.root / "home", MAIL_ENV=SECRETS["env"], RECONCILER_AGE_IDENTITY=ERIKA)
        env |= {"FTP": SECRETS["ftp"], "IBAN": SECRETS["iban"], "TELEPHONE": SECRETS["telephone"]}
        env |= {"TMPDIR": str(self.root / "tmp"), "PATH": f"{self.root / 'bin'}{os.pathsep}{env['PATH']}"}
        return {name: value for name, value in {**env, **more}.items() if value}

    def __call__(self, *args: str, stdin: str = "", cwd: Path | None = None, **env: str) -> Finished:
        done = run([str(BIN / "reconciler"), *args], cwd or self.folder, self.environment(**env), stdin)
        self.said += [(" ".join(args), text.encode()) for text in (done.out, done.err)]
        return done

    def git(self, *args: str) -> str:
        """Run git in the repository, past the one that is watched."""
        env = environment(self.root / "home")
        done = run(["git", *args], self.folder, env)
        assert done.code == 0, done.err
        return done.out

    def write(self, files: Mapping[str, str]) -> None:
        """Write files as a user does."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def replace(self, old: str, new: str, name: str = "mail.yaml") -> None:
        """Change a file as a user does."""
        text = (self.folder / name).read_text("utf-8")
        assert old in text
        self.write({name: text.replace(old, new)})

    def sinks(self) -> Iterator[tuple[str, bytes]]:
        """Yield everything that runs have made: words, files, git objects, and what git was started with.

        Left out are the account's own database, the files in which the secrets lie, and the YAML.
        """
        yield from self.said
        yield "children", self.children.read_bytes()
        for path in self.root.rglob("*"):
            if path.is_file() and not self._is_source(path):
                yield str(path.relative_to(self.root)), path.read_bytes()
            yield f"name of {path}", str(path).encode()
        for repository in (self.folder, *self.folder.rglob("record.git")):
            yield from self._objects(repository)

    def _is_source(self, path: Path) -> bool:
        name = path.relative_to(self.root).as_posix()
        return path.suffix == ".yaml" or name.startswith(("account/account.db", "account/run/", "bin/"))

    def _objects(self, repository: Path) -> Iterator[tuple[str, bytes]]:
        """Yield every object of a repository, also those that no branch leads to, except the user's own YAML."""
        at = ("-C", str(repository))
        listed = self.git(*at, "rev-list", "--all", "--reflog", "--objects")
        yaml = {line.partition(" ")[0] for line in listed.splitlines() if line.endswith(".yaml")}
        every = self.git(*at, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
        kinds = dict(line.split() for line in every.splitlines())
        wanted = [oid for oid, kind in kinds.items() if oid not in yaml and kind != "tree"]
        for oid in wanted:
            yield f"{kinds[oid]} {oid}", self.git(*at, "cat-file", "-p", oid).encode()

    def cached(self) -> bytes:
        """Return all that is in the files of the cache."""
        return b"".join(path.read_bytes() for path in (self.root / "home" / ".cache").rglob("*") if path.is_file())

    def leaks(self) -> list[str]:
        """Return each canary that turned up, and where."""
        known = {**SECRETS, **KEYS, **PEOPLE}
        return [
            f"{next(name for name, text in known.items() if text == canary)} in {sink}: {data[:2000]!r}"
            for sink, data in self.sinks()
            for canary in leaks(known.values(), data)
        ]
