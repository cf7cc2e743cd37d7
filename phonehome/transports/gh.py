"""File issues with the `gh` program (SPEC-115 §v0.1 Transport).

The body goes to gh on standard input, so no file holds it; the token goes in the environment, so
no process list shows it. Each method runs gh one to a few times, every run within
`timeout_seconds`.
"""

import os
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from phonehome.transports.base import (
    AUTH_REQUIRED,
    CLOCK_MARGIN,
    ISSUE_CREATE_FAILED,
    LABEL_MISSING,
    REPO_ACCESS_DENIED,
    TRANSPORT_UNAVAILABLE,
    FiledIssue,
    IssueDraft,
    Repository,
    Retry,
    TransportError,
    check_draft,
    check_labels,
    check_marker,
    has_marker,
    split_repo,
)
from phonehome.transports.gh_environment import has_login
from phonehome.transports.gh_errors import classify, unconfirmed, unread
from phonehome.transports.gh_program import HOST, GhProgram, find_gh

DEFAULT_TIMEOUT_SECONDS = 60.0
_PAGE_SIZE = 100  # the largest that GitHub serves
_MOST_PAGES = 100
_LABEL_COLOUR = "5319e7"

_ISSUE_URL = re.compile(rf"https://{re.escape(HOST)}/(?P<repo>[^/\s]+/[^/\s]+)/issues/(?P<n>\d+)")
_REPOSITORY_JQ = "{full_name, node_id, visibility, archived, has_issues}"
# Only issues whose body holds the marker come back whole; `oldest` tells when to stop paging.
_MARKED_JQ = (
    "{{count: length, oldest: (.[-1].created_at // null), hits: [.[]"
    ' | select(has("pull_request") | not) | select((.body // "") | contains("{marker}"))'
    " | {{number, html_url, body}}]}}"
)

LoginState = Literal["ok", "missing", "not_logged_in"]


def gh_login_state(
    gh_path: str | None = None, environ: Mapping[str, str] = os.environ
) -> LoginState:
    """Whether gh can be used, judged without running it: no network, no token touched.

    "missing": there is no gh. "not_logged_in": neither GH_TOKEN nor gh's hosts.yml holds a login
    for github.com. "ok" says that a login is there, not that GitHub still accepts it; `preflight`
    says that. (`gh auth status` would ask the network, and blames the token when that is down.)
    """
    if find_gh(gh_path, environ) is None:
        return "missing"
    return "ok" if has_login(environ) else "not_logged_in"


class GhTransport:
    """The transport that runs gh, as whoever GH_TOKEN or gh's own configuration names."""

    name = "gh_cli"

    def __init__(
        self,
        gh_path: str | None = None,
        *,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        create_missing_labels: bool = False,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._gh = GhProgram(gh_path, timeout_seconds, environ)
        self._environ = environ
        self._gh_path = gh_path
        self._create_missing_labels = create_missing_labels

    def preflight(self, repo: str) -> Repository:
        """See Transport. The account's access is proved by reading the repository."""
        owner, name = split_repo(repo)
        if gh_login_state(self._gh_path, self._environ) == "not_logged_in":
            raise TransportError(
                AUTH_REQUIRED,
                "gh is not logged in. Set GH_TOKEN or run `gh auth login` as the worker's user.",
                Retry.NEEDS_FIX,
            )
        answer = self._gh.api(f"repos/{owner}/{name}", jq=_REPOSITORY_JQ)
        found = _repository(answer, f"{owner}/{name}")
        for fact, trouble, remedy in (
            (answer.get("archived") is True, "is archived", "Unarchive it"),
            (answer.get("has_issues") is False, "has issues switched off", "Switch them on"),
        ):
            if fact:
                raise TransportError(
                    ISSUE_CREATE_FAILED,
                    f"The repository {trouble}. {remedy} or choose another one.",
                    Retry.NEEDS_FIX,
                )
        return found

    def ensure_labels(self, repo: str, labels: tuple[str, ...]) -> None:
        """See Transport. Names are compared without case, as GitHub does."""
        owner, name = split_repo(repo)
        check_labels(labels)
        path = f"repos/{owner}/{name}/labels"
        try:
            existing = self._existing_labels(path)
        except TransportError as error:
            if error.code in (TRANSPORT_UNAVAILABLE, REPO_ACCESS_DENIED):
                # The list cannot be read, though the repository was. gh looks every label up
                # itself and refuses an unknown one before it creates the issue.
                return
            raise
        missing = [label for label in labels if label.casefold() not in existing]
        if missing and not self._create_missing_labels:
            raise TransportError(
                LABEL_MISSING,
                f"Labels that do not exist in {repo}: {', '.join(missing)}. Create them there, or "
                "allow this program to create labels.",
                Retry.NEEDS_FIX,
            )
        for label in missing:
            self._create_label(path, label)

    def _existing_labels(self, path: str) -> set[str]:
        existing: set[str] = set()
        for page in range(1, _MOST_PAGES + 1):
            names = self._gh.api(f"{path}?per_page={_PAGE_SIZE}&page={page}", jq="[.[].name]")
            if not isinstance(names, list):
                raise unread("the list of labels is not a list")
            existing |= {_label_name(label).casefold() for label in names}
            if len(names) < _PAGE_SIZE:
                break
        return existing

    def _create_label(self, path: str, label: str) -> None:
        payload = {"name": label, "color": _LABEL_COLOUR, "description": "Filed by Prism Care"}
        try:
            self._gh.api(path, jq="{name}", payload=payload)
        except TransportError as error:
            # 422: another worker has created it since our listing. Where GitHub means that it
            # does not like the name, gh says so before it creates the issue.
            if "HTTP 422" not in error.detail:
                raise

    def find_by_marker(
        self, repo: str, marker: str, since: datetime | None = None
    ) -> list[FiledIssue]:
        """See Transport. Labels are no filter here: someone may have taken them off."""
        owner, name = split_repo(repo)
        check_marker(marker)
        stop = None if since is None else since - CLOCK_MARGIN
        listing = f"repos/{owner}/{name}/issues?state=all&sort=created&direction=desc"
        found: dict[int, FiledIssue] = {}  # a page may repeat issues when new ones come in between
        for page in range(1, _MOST_PAGES + 1):
            answer = self._gh.api(
                f"{listing}&per_page={_PAGE_SIZE}&page={page}", jq=_MARKED_JQ.format(marker=marker)
            )
            issues, oldest, full = _marked(answer, marker)
            found |= {issue.number: issue for issue in issues}
            if not full or oldest is None or (stop is not None and oldest < stop):
                return list(found.values())
        # An incomplete look must not pass for "not there".
        raise TransportError(
            TRANSPORT_UNAVAILABLE,
            f"{repo} has more than {_MOST_PAGES * _PAGE_SIZE} issues since then; the look for "
            "this packet's issue was not finished.",
            Retry.LATER,
        )

    def create(self, draft: IssueDraft) -> FiledIssue:
        """See Transport. A valid URL on standard output means created, whatever came after."""
        check_draft(draft)
        owner, name = split_repo(draft.repo)
        # The --flag=value form keeps a title that begins with "-" a value.
        outcome = self._gh.run(
            [
                "issue",
                "create",
                f"--repo={HOST}/{owner}/{name}",
                f"--title={draft.title}",
                "--body-file=-",
                *(f"--label={label}" for label in draft.labels),
            ],
            draft.body.encode(),
        )
        stdout, stderr = self._gh.text(outcome.stdout), self._gh.text(outcome.stderr)
        issue = _issue(stdout.rpartition("\n")[2], f"{owner}/{name}")
        if issue is not None:
            return issue
        if outcome.killed:
            raise unconfirmed(f"gh was ended after {outcome.seconds:.1f} seconds. {stderr}".strip())
        if outcome.exit_code == 0:
            raise unconfirmed(
                f"gh ended well without the issue's address. {stdout}\n{stderr}".strip()
            )
        raise classify(stderr, outcome.exit_code, "create")


def _issue(url: str, repo: str | None = None) -> FiledIssue | None:
    """The issue at `url` when it is one of github.com (and of `repo`, any case), else None."""
    match = _ISSUE_URL.fullmatch(url.strip())
    if match is None or (repo is not None and match["repo"].casefold() != repo.casefold()):
        return None
    return FiledIssue(url.strip(), int(match["n"]))


def _label_name(label: Any) -> str:
    return str(label.get("name", "") if isinstance(label, dict) else label)


def _repository(answer: Any, asked: str) -> Repository:
    """What the answer says of the repository. Only its visibility cannot be done without: older
    servers say `private` instead, and leave the name they were asked by out."""
    if isinstance(answer, dict):
        visibility = answer.get("visibility")
        if visibility is None and isinstance(answer.get("private"), bool):
            visibility = "private" if answer["private"] else "public"
        if visibility in ("public", "private", "internal"):
            full_name, node_id = answer.get("full_name"), answer.get("node_id")
            return Repository(str(full_name or asked), str(node_id or ""), visibility)
    raise unread("the repository's description lacks its visibility")


def _condensed(listing: list[Any], marker: str) -> dict[str, Any]:
    """What the jq expression makes of a listing, where it was not applied."""
    rows = [row for row in listing if isinstance(row, dict)]
    return {
        "count": len(listing),
        "oldest": rows[-1].get("created_at") if rows else None,
        "hits": [
            row
            for row in rows
            if "pull_request" not in row and marker in str(row.get("body") or "")
        ],
    }


def _marked(answer: Any, marker: str) -> tuple[list[FiledIssue], datetime | None, bool]:
    """One page of a listing: issues with the marker, when its oldest was created, if it is full."""
    if isinstance(answer, list):
        answer = _condensed(answer, marker)
    match answer:
        case {"count": int(count), "oldest": str() | None as oldest, "hits": list(hits)}:
            issues = []
            for hit in hits:
                issue = _issue(str(hit.get("html_url")))
                if issue is None:
                    raise unread("the listing holds an issue without a proper address")
                if has_marker(str(hit.get("body")), marker):
                    issues.append(issue)
            try:
                created = None if oldest is None else datetime.fromisoformat(oldest)
            except ValueError:
                raise unread("the listing holds an issue without a proper date") from None
            return issues, created, count >= _PAGE_SIZE
    raise unread("the listing is not a list of issues")
