#!/usr/bin/env python3
"""Posts what a plan or a look found to GitHub or GitLab; the standard library only.

post.py status SHA CODE SEAL  the commit status `reconciler/ACCOUNT`, whose description is the seal
post.py comment NUMBER FILE   one comment on a pull or merge request, replaced by the next
post.py issue CODE FILE       exactly one open issue while there is drift: opened, updated, closed

CODE is the exit code of plan.sh or drift.sh; RECONCILER_ACCOUNT names the account where a repository holds several.
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

    edit, number, text, name, opened = "PATCH", "number", "body", "context", "open"
    good, bad, closing, labels = "success", "failure", ("state", "closed"), [LABEL]  # never changed

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

    def notes(self, number):
        """Return the paths of all comments on a pull request, and of one of them."""
        return f"/issues/{number}/comments", "/issues/comments/{}"

    def is_ours(self, note):
        """Tell whether a comment is a job's, and not one that somebody wrote to look like it."""
        return note["user"]["type"] == "Bot" and note["body"].startswith(MARK)


class GitLab(GitHub):
    """The REST API of GitLab."""

    edit, number, text, name, opened = "PUT", "iid", "description", "name", "opened"
    good, bad, closing, labels = "success", "failed", ("state_event", "close"), LABEL

    def __init__(self) -> None:
        """Read where it is, and who we are."""
        self.headers = {"PRIVATE-TOKEN": os.environ["GITLAB_TOKEN"]}
        self.base = os.environ["CI_API_V4_URL"]
        self.me = self.ask("GET", "/user")["id"]
        self.base += f"/projects/{os.environ['CI_PROJECT_ID']}"

    def notes(self, number):
        """Return the paths of all notes on a merge request, and of one of them."""
        path = f"/merge_requests/{number}/notes"
        return path, path + "/{}"

    def is_ours(self, note):
        """Tell whether a note is a job's, and not one that somebody wrote to look like it."""
        return note["author"]["id"] == self.me and note["body"].startswith(MARK)


def report(file):
    """Return a report behind our mark; one that is too long isn't cut, which could hide what matters."""
    text = Path(file).read_text(encoding="utf-8")
    if len(text) > LIMIT:
        text = f"The report has {len(text)} characters, too many for here. It stands in the job; split the change.\n"
    return f"{MARK}\n{text}" + (f"\n[The job]({RUN})\n" if RUN else "")


def status(forge, sha, code, seal):
    """Set the status of a commit: 0 and 2 are good, whatever else is not."""
    state = forge.good if code in ("0", "2") else forge.bad
    content = {"state": state, forge.name: f"reconciler/{ACCOUNT}", "description": seal or "no plan"}
    forge.ask("POST", f"/statuses/{sha}", content | ({"target_url": RUN} if RUN else {}))


def comment(forge, number, file):
    """Replace our comment, or make it."""
    path, one = forge.notes(number)
    ours = [note["id"] for note in forge.every(path) if forge.is_ours(note)]
    if ours:
        forge.ask(forge.edit, one.format(ours[0]), {"body": report(file)})
    else:
        forge.ask("POST", path, {"body": report(file)})


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
    match sys.argv[1:]:
        case ["status", sha, code, seal]:
            status(forge(), sha, code, seal)
        case ["comment", number, file]:
            comment(forge(), number, file)
        case ["issue", code, file]:
            issue(forge(), code, file)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
