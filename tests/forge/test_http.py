"""How a forge may answer: too often, too slow, too large, something else, hostile; and what never happens then."""

import pytest

from forge.stand_in import StandIn, slow
from reconciler.forge._http import Api
from reconciler.forge.github import GitHub
from reconciler.forge.opening import open_forge
from reconciler.model.errors import AuthenticationError, ForgeError, ReconcilerError, UsageError

HOSTILE = "\x1b[2Jevil\u202e ::error::x"


def api(stand_in: StandIn, **more: float) -> Api:
    return Api(stand_in.url, {"Authorization": "Bearer bot-token"}, pause=0.01, **more)


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (401, AuthenticationError, "refused the token"),
        (403, AuthenticationError, "refused the token"),
        (404, ForgeError, "knows nothing"),
        (422, ForgeError, "didn't do it"),
        (429, ForgeError, "busy"),
        (500, ForgeError, "busy"),
        (503, ForgeError, "busy"),
    ],
)
def test_each_refusal_says_what_it_means(
    stand_in: StandIn, status: int, error: type[ReconcilerError], says: str
) -> None:
    """With the forge's own reason, made harmless; what may pass is asked three times, everything else once."""
    stand_in.answer("/x", status, {"message": HOSTILE})
    with pytest.raises(error, match=says) as raised:
        api(stand_in).get("/x")
    assert "evil" in str(raised.value)
    assert str(raised.value).isprintable()
    assert "bot-token" not in str(raised.value)
    assert len(stand_in.seen) == (3 if says == "busy" else 1)


def test_a_rate_limit_is_no_missing_right(stand_in: StandIn) -> None:
    """GitHub says 403 for it, and that nothing remains."""
    stand_in.answer("/x", 403, {"message": "API rate limit exceeded"}, x_ratelimit_remaining="0")
    with pytest.raises(ForgeError, match="busy"):
        api(stand_in).get("/x")


def test_what_is_written_is_sent_once(stand_in: StandIn) -> None:
    """A status that may have arrived isn't posted again."""
    stand_in.answer("/x", 503, {})
    with pytest.raises(ForgeError):
        api(stand_in).send("POST", "/x", {})
    assert len(stand_in.seen) == 1


def test_a_token_is_never_sent_elsewhere(stand_in: StandIn) -> None:
    """Redirects and next pages on another address aren't followed; nothing is sent in the clear."""
    stand_in.answer("/moved", 302, b"", Location=f"{stand_in.url}/user")
    with pytest.raises(ForgeError, match="sent us elsewhere"):
        api(stand_in).get("/moved")
    for link in ("http://127.0.0.2:9/x", f"{stand_in.url}.evil.example/x", "/x?page=2"):
        stand_in.answer("/list", 200, [], Link=f'<{link}>; rel="next"')
        with pytest.raises(ForgeError, match="another address"):
            list(api(stand_in).pages("/list"))
    assert {path.partition("?")[0] for _, path, _ in stand_in.seen} == {"/moved", "/list"}
    with pytest.raises(UsageError, match="https"):
        Api("http://forge.example", {})
    with pytest.raises(UsageError):
        api(stand_in).post_to("https://elsewhere.example/graphql", {})


def test_pages_end(stand_in: StandIn) -> None:
    """A list that never ends is no list."""
    stand_in.answer("/list", 200, [1], Link=f'<{stand_in.url}/list>; rel="next"')
    with pytest.raises(ForgeError, match="pages"):
        list(api(stand_in).pages("/list"))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b'"text"', b"{}", b"\xff"])
def test_what_is_no_list_isnt_read_as_an_empty_one(stand_in: StandIn, body: bytes) -> None:
    """An answer of the wrong type is an error, never *nothing was approved*."""
    stand_in.answer("/list", 200, body)
    with pytest.raises(ForgeError):
        list(api(stand_in).pages("/list"))


def test_too_large_and_too_slow(stand_in: StandIn) -> None:
    """Limits on size and time hold."""
    stand_in.answer("/large", 200, b" " * (8 * 2**20 + 1))
    with pytest.raises(ForgeError, match="too large"):
        api(stand_in).get("/large")
    stand_in.instead["/user"] = slow(0.6)
    with pytest.raises(ForgeError, match="can't be reached"):
        api(stand_in, seconds=0.1).get("/user")


@pytest.mark.parametrize(
    "row", [None, 1, "x", {}, {"number": "5"}, {"number": 5, "head": None, "merged_at": "x"}, {"merged_at": []}]
)
def test_wrong_types_in_an_answer(stand_in: StandIn, row: object) -> None:
    """What is documented as a number or a text is one, or the answer is refused; a row without a merge is none."""
    stand_in.answer("/pulls$", 200, [row])
    forge = open_forge(stand_in.github())
    if isinstance(row, dict) and row.get("merged_at"):
        with pytest.raises(ForgeError, match="isn't what is documented"):
            forge.merged_from("a" * 40)
    else:
        assert forge.merged_from("a" * 40) == ()


def test_nobody_listens(stand_in: StandIn) -> None:
    """A forge that can't be reached is an error with a way on."""
    with pytest.raises(ForgeError, match="can't be reached"):
        Api("http://127.0.0.1:9", {}, pause=0.01).get("/user")


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({}, "names no forge"),
        ({"GITHUB_REPOSITORY": "a/b"}, "GITHUB_TOKEN is empty"),
        ({"GITHUB_REPOSITORY": "a/b", "GITHUB_TOKEN": "x\ny"}, "is not a token"),
        ({"CI_PROJECT_ID": "1"}, "CI_JOB_TOKEN is empty"),
        ({"CI_PROJECT_ID": "1", "CI_JOB_TOKEN": "x", "CI_API_V4_URL": "http://lab.example/api/v4"}, "https"),
    ],
)
def test_an_environment_that_isnt_enough(environ: dict[str, str], says: str) -> None:
    """Says what is missing, and never what a token is."""
    with pytest.raises(UsageError, match=says):
        open_forge(environ)


@pytest.mark.parametrize(
    ("base", "environ", "proxy"),
    [
        ("https://api.github.com", {}, None),
        ("https://api.github.com", {"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        (
            "https://api.github.com",
            {"https_proxy": "http://proxy:3128", "NO_PROXY": "example.org"},
            "http://proxy:3128",
        ),
        ("https://lab.example.org", {"https_proxy": "http://proxy:3128", "no_proxy": "a.test, .example.org"}, None),
        ("https://lab.example.org", {"https_proxy": "http://proxy:3128", "no_proxy": "*"}, None),
        ("http://127.0.0.1:80", {"HTTPS_PROXY": "http://proxy:3128"}, None),
    ],
)
def test_a_forge_behind_a_proxy(base: str, environ: dict[str, str], proxy: str | None) -> None:
    """The job's environment names it, as it names the forge."""
    job = {"GITHUB_REPOSITORY": "a/b", "GITHUB_TOKEN": "x", "GITHUB_API_URL": base, **environ}
    forge = open_forge(job)
    assert isinstance(forge, GitHub)
    assert forge.api.proxy == proxy
