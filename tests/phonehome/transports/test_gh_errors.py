"""Every failure that gh tells of gets its code and says what may be done."""

import pickle
from pathlib import Path

import pytest

from phonehome.transports import base, gh_errors
from phonehome.transports.base import Retry, TransportError
from phonehome.transports.gh import GhTransport
from tests.phonehome.transports.drafts import draft
from tests.standins.github import DEFAULT_REPO, GitHubStandIn

# (case, words on standard error, code, retry) of a failed create. Words: gh 2.23.0, public reports.
CREATE = [
    ("server error", "HTTP 500: Server Error (https://api.github.com/graphql)", "unknown", "look"),
    ("server error", "HTTP 502: Bad Gateway (https://api.github.com/graphql)", "unknown", "look"),
    ("server error", "HTTP 504: 504 Gateway Timeout", "unknown", "look"),
    (
        "server error",
        (
            "GraphQL: Something went wrong while executing your query. This may be the result of a "
            "timeout, or it could be a GitHub bug."
        ),
        "unknown",
        "look",
    ),
    ("server error", "GraphQL: field failed (createIssue.issue.url)", "unknown", "look"),
    ("label missing", "could not add label: 'x' not found", "label_missing", "needs_fix"),
    (
        "secondary limit",
        (
            "HTTP 403: You have exceeded a secondary rate limit. Please wait a few minutes before "
            "you try again. (https://api.github.com/graphql)"
        ),
        "rate_limited",
        "later",
    ),
    (
        "secondary limit",
        "GraphQL: was submitted too quickly (createIssue)",
        "rate_limited",
        "later",
    ),
    ("primary limit", "GraphQL: API rate limit exceeded for user ID 1.", "rate_limited", "later"),
    ("primary limit", "HTTP 429: Too Many Requests", "rate_limited", "later"),
    (
        "bad token",
        (
            "HTTP 401: Bad credentials (https://api.github.com/graphql)\n"
            "Try authenticating with:  gh auth login"
        ),
        "auth_required",
        "needs_fix",
    ),
    (
        "no token",
        (
            "To get started with GitHub CLI, please run:  gh auth login\nAlternatively, populate "
            "the GH_TOKEN environment variable with a GitHub API authentication token."
        ),
        "auth_required",
        "needs_fix",
    ),
    (
        "no token",
        "gh: To use GitHub CLI in automation, set the GH_TOKEN environment variable.",
        "auth_required",
        "needs_fix",
    ),
    (
        "SAML",
        (
            "GraphQL: Resource protected by organization SAML enforcement. You must grant your "
            "Personal Access token access to this organization. (repository)"
        ),
        "repo_access_denied",
        "needs_fix",
    ),
    (
        "archived",
        "GraphQL: Repository was archived so is read-only (createIssue)",
        "issue_create_failed",
        "needs_fix",
    ),
    (
        "issues disabled",
        "the 'o/r' repository has disabled issues",
        "issue_create_failed",
        "needs_fix",
    ),
    (
        "issues disabled",
        "gh: Issues are disabled for this repo (HTTP 410)",
        "issue_create_failed",
        "needs_fix",
    ),
    (
        "repository missing or no access",
        "GraphQL: Could not resolve to a Repository with the name 'o/r'. (repository)",
        "repo_access_denied",
        "needs_fix",
    ),
    (
        "repository missing or no access",
        "gh: Not Found (HTTP 404)",
        "repo_access_denied",
        "needs_fix",
    ),
    (
        "forbidden",
        "GraphQL: Resource not accessible by personal access token (createIssue)",
        "repo_access_denied",
        "needs_fix",
    ),
    ("forbidden", "HTTP 403: Forbidden", "repo_access_denied", "needs_fix"),
    (
        "name lookup failed",
        (
            "error connecting to api.github.com\ncheck your internet connection or "
            "https://githubstatus.com"
        ),
        "transport_unavailable",
        "later",
    ),
    (
        "no connection",
        (
            'Post "https://api.github.com/graphql": dial tcp 140.82.121.6:443: connect: connection '
            "refused"
        ),
        "transport_unavailable",
        "later",
    ),
    (
        "no connection",
        'Post "https://api.github.com/graphql": dial tcp 140.82.121.6:443: i/o timeout',
        "transport_unavailable",
        "later",
    ),
    (
        "no connection",
        'Post "https://api.github.com/graphql": x509: certificate signed by unknown authority',
        "transport_unavailable",
        "later",
    ),
    ("gh too old", "unknown flag: --body-file", "transport_unavailable", "needs_fix"),
    (
        "dropped, truncated or garbled",
        'Post "https://api.github.com/graphql": EOF',
        "unknown",
        "look",
    ),
    ("dropped, truncated or garbled", "unexpected EOF", "unknown", "look"),
    (
        "dropped, truncated or garbled",
        (
            'Post "https://api.github.com/graphql": read tcp 10.0.0.1:5->140.82.121.6:443: read: '
            "connection reset by peer"
        ),
        "unknown",
        "look",
    ),
    (
        "dropped, truncated or garbled",
        "invalid character '<' looking for beginning of value",
        "unknown",
        "look",
    ),
    ("dropped, truncated or garbled", "unexpected end of JSON input", "unknown", "look"),
    ("dropped, truncated or garbled", "net/http: timeout awaiting headers", "unknown", "look"),
    (
        "refused",
        "GraphQL: Title is too long (maximum is 256 characters) (createIssue)",
        "issue_create_failed",
        "needs_fix",
    ),
    ("refused", "HTTP 422: Validation Failed", "issue_create_failed", "needs_fix"),
    (None, "a wording that nobody has seen yet", "unknown", "look"),
    (None, "", "unknown", "look"),
]
_CODES = {"unknown": base.OUTCOME_UNKNOWN}


@pytest.mark.parametrize(("case", "words", "code", "retry"), CREATE)
def test_words_of_a_failed_create(case: str | None, words: str, code: str, retry: str) -> None:
    error = gh_errors.classify(words, 1, "create")

    row = next((row for row in gh_errors.ROWS if row.pattern.search(words)), None)
    assert (row.case if row else None) == case
    assert error.code == _CODES.get(code, f"phone_home_{code}")
    assert error.retry is Retry(retry)
    assert error.detail == words


@pytest.mark.parametrize(("case", "words", "code", "retry"), CREATE)
def test_a_failed_read_never_asks_for_a_look(
    case: str | None, words: str, code: str, retry: str
) -> None:
    error = gh_errors.classify(words, 1, "read")

    if retry == "look":
        assert (error.code, error.retry) == (base.TRANSPORT_UNAVAILABLE, Retry.LATER)
    else:
        assert (error.code, error.retry) == (f"phone_home_{code}", Retry(retry))


def test_every_row_of_the_table_is_tried() -> None:
    assert {case for case, *_ in CREATE} - {None} == {row.case for row in gh_errors.ROWS}


def test_every_code_is_known_and_every_message_a_sentence() -> None:
    assert {row.code for row in gh_errors.ROWS} <= base.CODES
    assert all(row.message.endswith(".") for row in gh_errors.ROWS)


def test_exit_code_for_no_login_is_enough() -> None:
    assert gh_errors.classify("new wording", 4, "create").code == base.AUTH_REQUIRED


def test_server_failure_wins_over_words_of_a_certain_one() -> None:
    """A look too many is cheap; a second issue is not."""
    words = "HTTP 502: <html>Not Found (HTTP 404), rate limit exceeded</html>"

    assert gh_errors.classify(words, 1, "create").retry is Retry.LOOK


# The same through the real gh: (fault, code of create, code of preflight; None: it succeeds).
FAULTS = [
    ("401", "auth_required", "auth_required"),
    ("403", "repo_access_denied", "repo_access_denied"),
    ("saml", "repo_access_denied", "repo_access_denied"),
    ("repo_missing", "repo_access_denied", "repo_access_denied"),
    ("primary_limit", "rate_limited", "rate_limited"),
    ("secondary_limit", "rate_limited", "rate_limited"),
    ("too_quickly", "rate_limited", None),
    ("forbidden", "repo_access_denied", None),
    ("label_missing", "label_missing", None),
]


@pytest.mark.parametrize(("fault", "code"), [(fault, code) for fault, code, _ in FAULTS])
def test_refused_create(hub: GitHubStandIn, transport: GhTransport, fault: str, code: str) -> None:
    hub.inject(fault)

    with pytest.raises(TransportError) as caught:
        transport.create(draft())

    assert caught.value.code == f"phone_home_{code}"
    assert caught.value.retry is not Retry.LOOK
    assert hub.issues() == []


@pytest.mark.parametrize(("fault", "code"), [(f, code) for f, _, code in FAULTS if code])
def test_refused_preflight(
    hub: GitHubStandIn, transport: GhTransport, fault: str, code: str
) -> None:
    hub.inject(fault)

    with pytest.raises(TransportError) as caught:
        transport.preflight(DEFAULT_REPO)

    assert caught.value.code == f"phone_home_{code}"
    assert caught.value.retry is not Retry.LOOK


@pytest.mark.parametrize("fault", ["drop", "truncate", "empty", "garbage", "500", "502"])
def test_preflight_without_a_proper_answer_is_tried_later(
    hub: GitHubStandIn, transport: GhTransport, fault: str
) -> None:
    hub.inject(fault)

    with pytest.raises(TransportError) as caught:
        transport.preflight(DEFAULT_REPO)

    assert caught.value.code == base.TRANSPORT_UNAVAILABLE
    assert caught.value.retry is Retry.LATER


def test_pause_is_the_servers_own(hub: GitHubStandIn, transport: GhTransport) -> None:
    hub.inject("secondary_limit")
    with pytest.raises(TransportError) as secondary:
        transport.preflight(DEFAULT_REPO)
    hub.inject("primary_limit")
    with pytest.raises(TransportError) as primary:
        transport.preflight(DEFAULT_REPO)
    hub.inject("secondary_limit")
    with pytest.raises(TransportError) as create:
        transport.create(draft())

    assert secondary.value.retry_after_seconds == 73  # Retry-After
    assert primary.value.retry_after_seconds is not None
    assert 90 < primary.value.retry_after_seconds <= 120  # X-RateLimit-Reset
    assert create.value.retry_after_seconds == 60  # gh does not show it: GitHub's own advice


@pytest.mark.parametrize("facts", [{"archived": True}, {"has_issues": False}])
def test_repository_that_takes_no_issues(
    hub: GitHubStandIn, transport: GhTransport, facts: dict[str, bool]
) -> None:
    hub.configure(**facts)

    for call in (lambda: transport.preflight(DEFAULT_REPO), lambda: transport.create(draft())):
        with pytest.raises(TransportError) as caught:
            call()
        assert caught.value.code == base.ISSUE_CREATE_FAILED
        assert caught.value.retry is Retry.NEEDS_FIX
    assert hub.issues() == []


def test_nobody_listens(hub: GitHubStandIn, transport: GhTransport) -> None:
    (hub.config_dir / "config.yml").write_text(f"http_unix_socket: {hub.folder}/nobody\n")

    for call in (lambda: transport.preflight(DEFAULT_REPO), lambda: transport.create(draft())):
        with pytest.raises(TransportError) as caught:
            call()
        assert caught.value.code == base.TRANSPORT_UNAVAILABLE
        assert caught.value.retry is Retry.LATER


def test_no_login(hub: GitHubStandIn) -> None:
    (hub.config_dir / "hosts.yml").unlink()
    environ = hub.gh_environment()
    del environ["GH_TOKEN"]
    transport = GhTransport(environ=environ | {"CI": "true", "GITHUB_TOKEN": "not ours to use"})

    for call in (lambda: transport.preflight(DEFAULT_REPO), lambda: transport.create(draft())):
        with pytest.raises(TransportError) as caught:
            call()
        assert caught.value.code == base.AUTH_REQUIRED
        assert caught.value.retry is Retry.NEEDS_FIX
    assert hub.requests() == []


def test_no_gh(tmp_path: Path) -> None:
    transport = GhTransport(environ={"PATH": str(tmp_path), "GH_TOKEN": "x"})

    for call in (lambda: transport.preflight(DEFAULT_REPO), lambda: transport.create(draft())):
        with pytest.raises(TransportError) as caught:
            call()
        assert caught.value.code == base.TRANSPORT_UNAVAILABLE
        assert caught.value.retry is Retry.NEEDS_FIX


def test_error_survives_pickling_and_cuts_long_details() -> None:
    error = TransportError(base.RATE_LIMITED, "Wait.", Retry.LATER, 5.0, "x" * 10_000)

    copy = pickle.loads(pickle.dumps(error))

    assert (copy.code, copy.message, copy.retry) == (base.RATE_LIMITED, "Wait.", Retry.LATER)
    assert (copy.retry_after_seconds, len(copy.detail)) == (5.0, 4_000)
    assert str(copy) == "phone_home_rate_limited: Wait."
