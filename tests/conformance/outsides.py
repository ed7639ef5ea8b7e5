"""The demonstration account on each outside that `docs/coverage.md` speaks of, with a folder that declares a part."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from docs.pages import ROOT
from inside import Inside
from program import Repository, environment
from reconciler.demo.filling import make_account
from reconciler.demo.firm import Firm
from reconciler.service.settings import Settings
from service.serving import serving

OUTSIDES = ("embedded", "service", "manual")
SECRETS = {
    **dict.fromkeys(("MAIL_INFO", "FTP_SHOP", "SERVICE_PASSWORD", "PHONE_PASSWORD"), "kqzvbnjw-7731"),
    "IBAN": "DE89370400440532013000",
}
_PROVIDERS = {
    "embedded": "{type: embedded, path: account.db}",
    "service": "{type: kundencenter, url: URL, token: {secret: env/ACCOUNT_TOKEN}}",
    "manual": "{type: manual}",
}


class Section(NamedTuple):
    """A section of the page: its kinds, the files it shows, its commands and its proofs by outside."""

    title: str
    family: str
    kinds: tuple[str, ...]
    files: Mapping[str, str]
    commands: tuple[str, ...]
    proofs: Mapping[str, str]


def sections() -> list[Section]:
    """Return the sections of the page."""
    page = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    _, *parts = re.split(r"^## ", page, flags=re.MULTILINE)
    return [_section(part) for part in parts]


def _section(text: str) -> Section:
    family, kinds = re.findall(r"Family: (.+?)\. Kinds: (.+?)\.$", text, re.MULTILINE)[0]
    (commands,) = re.findall(r"^Commands: (.+)\.$", text, re.MULTILINE)
    block = "".join(re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    _, *parts = re.split(r"^# file: (\S+)\n", block, flags=re.MULTILINE)
    return Section(
        text.splitlines()[0],
        family,
        tuple(re.findall(r"`(\w+)`", kinds)),
        dict(zip(parts[::2], parts[1::2], strict=True)),
        tuple(re.findall(r"`(\w+)`", commands)),
        dict(re.findall(r"^\| (\w+) \| `(.+)` \|$", text, re.MULTILINE)),
    )


def files_of(family: str) -> dict[str, str]:
    """Return all files that the sections of a family show."""
    return {path: text for one in sections() if family in one.family for path, text in one.files.items()}


@contextmanager
def opened(outside: str, tmp_path: Path, files: Mapping[str, str]) -> Iterator[Inside]:
    """Yield the program in a committed folder with these files, whose account lies with ``outside``."""
    folder, env = tmp_path / "account", environment(tmp_path / "home", **SECRETS)
    folder.mkdir()
    provider = _PROVIDERS[outside]
    if outside == "service":
        make_account(tmp_path / "served.db", Firm(size=10))
        with serving(tmp_path / "served.db", Settings(private_addresses=True)) as served:
            env["ACCOUNT_TOKEN"] = served.token
            yield _folder(folder, env, provider.replace("URL", served.url), files)
        return
    if outside == "embedded":
        make_account(folder / "account.db", Firm(size=10))
    yield _folder(folder, env, provider, files)


def _folder(folder: Path, env: dict[str, str], provider: str, files: Mapping[str, str]) -> Inside:
    account = f"version: 1\naccount: K-104711\nproviders: {{default: {provider}}}\n"
    repo = Repository(folder, env)
    repo.git("init", "--quiet")
    ignored = "account.db*\n"
    policy = "policy: {unmanaged: {default: ignore}}\n"
    # What the form is in the example: a file that its reader has.
    files = {**files, "signed-form.pdf": "%PDF-1.7\n%%EOF\n"} if "owner.yaml" in files else files
    repo.commit("The account", {".gitignore": ignored, "account.yaml": account + policy, **files})
    return Inside(folder, env)
