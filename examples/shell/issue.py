#!/usr/bin/env python3
"""Keeps exactly one issue at GitHub or GitLab open while there is drift; the standard library only.

issue.py CODE FILE  opens the issue with the report FILE, updates it, or closes it

CODE is the exit code of drift.sh; RECONCILER_ACCOUNT names the account where a repository holds several.
GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN say where, on GitLab CI_API_V4_URL, CI_PROJECT_ID and GITLAB_TOKEN;
RECONCILER_RUN_URL leads back to the job.
"""

import json
import os
import sys
import urllib.request
from pathlib import Path
from urllib.parse import quote

ACCOUNT = os.environ.get("RECONCILER_ACCOUNT", "account")
RUN = os.environ.get("RECONCILER_RUN_URL", "")
MARK = f"<!-- reconciler: {ACCOUNT} -->"
LABEL = f"drift-{ACCOUNT}"
#: Longer reports stand in the job only: a comment of GitHub holds 65,536 characters.
LIMIT = 60_000


class GitHub:
    """The REST API of GitHub, and the words in which it differs from that of GitLab."""

    edit, number, text, opened = "PATCH", "number", "body", "open"
    closing, labels = ("state", "closed"), [LABEL]  # never changed

    def __init__(self) -> None:
        """Read where it is."""
        self.base = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}"
        self.headers = {"Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}"}

    def ask(self, method, path, data=None):
        """Return the answer as JSON."""
        headers = {"Accept": "application/json", "Content-Type": "application/json", **self.headers}
        body = None if data is None else json.dumps(data).encode()
        asked = urllib.request.Request(self.base + path, body, headers, method=method)  # noqa: S310  # the job's own
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310  # as above
            return json.load(answer)

    def every(self, path):
        """Return everything in a list, page by page."""
        found, number = [], 1
        while page := self.ask("GET", f"{path}{'&' if '?' in path else '?'}per_page=100&page={number}"):
            found += page
            number += 1
        return found


class GitLab(GitHub):
    """The REST API of GitLab."""

    edit, number, text, opened = "PUT", "iid", "description", "opened"
    closing, labels = ("state_event", "close"), LABEL

    def __init__(self) -> None:
        """Read where it is."""
        self.headers = {"PRIVATE-TOKEN": os.environ["GITLAB_TOKEN"]}
        self.base = f"{os.environ['CI_API_V4_URL']}/projects/{os.environ['CI_PROJECT_ID']}"


def report(file):
    """Return a report behind our mark; one that is too long isn't cut, which could hide what matters."""
    text = Path(file).read_text(encoding="utf-8")
    if len(text) > LIMIT:
        text = f"The report has {len(text)} characters, too many for here. It stands in the job; split the change.\n"
    return f"{MARK}\n{text}" + (f"\n[The job]({RUN})\n" if RUN else "")


def issue(forge, code, file):
    """Keep one issue open while there is drift; a look that failed leaves it as it is."""
    if code not in ("0", "2"):
        return
    found = forge.every(f"/issues?state={forge.opened}&labels={quote(LABEL)}")
    ours = sorted(one[forge.number] for one in found if (one[forge.text] or "").startswith(MARK))
    if code == "2":
        content = {"title": f"Drift in {ACCOUNT}", forge.text: report(file)}
        if ours:
            forge.ask(forge.edit, f"/issues/{ours.pop(0)}", content)
        else:
            forge.ask("POST", "/issues", {**content, "labels": forge.labels})
    for number in ours:
        forge.ask(forge.edit, f"/issues/{number}", dict([forge.closing]))


def main() -> None:
    """Do what the command line says."""
    forge = GitLab if "CI_API_V4_URL" in os.environ else GitHub
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    issue(forge(), *sys.argv[1:])


if __name__ == "__main__":
    main()
