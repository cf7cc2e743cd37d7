"""What gh's words on standard error mean.

GitHub's wording is not a contract, so rows match loosely, in order, and what no row knows counts
as "the issue may exist". Two mistakes are possible, and they are not equal: taking a certain
failure for an unknown one costs a look; the reverse costs a second issue. So the rows for unknown
outcomes that name the server's own failure come first.
Measured with gh 2.23.0.
"""

import re
from dataclasses import dataclass
from typing import Literal

from phonehome.transports.base import (
    AUTH_REQUIRED,
    ISSUE_CREATE_FAILED,
    LABEL_MISSING,
    OUTCOME_UNKNOWN,
    RATE_LIMITED,
    REPO_ACCESS_DENIED,
    TRANSPORT_UNAVAILABLE,
    Retry,
    TransportError,
)

# "Wait at least one minute" where GitHub names no delay:
# https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
RATE_LIMIT_WAIT_SECONDS = 60.0

EXIT_NOT_LOGGED_IN = 4

Doing = Literal["create", "read"]


@dataclass(frozen=True)
class Row:
    """One case: when `pattern` is found, the failure is `code` with `retry`.

    `retry` LOOK stands for "the request may have been carried out": that holds for a create only,
    a failed read is always safe to repeat.
    """

    case: str
    pattern: re.Pattern[str]
    code: str
    retry: Retry
    message: str
    retry_after_seconds: float | None = None


def _row(
    case: str, pattern: str, code: str, retry: Retry, message: str, wait: float | None = None
) -> Row:
    return Row(case, re.compile(pattern, re.IGNORECASE | re.MULTILINE), code, retry, message, wait)


UNCONFIRMED = (
    "GitHub did not confirm the issue. It may exist: it is looked for before anything is sent "
    "again."
)
UNREACHABLE = "GitHub could not be reached. Nothing was sent; it is tried again."
READ_FAILED = "GitHub did not answer properly. Nothing was sent; it is tried again."

ROWS: tuple[Row, ...] = (
    _row(
        "server error",
        r"HTTP 5\d\d|something went wrong|internal (server )?error|\(createIssue\.",
        OUTCOME_UNKNOWN,
        Retry.LOOK,
        UNCONFIRMED,
    ),
    _row(
        "label missing",
        r"could not add label",
        LABEL_MISSING,
        Retry.NEEDS_FIX,
        "A label of the issue does not exist in the repository. Create it there, or allow this "
        "program to create labels.",
    ),
    _row(
        "secondary limit",
        r"secondary rate limit|submitted too quickly|abuse detection",
        RATE_LIMITED,
        Retry.LATER,
        "GitHub asks for a pause (secondary rate limit). It is tried again after it.",
        RATE_LIMIT_WAIT_SECONDS,
    ),
    _row(
        "primary limit",
        r"rate limit exceeded|HTTP 429",
        RATE_LIMITED,
        Retry.LATER,
        "The account has used up its requests for this hour. It is tried again later.",
        RATE_LIMIT_WAIT_SECONDS,
    ),
    _row(
        "bad token",
        r"HTTP 401|bad credentials",
        AUTH_REQUIRED,
        Retry.NEEDS_FIX,
        "GitHub refuses the token. Renew GH_TOKEN or run `gh auth login`.",
    ),
    _row(
        "no token",
        r"run:\s+gh auth login|set the GH_TOKEN|populate the GH_TOKEN|not logged in",
        AUTH_REQUIRED,
        Retry.NEEDS_FIX,
        "gh is not logged in. Set GH_TOKEN or run `gh auth login` as the worker's user.",
    ),
    _row(
        "SAML",
        r"SAML enforcement|SAML SSO",
        REPO_ACCESS_DENIED,
        Retry.NEEDS_FIX,
        "The organization asks for single sign-on. Authorize the token for it on GitHub.",
    ),
    _row(
        "archived",
        r"(was|is|been) archived",
        ISSUE_CREATE_FAILED,
        Retry.NEEDS_FIX,
        "The repository is archived and takes no issues. Unarchive it or choose another one.",
    ),
    _row(
        "issues disabled",
        r"has disabled issues|issues (are|has been|have been) disabled|HTTP 410",
        ISSUE_CREATE_FAILED,
        Retry.NEEDS_FIX,
        "Issues are switched off in the repository. Switch them on in its settings.",
    ),
    _row(
        "repository missing or no access",
        r"could not resolve to a repository|HTTP 404",
        REPO_ACCESS_DENIED,
        Retry.NEEDS_FIX,
        "The repository does not exist, or this login may not see it. Check its name and the "
        "invitation.",
    ),
    _row(
        "forbidden",
        r"HTTP 403|HTTP 451|resource not accessible|required scopes|must have .*(access|rights)"
        r"|does not have .*permission",
        REPO_ACCESS_DENIED,
        Retry.NEEDS_FIX,
        "This login may not do that in the repository. Give it the permission on GitHub.",
    ),
    _row(
        "name lookup failed",
        r"error connecting to|no such host|server misbehaving",
        TRANSPORT_UNAVAILABLE,
        Retry.LATER,
        UNREACHABLE,
    ),
    _row(
        "no connection",
        r"\bdial (tcp|udp|unix)|connection refused|no route to host|network is unreachable"
        r"|proxyconnect|TLS handshake|x509:|tls: failed to verify",
        TRANSPORT_UNAVAILABLE,
        Retry.LATER,
        UNREACHABLE,
    ),
    _row(
        "gh too old",
        r"^unknown (shorthand )?(flag|command)|accepts \d+ arg",
        TRANSPORT_UNAVAILABLE,
        Retry.NEEDS_FIX,
        "This gh does not know a command that is needed. Install gh 2.23 or newer.",
    ),
    _row(
        "dropped, truncated or garbled",
        r"\bEOF$|connection reset|broken pipe|use of closed|i/o timeout|deadline exceeded"
        r"|time[d ]?out|HTTP 408|invalid character|unexpected end of JSON|cannot unmarshal"
        r"|stream error|GOAWAY|server closed",
        OUTCOME_UNKNOWN,
        Retry.LOOK,
        UNCONFIRMED,
    ),
    _row(
        "refused",
        r"^GraphQL: |HTTP 4\d\d",
        ISSUE_CREATE_FAILED,
        Retry.NEEDS_FIX,
        "GitHub refused the request. The reason is in the details.",
    ),
)

_NO_TOKEN = next(row for row in ROWS if row.case == "no token")


def classify(stderr: str, exit_code: int, doing: Doing) -> TransportError:
    """The failure that `stderr` (already scrubbed) of a gh that ended by itself tells of."""
    row = next((row for row in ROWS if row.pattern.search(stderr)), None)
    if row is None and exit_code == EXIT_NOT_LOGGED_IN:
        row = _NO_TOKEN
    if row is None or row.retry is Retry.LOOK:
        return unconfirmed(stderr) if doing == "create" else unread(stderr)
    return TransportError(row.code, row.message, row.retry, row.retry_after_seconds, stderr)


def unconfirmed(detail: str) -> TransportError:
    """A create whose outcome is not known."""
    return TransportError(OUTCOME_UNKNOWN, UNCONFIRMED, Retry.LOOK, None, detail)


def unread(detail: str) -> TransportError:
    """A read that brought nothing usable: safe to repeat."""
    return TransportError(TRANSPORT_UNAVAILABLE, READ_FAILED, Retry.LATER, None, detail)
