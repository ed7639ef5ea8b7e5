"""Seals at both forges: posted, and found again from what was merged; what doesn't count, and why."""

import json
from pathlib import Path

import pytest

from forge.stand_in import BOT, ERIKA, EVE, MAX, StandIn
from reconciler.forge import sealing
from reconciler.forge._forge import Forge
from reconciler.forge.opening import Job, job_of, open_forge
from reconciler.model.approvals import Demand, Grant, Review
from reconciler.model.errors import ForgeError
from reconciler.model.fields import digest_of
from reconciler.model.seals import SealList

ACCOUNT, HEAD, MERGE = "K-104711", "a" * 40, "b" * 40
SEALS = SealList(ACCOUNT, "0" * 64, tuple(sorted(digest_of(n) for n in range(5))))
TWO = Demand(2, (), True, ("data loss",), ("mailbox/x",))
BEFORE, PUSHED, AFTER = (f"2026-11-26T0{hour}:00:00.000Z" for hour in (7, 8, 9))


def post(forge: Forge, seals: SealList = SEALS, head: str = HEAD, number: str = "5") -> None:
    sealing.post_list(forge, number, seals)
    sealing.post_seal(forge, head, ACCOUNT, "success", seals.seal, "5 to add, 0 to change, 0 to destroy", "https://x/1")


def find(forge: Forge, *demands: Demand, commits: tuple[str, ...] = (MERGE,)) -> sealing.Found:
    return sealing.find(forge, commits, ACCOUNT, SEALS.changes, demands)


@pytest.mark.parametrize("merged", ["merge", "squash", "rebase"])
def test_what_was_posted_is_found_from_what_was_merged(stand_in: StandIn, environ: dict[str, str], merged: str) -> None:
    """Whichever way it was merged: as a merge, squashed, or rebased into several commits."""
    forge = open_forge(environ)
    post(forge)
    commits = (MERGE, "c" * 40, "d" * 40) if merged == "rebase" else (MERGE,)
    for commit in commits:
        stand_in.facts.merge(commit, 5, HEAD)
    found = find(forge, commits=commits)
    assert found.lists == (SEALS,)
    assert [(g.source, g.seal, g.who, g.pull_request, g.head, g.commit, g.claimed) for g in found.grants] == [
        (forge.name, SEALS.seal, BOT[1], "5", HEAD, MERGE, False)
    ]


def test_only_the_newest_status_of_our_own_identity_counts(stand_in: StandIn, environ: dict[str, str]) -> None:
    """One that a branch's own job posted under another identity is named and ignored; so is an older one of ours."""
    forge, other = open_forge(environ), SealList(ACCOUNT, "1" * 64, ())
    token = "GITHUB_TOKEN" if "GITHUB_TOKEN" in environ else "GITLAB_TOKEN"
    stand_in.facts.merge(MERGE, 5, HEAD)
    post(open_forge({**environ, token: "eve-token"}))
    found = find(forge)
    assert not found.grants
    assert f"those of {EVE[1]} don't count" in found.looked[0]
    post(forge, other)
    post(forge)
    assert [grant.seal for grant in find(forge).grants] == [SEALS.seal]
    sealing.post_seal(forge, HEAD, ACCOUNT, "failure", "", "No plan could be made.", "")
    assert not find(forge).grants


def test_a_list_counts_by_its_digest_whoever_wrote_it(stand_in: StandIn, environ: dict[str, str]) -> None:
    """A forged list in a comment is passed over; the right one counts though somebody else wrote it."""
    forge = open_forge(environ)
    stand_in.facts.merge(MERGE, 5, HEAD)
    post(forge)
    genuine = stand_in.facts.comments["5"].pop()["text"]
    forged = SealList(ACCOUNT, "0" * 64, (*SEALS.changes[:-1], "f" * 64))
    sealing.post_list(forge, "5", forged)
    stand_in.facts.comments["5"] += [
        {"id": 1, "by": EVE, "text": "<!-- reconciler-seals K-104711 %%% -->"},
        {"id": 2, "by": EVE, "text": "<!-- reconciler-seals K-104711 AAAA -->"},
        {"id": 3, "by": EVE, "text": f"quoted:\n{genuine}"},
    ]
    assert find(forge).lists == (SEALS,)


def test_a_comment_is_made_once_and_then_replaced(stand_in: StandIn, environ: dict[str, str]) -> None:
    """One for each account; the same words by somebody else are left alone."""
    forge = open_forge(environ)
    stand_in.facts.comments["5"] = [
        {"id": n, "by": EVE, "text": "<!-- reconciler-plan K-104711 -->"} for n in (1, 2, 3)
    ]
    first = sealing.post_comment(forge, "5", ACCOUNT, "# One")
    assert sealing.post_comment(forge, "5", ACCOUNT, "# Two") == first
    assert sealing.post_comment(forge, "5", "K-2", "# Other") != first
    assert [one["text"].rpartition("\n")[2] for one in stand_in.facts.comments["5"][3:]] == ["# Two", "# Other"]
    with pytest.raises(ForgeError, match="The comment has"):
        sealing.post_comment(forge, "5", ACCOUNT, "x" * forge.longest_comment)


def test_reviews_of_exactly_the_head_count(stand_in: StandIn) -> None:
    """At GitHub: the newest word of each reviewer, on the head, not dismissed; who may write, and in which teams."""
    facts, forge = stand_in.facts, open_forge(stand_in.github())
    post(forge)
    facts.merge(MERGE, 5, HEAD)
    facts.teams["acme/ops"] = {"max"}
    facts.review(5, HEAD, MAX)
    facts.review(5, HEAD, ERIKA)
    facts.review(5, HEAD, EVE)
    demand = Demand(1, ("acme/ops", "erika"), True, ("money",), ("billing",))
    (grant,) = find(forge, demand).grants
    assert [(r.who, r.groups, r.is_author) for r in grant.reviews] == [
        ("max", ("*", "acme/ops"), False),
        ("erika", ("*", "erika"), True),
        ("eve", (), False),
    ]
    assert [review.counts(demand) for review in grant.reviews] == [True, False, False]
    facts.review(5, HEAD, MAX, "CHANGES_REQUESTED")
    facts.review(5, HEAD, ERIKA, "DISMISSED")
    facts.review(5, "e" * 40, EVE)
    assert find(forge, demand).grants[0].reviews == ()


def test_approvals_since_the_head_was_pushed_count(stand_in: StandIn) -> None:
    """At GitLab: by time; where it tells none, only if the project takes approvals back when something is pushed."""
    facts, forge = stand_in.facts, open_forge(stand_in.gitlab())
    post(forge)
    facts.merge(MERGE, 5, HEAD)
    facts.teams["acme"] = {"max"}
    facts.versions["5"] = [
        {"head_commit_sha": HEAD, "created_at": PUSHED},
        {"head_commit_sha": "e" * 40, "created_at": BEFORE},
    ]
    facts.review(5, HEAD, ERIKA, when=BEFORE)
    facts.review(5, HEAD, MAX, when=AFTER)
    demand = Demand(1, ("acme/",), True, ("money",), ("billing",))
    assert find(forge, demand).grants[0].reviews == (Review("5/8", "max", ("*", "acme/"), False),)
    facts.teams["acme"] = set()
    facts.reviews["5"] = []
    facts.review(5, HEAD, MAX)
    assert find(forge, TWO).grants[0].reviews == ()
    facts.resets = True
    assert [review.who for review in find(forge, TWO).grants[0].reviews] == ["max"]


def test_an_open_pull_request_is_no_merge(stand_in: StandIn, environ: dict[str, str]) -> None:
    """A commit that is also in somebody's open pull request brings no approval of that."""
    forge = open_forge(environ)
    post(forge)
    stand_in.facts.merge(MERGE, 5, HEAD, merged=False)
    assert find(forge) == sealing.Found()


def test_looking_ends_when_everything_is_covered(stand_in: StandIn, environ: dict[str, str]) -> None:
    """The newest merge first; a long history costs nothing where the first answer is enough."""
    forge = open_forge(environ)
    post(forge)
    stand_in.facts.merge(MERGE, 5, HEAD)
    find(forge, commits=(MERGE, *(f"{n:040x}" for n in range(100))))
    assert sum("commits/0000" in path for _, path, _ in stand_in.seen) == 0


def test_who_an_apps_token_is(stand_in: StandIn) -> None:
    """``/user`` is closed to it; GraphQL tells its id."""
    stand_in.answer("^/user$", 403, {"message": "Resource not accessible by integration"})
    stand_in.answer("^/graphql$", 200, {"data": {"viewer": {"login": BOT[1], "databaseId": BOT[0]}}})
    assert open_forge(stand_in.github()).me().id == str(BOT[0])


def test_the_job_says_which_pull_request(tmp_path: Path) -> None:
    """At GitHub the event's file does, with the head and not the merge that is checked out; at GitLab variables do."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 5, "head": {"sha": HEAD}}}))
    hub = {"GITHUB_REPOSITORY": "acme/account", "GITHUB_EVENT_PATH": str(event), "GITHUB_SERVER_URL": "https://g"}
    assert job_of({**hub, "GITHUB_RUN_ID": "9"}) == Job("5", HEAD, "https://g/acme/account/actions/runs/9")
    assert job_of({"GITHUB_REPOSITORY": "acme/account"}) == Job("", "", "")
    lab = {"CI_PROJECT_ID": "42", "CI_MERGE_REQUEST_IID": "5", "CI_COMMIT_SHA": HEAD, "CI_JOB_URL": "https://l/1"}
    assert job_of(lab) == Job("5", HEAD, "https://l/1")


def test_a_grant_comes_back_from_the_receipt() -> None:
    """Ids, who, and the reviews; anything else is damage."""
    grant = Grant("github", "0" * 64, "bot", False, MERGE, "5", HEAD, "9", (Review("1", "max", ("*", "acme/ops")),))
    assert Grant.from_json(grant.to_json()) == grant
    for damage in ({"seal": 1}, {"claimed": "no"}, {"reviews": [{"id": 1, "who": "max", "groups": []}]}, {"other": ""}):
        with pytest.raises((TypeError, KeyError)):
            Grant.from_json({**grant.to_json(), **damage})


def test_a_grant_is_told_in_a_line() -> None:
    """Which pull request, at which head, who sealed and who reviewed; what nobody proved is claimed."""
    grant = Grant("github", "0" * 64, "bot", False, MERGE, "5", HEAD, "9", (Review("1", "max"), Review("2", "max")))
    assert grant.line == f"pull request 5 at {HEAD[:12]} of {MERGE[:12]}, sealed by bot, reviewed by max"
    assert Grant("trailer", "0" * 64, claimed=True, commit=MERGE).line == f"claimed by trailer of {MERGE[:12]}"
    assert Grant("seal", "0" * 64).line == "seal"
