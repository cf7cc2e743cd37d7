"""Codes of phone-home: SPEC-115 §Failure Modes, and ours beside them (api.md §phone-home)."""

from kernel.errors import define, step

_SPEC = "SPEC-115 §Failure Modes"
_REVIEW = step("Open the review page", "open_url", url="/console/review/")
_RETRY = step("The worker tries again by itself; look at the record", "retry_later")

SCOPE_REJECTED = define(
    "phone_home_scope_rejected",
    422,
    "Only product incidents phone home; customer-internal ones stay local.",
    step("Keep it as a local postmortem", "use_tool", tool="postmortem"),
    source=_SPEC,
)
REDACTION_REQUIRED = define(
    "phone_home_redaction_required",
    422,
    "The redaction report is missing or not passed, or the text still holds a secret.",
    step("Scan the text: POST /api/v1/redaction/scan, then redact it", "fix_request"),
    source=_SPEC,
)
OPERATOR_REVIEW_REQUIRED = define(
    "phone_home_operator_review_required",
    409,
    "An operator has not approved exactly this content.",
    _REVIEW,
    source=_SPEC,
)
RETENTION_UNAPPROVED = define(
    "phone_home_sensitive_retention_unapproved",
    409,
    "Sensitive fields are kept and not each of them is acknowledged.",
    step("Acknowledge every kept field, or have it redacted", "fix_request"),
    source=_SPEC,
)
TRANSPORT_UNAVAILABLE = define(
    "phone_home_transport_unavailable",
    503,
    "The way to GitHub is not usable now.",
    _RETRY,
    step("An operator looks at gh on the server: gh --version", "ask_operator"),
    source=_SPEC,
    retryable=True,
)
AUTH_REQUIRED = define(
    "phone_home_auth_required",
    503,
    "gh is not logged in.",
    step("An operator logs in: gh auth login, or sets GH_TOKEN", "ask_operator"),
    source=_SPEC,
)
REPO_ACCESS_DENIED = define(
    "phone_home_repo_access_denied",
    502,
    "The account cannot access the target repository.",
    step("Accept the invitation, or correct GITHUB_REPO", "ask_operator"),
    source=_SPEC,
)
ISSUE_CREATE_FAILED = define(
    "phone_home_issue_create_failed",
    502,
    "GitHub refused the issue after the preflight passed; nothing was created.",
    step("Look at the attempt's text on the review page", "open_url", url="/console/review/"),
    source=_SPEC,
)
CROSSLINK_FAILED = define(
    "phone_home_crosslink_failed",
    502,
    "The issue exists, but the local cross-link could not be written.",
    step("It is repaired by the sweep without touching GitHub again", "retry_later"),
    source=_SPEC,
    retryable=True,
)
DUPLICATE = define(
    "phone_home_duplicate",
    200,
    "This packet is filed already; the answer is a success with the first URL.",
    step("Open the issue", "open_url"),
    source=_SPEC,
)
OUTCOME_UNKNOWN = define(
    "phone_home_outcome_unknown",
    503,
    "The issue may exist. The worker looks for it before it would send it again.",
    _RETRY,
    retryable=True,
)
RATE_LIMITED = define(
    "phone_home_rate_limited",
    503,
    "GitHub asks us to wait.",
    _RETRY,
    retryable=True,
)
LABEL_MISSING = define(
    "phone_home_label_missing",
    502,
    "The repository lacks a label that the packet carries; nothing was sent.",
    step("Create the label, or set GITHUB_CREATE_MISSING_LABELS", "ask_operator"),
)
TARGET_CHANGED = define(
    "phone_home_target_changed",
    409,
    "The repository or its visibility is not what was approved; nothing was sent.",
    step("Check the repository, then stage a new revision", "ask_operator"),
)
REVIEW_EXPIRED = define(
    "phone_home_review_expired",
    409,
    "The time for the review is over; silence never approves.",
    step("Stage a new revision", "fix_request"),
)
PACKET_EXISTS = define(
    "phone_home_packet_exists",
    409,
    "There is a packet for this incident and repository already.",
    step("Send a new revision of it: PUT /api/v1/phone-home/records/{record_id}", "fix_request"),
)
NOT_IN_REVIEW = define(
    "phone_home_not_in_review",
    409,
    "This packet is not waiting for a decision.",
    step("Read its state", "reload"),
)
PACKET_CHANGED = define(
    "phone_home_packet_changed",
    409,
    "The packet has changed since you read it; your decision was not taken.",
    step("Read what changed and decide again", "reload"),
)
NOT_REVISABLE = define(
    "phone_home_not_revisable",
    409,
    "This packet has been sent, may have been sent, or has ended.",
    step("Read its state", "reload"),
)
NOT_TRIAGED = define(
    "phone_home_incident_not_triaged",
    409,
    "The incident's five tiers are not complete.",
    step("Complete them: PUT /api/v1/incidents/{incident_id}/triage/{tier}", "fix_request"),
)
KIND_REJECTED = define(
    "phone_home_kind_rejected",
    422,
    "This kind stays local here.",
    step("Put it on a lane owner's list", "fix_request"),
)
NOT_RETRYABLE = define(
    "phone_home_not_retryable",
    409,
    "There is no failed shipment to try again.",
    step("Read its state", "reload"),
)
PACKET_IN_FLIGHT = define(
    "phone_home_packet_in_flight",
    409,
    "A packet of this case is being sent, or may have left; what became of it has to be known "
    "first.",
    step("Wait until it is filed or has failed, then try again", "retry_later"),
)
CARVE_OUT_OVERLAP = define(
    "phone_home_carve_out_overlap",
    422,
    "What would leave holds words of a section that stays behind.",
    step("Take the stretches named in `details` out of the product side", "fix_request"),
    step("Or mark that part of the customer section as the product's", "fix_request"),
    source="architecture.md §Scope",
)
