"""Which forge this is, and which pull request: told by the environment of a CI job."""

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.forge._answer import fact
from reconciler.forge._forge import Forge
from reconciler.forge._http import Api
from reconciler.forge.github import GitHub
from reconciler.forge.gitlab import GitLab
from reconciler.model.errors import UsageError
from reconciler.model.late import dataclass

_LARGEST_EVENT = 2**24


@dataclass(frozen=True, slots=True)
class Job:
    """The pull request and the commit of its head that a job is for (empty: neither is known), and the job's page."""

    number: str
    head: str
    url: str


def open_forge(environ: Mapping[str, str]) -> Forge:
    """Return the repository at the forge that the environment names; raises ``UsageError`` where it names none."""
    if environ.get("GITHUB_REPOSITORY"):
        base = environ.get("GITHUB_API_URL", "https://api.github.com").rstrip("/")
        token = _token(environ, "GITHUB_TOKEN")
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
        headers |= {"X-GitHub-Api-Version": "2022-11-28"}
        graphql = environ.get("GITHUB_GRAPHQL_URL") or f"{base.removesuffix('/v3')}/graphql"
        return GitHub(Api(base, headers, proxy=_proxy(environ, base)), environ["GITHUB_REPOSITORY"], graphql)
    if environ.get("CI_PROJECT_ID"):
        base = environ.get("CI_API_V4_URL", "https://gitlab.com/api/v4").rstrip("/")
        if environ.get("GITLAB_TOKEN"):
            headers = {"PRIVATE-TOKEN": _token(environ, "GITLAB_TOKEN")}
        else:
            headers = {"JOB-TOKEN": _token(environ, "CI_JOB_TOKEN")}
        return GitLab(Api(base, headers, proxy=_proxy(environ, base)), environ["CI_PROJECT_ID"])
    raise UsageError(
        "The environment names no forge.",
        "Set GITHUB_REPOSITORY and GITHUB_TOKEN, or CI_PROJECT_ID and GITLAB_TOKEN; a CI job has the first of each.",
    )


def job_of(environ: Mapping[str, str]) -> Job:
    """Return what the environment says of the job.

    The head is the pull request's own commit, not the merge that GitHub checks out.
    """
    if environ.get("GITHUB_REPOSITORY"):
        event = _event(environ.get("GITHUB_EVENT_PATH", ""))
        number, head = fact(event, "pull_request", "number"), fact(event, "pull_request", "head", "sha")
        run = environ.get("GITHUB_RUN_ID", "")
        url = f"{environ.get('GITHUB_SERVER_URL', '')}/{environ['GITHUB_REPOSITORY']}/actions/runs/{run}" if run else ""
        return Job(str(number or ""), str(head or ""), url)
    head = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environ.get("CI_COMMIT_SHA", "")
    return Job(environ.get("CI_MERGE_REQUEST_IID", ""), head, environ.get("CI_JOB_URL", ""))


def _proxy(environ: Mapping[str, str], base: str) -> str | None:
    """Return the proxy that the job's environment names for a forge, if any: like the forge, it is told there."""
    proxy, without = (environ.get(name) or environ.get(name.upper(), "") for name in ("https_proxy", "no_proxy"))
    host = f".{urlsplit(base).hostname}"
    spared = [name.strip().lstrip(".").casefold() for name in without.split(",") if name.strip()]
    if not base.startswith("https:") or any(name == "*" or host.endswith(f".{name}") for name in spared):
        return None
    return proxy or None


def _event(path: str) -> object:
    try:
        data = Path(path).read_bytes() if path else b"{}"
        return json.loads(data) if len(data) <= _LARGEST_EVENT else {}
    except (OSError, ValueError, RecursionError):
        return {}


def _token(environ: Mapping[str, str], name: str) -> str:
    token = environ.get(name, "")
    if not token:
        raise UsageError(f"{name} is empty.", "Give the job a token; docs/approvals.md says which rights it needs.")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(f"{name} is not a token.", "It holds characters that no token has.")
    return token
