"""What every transport is given, what it gives back and how it fails.

A transport carries one reviewed issue to one repository. It decides nothing about whether the
issue may leave: approval, digest and lease are checked by the caller before it is called.
Pure Python: no Django, no settings; configuration arrives in constructors.
Source: SPEC-115 §v0.1 Transport, §Failure Modes.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

TITLE_LIMIT_CHARACTERS = 256  # GitHub refuses more, and only after the call
BODY_LIMIT_CHARACTERS = 65_536  # likewise
LABEL_LIMIT_CHARACTERS = 50  # likewise
DETAIL_LIMIT_CHARACTERS = 4_000

# Our clock and GitHub's may differ; a listing goes back this much further than asked.
CLOCK_MARGIN = timedelta(minutes=10)

TRANSPORT_UNAVAILABLE = "phone_home_transport_unavailable"
AUTH_REQUIRED = "phone_home_auth_required"
REPO_ACCESS_DENIED = "phone_home_repo_access_denied"
ISSUE_CREATE_FAILED = "phone_home_issue_create_failed"
OUTCOME_UNKNOWN = "phone_home_outcome_unknown"
RATE_LIMITED = "phone_home_rate_limited"
LABEL_MISSING = "phone_home_label_missing"

CODES = frozenset(
    {
        TRANSPORT_UNAVAILABLE,
        AUTH_REQUIRED,
        REPO_ACCESS_DENIED,
        ISSUE_CREATE_FAILED,
        OUTCOME_UNKNOWN,
        RATE_LIMITED,
        LABEL_MISSING,
    }
)


class Retry(StrEnum):
    """What the caller may do after a failure."""

    LATER = "later"  # nothing was created; try again after a while
    NEEDS_FIX = "needs_fix"  # nothing was created; a person has to change something first
    LOOK = "look"  # the issue may exist, or appear seconds later: look for its marker first


class TransportError(Exception):
    """A transport could not do what it was asked.

    `code` is one of `CODES`, `message` a sentence for a person, `detail` the program's own words
    with tokens removed, at most DETAIL_LIMIT_CHARACTERS. `retry_after_seconds` is the server's
    own delay, or the one its manual prescribes; None when it named none.
    """

    def __init__(
        self,
        code: str,
        message: str,
        retry: Retry,
        retry_after_seconds: float | None = None,
        detail: str = "",
    ) -> None:
        # All arguments go to Exception so that the error survives pickling between processes.
        super().__init__(code, message, retry, retry_after_seconds, detail)
        self.code = code
        self.message = message
        self.retry = retry
        self.retry_after_seconds = retry_after_seconds
        self.detail = detail[:DETAIL_LIMIT_CHARACTERS]

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


@dataclass(frozen=True)
class IssueDraft:
    """One issue exactly as it was approved. `marker` stands as a visible line in `body`."""

    repo: str
    title: str
    body: str
    labels: tuple[str, ...]
    marker: str


@dataclass(frozen=True)
class FiledIssue:
    """An issue that exists."""

    url: str
    number: int


@dataclass(frozen=True)
class Repository:
    """A repository as the other side describes it now.

    `full_name` is its present name (it differs from the one asked for after a rename), `node_id`
    stays with it for life, `visibility` is "public", "private" or "internal".
    """

    full_name: str
    node_id: str
    visibility: str


class Transport(Protocol):
    """The one way out. Every method raises TransportError and nothing else for what can fail."""

    @property
    def name(self) -> str:
        """Stored with every attempt: "gh_cli" or "folder"."""
        ...

    def preflight(self, repo: str) -> Repository:
        """Prove that `repo` can be reached and takes issues; nothing is written.

        Raises TransportError: transport_unavailable, auth_required, repo_access_denied,
        rate_limited, or issue_create_failed when the repository is archived or without issues.
        Never `Retry.LOOK`.
        """
        ...

    def ensure_labels(self, repo: str, labels: tuple[str, ...]) -> None:
        """Return when every label exists in `repo`; create them only where so configured.

        Raises TransportError label_missing (naming them) before any issue is sent.
        """
        ...

    def find_by_marker(
        self, repo: str, marker: str, since: datetime | None = None
    ) -> list[FiledIssue]:
        """Issues of `repo`, open or closed, whose body holds `marker` as a whole token.

        Newest first, read from the listing and never from a search index. `since` (aware)
        bounds how far back it reads, less CLOCK_MARGIN; None reads to the first issue. An empty
        list means "not there now": after an unknown outcome ask more than once.
        """
        ...

    def create(self, draft: IssueDraft) -> FiledIssue:
        """Create the issue once, without resending.

        Raises TransportError; `Retry.LOOK` when the issue may exist.
        """
        ...


# The owner part never ends in "_" and never holds "__", so "<owner>__<name>" is unambiguous.
_REPO = re.compile(
    r"(?P<owner>[A-Za-z0-9](?:[A-Za-z0-9-]|_(?=[A-Za-z0-9-])){0,38})/(?P<name>[A-Za-z0-9._-]{1,100})"
)
_MARKER = re.compile(r"prism-care:packet:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TOKEN_CHARACTER = r"[0-9A-Za-z:_-]"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def split_repo(repo: str) -> tuple[str, str]:
    """`owner/name` as its two parts; nothing else passes (no host, URL, path or option).

    Raises TransportError repo_access_denied.
    """
    match = _REPO.fullmatch(repo)
    if match is None or match["name"] in {".", ".."}:
        raise TransportError(
            REPO_ACCESS_DENIED,
            'The target repository is not of the form "owner/name". Correct GITHUB_REPO.',
            Retry.NEEDS_FIX,
        )
    return match["owner"], match["name"]


def check_marker(marker: str) -> None:
    """Refuse anything but `prism-care:packet:<lower-case uuid>`."""
    if _MARKER.fullmatch(marker) is None:
        raise TransportError(
            ISSUE_CREATE_FAILED,
            "The packet's marker is not of the form prism-care:packet:<uuid>.",
            Retry.NEEDS_FIX,
        )


def has_marker(body: str, marker: str) -> bool:
    """Whether `marker` stands in `body` as a whole token, not as part of a longer one."""
    pattern = rf"(?<!{_TOKEN_CHARACTER}){re.escape(marker)}(?!{_TOKEN_CHARACTER})"
    return re.search(pattern, body) is not None


def is_label(label: str) -> bool:
    """Whether GitHub takes `label` and gh sends it whole: gh reads --label as a line of
    comma-separated values with quotes."""
    bad = not label.strip() or "," in label or '"' in label or CONTROL.search(label)
    return not bad and len(label) <= LABEL_LIMIT_CHARACTERS and _encodable(label)


def check_labels(labels: tuple[str, ...]) -> None:
    """Refuse labels that GitHub or gh would refuse or split."""
    for label in labels:
        if not is_label(label):
            raise _refused(
                f"The label {label[:80]!a} cannot be sent: labels are 1 to "
                f"{LABEL_LIMIT_CHARACTERS} characters without commas, quotes or control characters."
            )


def check_draft(draft: IssueDraft) -> None:
    """Refuse a draft that could not be filed exactly as approved, or not be found again.

    Raises TransportError issue_create_failed (repo_access_denied for the repository's name).
    """
    split_repo(draft.repo)
    check_marker(draft.marker)
    check_labels(draft.labels)
    if not draft.title.strip() or len(draft.title) > TITLE_LIMIT_CHARACTERS:
        raise _refused(f"The title must have 1 to {TITLE_LIMIT_CHARACTERS} characters.")
    if CONTROL.search(draft.title):
        raise _refused("The title must be one line without control characters.")
    if len(draft.body) > BODY_LIMIT_CHARACTERS:
        raise _refused(f"The body must have at most {BODY_LIMIT_CHARACTERS} characters.")
    if not (_encodable(draft.title) and _encodable(draft.body)) or "\x00" in draft.body:
        raise _refused("The title or body holds characters that cannot be sent (NUL, surrogates).")
    if not has_marker(draft.body, draft.marker):
        raise _refused(
            "The body does not hold its own marker line, so the issue could not be found again."
        )


def _refused(message: str) -> TransportError:
    return TransportError(ISSUE_CREATE_FAILED, message, Retry.NEEDS_FIX)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
