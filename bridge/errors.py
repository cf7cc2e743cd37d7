"""Codes of the bridge (SPEC-116, api.md §bridge)."""

from kernel.errors import define, step

TARGET_NOT_FOUND = define(
    "bridge_target_not_found",
    404,
    "No persona of that name can be reached from this project.",
    step("Look who can be reached: GET /api/v1/roster", "open_url", url="/api/v1/roster"),
    source="SPEC-116",
)
CROSS_PROJECT_REFUSED = define(
    "bridge_cross_project_refused",
    403,
    "Signals cross projects only to and from bridge personas.",
    step("Ask Sage to pass it on", "use_persona", persona="Sage"),
    source="SPEC-116, SPEC-056",
)
TARGET_AMBIGUOUS = define(
    "bridge_target_ambiguous",
    422,
    "The target is not certain: reply with `in_reply_to`, or name both `to_pid` and `to_identity`.",
    step("Name the project and the persona", "fix_request"),
    source="SPEC-116",
)
BROADCAST_REFUSED = define(
    "bridge_broadcast_refused",
    422,
    "A signal goes to one named persona; there are no broadcasts.",
    step("Name one persona", "fix_request"),
    source="SPEC-116",
)
REPLY_NOT_ALLOWED = define(
    "bridge_reply_not_allowed",
    403,
    "Only the party that was addressed may reply to a signal.",
    step("Send a signal of your own", "fix_request"),
    source="SPEC-116",
)
AUDIT_UNAVAILABLE = define(
    "bridge_audit_unavailable",
    503,
    "The audit row could not be written, so nothing was sent.",
    step("Send it again with the same Idempotency-Key", "retry_later"),
    source="SPEC-116 §Audit",
    retryable=True,
)
