"""One catalogue of error codes and the exception that carries one.

An app defines its codes in its own `errors.py` with `define`; `docs/errors.md` is generated from
the catalogue. A code's sentence and next steps live here once; what belongs to one occurrence is
given when it is raised.
"""

from dataclasses import dataclass, field
from typing import Any

NextStep = dict[str, str]


@dataclass(frozen=True)
class Code:
    """A stable code, its HTTP status, a sentence for people, what to do next, and its source."""

    code: str
    status: int
    message: str
    next_steps: tuple[NextStep, ...] = ()
    source: str = ""
    retryable: bool = False


CATALOGUE: dict[str, Code] = {}


def define(
    code: str,
    status: int,
    message: str,
    *next_steps: NextStep,
    source: str = "",
    retryable: bool = False,
) -> Code:
    """Add a code to the catalogue. Raises ValueError when the name is taken."""
    if code in CATALOGUE:
        raise ValueError(f"error code {code!r} is defined twice")
    entry = Code(code, status, message, next_steps, source, retryable)
    CATALOGUE[code] = entry
    return entry


def step(label: str, action: str, **details: str) -> NextStep:
    """One next step: what to show, and what a client can do about it."""
    return {"label": label, "action": action, **details}


@dataclass
class CareError(Exception):
    """A refusal with a code from the catalogue.

    `message` and `next_steps` replace the catalogue's when this occurrence knows better; `fields`
    names the wrong fields of an `invalid_request`; `details` holds facts for the answer that are
    not secrets (an issue URL, for example); `headers` go on the HTTP answer.
    """

    entry: Code
    message: str = ""
    next_steps: tuple[NextStep, ...] = ()
    fields: dict[str, Any] | None = None
    details: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.message = self.message or self.entry.message
        self.next_steps = self.next_steps or self.entry.next_steps
        super().__init__(self.message)

    @property
    def code(self) -> str:
        return self.entry.code

    @property
    def status(self) -> int:
        return self.entry.status

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


_READ_GUIDE = step("Read the agent guide", "open_doc", doc="docs/agent-guide.md")

INVALID_REQUEST = define(
    "invalid_request",
    400,
    "The request is not of the form this endpoint takes; `fields` says where.",
    step("Correct the named fields and send it again", "fix_request"),
)
AUTHENTICATION_REQUIRED = define(
    "authentication_required",
    401,
    "This endpoint needs an agent key.",
    step("Send `Authorization: Bearer prc_…`", "authenticate"),
    _READ_GUIDE,
)
KEY_INVALID = define(
    "key_invalid",
    401,
    "The agent key is unknown, expired or revoked.",
    step("Ask an operator for a new key", "ask_operator"),
)
FORBIDDEN = define(
    "forbidden",
    403,
    "This persona may not do that.",
    step("Ask the desk (Sage) to do it", "use_persona", persona="Sage"),
)
NOT_FOUND = define(
    "not_found",
    404,
    "There is nothing here, or nothing you may see.",
    step("Check the id", "fix_request"),
)
METHOD_NOT_ALLOWED = define(
    "method_not_allowed",
    405,
    "This address does not take that method.",
    step("Read the OpenAPI document", "open_url", url="/api/schema/"),
)
NOT_ACCEPTABLE = define(
    "not_acceptable",
    406,
    "This address does not answer in the form that `Accept` asks for.",
    step("Send `Accept: application/json`", "fix_request"),
)
IDEMPOTENCY_IN_PROGRESS = define(
    "idempotency_in_progress",
    409,
    "The first request with this Idempotency-Key is still running.",
    step("Send it again in a second", "retry_later"),
    retryable=True,
)
STALE_REVISION = define(
    "stale_revision",
    412,
    "The revision has changed since you read it.",
    step("Read it again and repeat your change on the newer revision", "reload"),
)
PAYLOAD_TOO_LARGE = define(
    "payload_too_large",
    413,
    "The body is larger than 256 KiB.",
    step("Send less, or split it", "fix_request"),
)
UNSUPPORTED_MEDIA_TYPE = define(
    "unsupported_media_type",
    415,
    "The body must be JSON.",
    step("Send `Content-Type: application/json`", "fix_request"),
)
JSON_TOO_DEEP = define(
    "json_too_deep",
    422,
    "The JSON is nested deeper than 32 levels.",
    step("Flatten it", "fix_request"),
)
IDEMPOTENCY_KEY_REUSED = define(
    "idempotency_key_reused",
    422,
    "This Idempotency-Key was used with another body.",
    step("Use a new key for a new request", "fix_request"),
)
PRECONDITION_REQUIRED = define(
    "precondition_required",
    428,
    "This change needs `If-Match` with the revision's ETag.",
    step("Read the record and send its ETag", "reload"),
)
RATE_LIMITED = define(
    "rate_limited",
    429,
    "This key has sent too many requests.",
    step("Wait as long as `Retry-After` says", "retry_later"),
    retryable=True,
)
INTERNAL_ERROR = define(
    "internal_error",
    500,
    "Something failed on our side; nothing was half done.",
    step("Send it again with the same Idempotency-Key", "retry_later"),
    step("Tell an operator the correlation id", "ask_operator"),
    retryable=True,
)
DATABASE_BUSY = define(
    "database_busy",
    503,
    "The database could not take the change in time; nothing was done.",
    step("Send it again with the same Idempotency-Key", "retry_later"),
    retryable=True,
)


def invalid(message: str = "", **fields: str | list[str]) -> CareError:
    """An `invalid_request` naming fields: `invalid(title="is blank")`."""
    named = {name: [text] if isinstance(text, str) else text for name, text in fields.items()}
    return CareError(INVALID_REQUEST, message=message, fields=named or None)
