"""Codes of incidents (api.md §incidents)."""

from kernel.errors import define, step

INTAKE_ALREADY_CLASSIFIED = define(
    "intake_already_classified",
    409,
    "This report is classified already.",
    step("Read the intake", "reload"),
)
INTAKE_HELD = define(
    "intake_held",
    409,
    "This report is one of a storm and is held until the storm is over.",
    step("Release the storm", "call", method="POST", path="/api/v1/intake/storms/{id}/release"),
)
STORM_OVER = define(
    "intake_storm_over",
    409,
    "This storm is over: its reports have been released.",
    step("Read the reports", "reload"),
)
_REOPEN_FIRST = step(
    "Ask Clara to reopen the triage first: POST /api/v1/incidents/{incident_id}/triage/{tier}/"
    "reopen, or the case where it is past its triage",
    "use_persona",
    persona="Clara",
)
RECLASSIFICATION_REFUSED = define(
    "intake_reclassification_refused",
    409,
    "This report cannot be classified anew as it stands.",
    step("Read the intake and, where it has one, its incident", "reload"),
    _REOPEN_FIRST,
)
INTAKE_NOT_JOINED = define(
    "intake_not_joined",
    409,
    "This report is not joined to a case, so there is nothing that it could differ from.",
    step("Read the intake", "reload"),
)
WITHDRAWAL_REFUSED = define(
    "intake_withdrawal_refused",
    409,
    "This report cannot be taken back any more.",
    step("Reply in its thread and say why it is over", "reply"),
    _REOPEN_FIRST,
)
TRIAGE_OUT_OF_ORDER = define(
    "triage_tier_out_of_order",
    409,
    "The tiers are completed in order, and those of a triaged case are complete.",
    step("Complete the tier the message names", "fix_request"),
    step(
        "To do a tier again: POST /api/v1/incidents/{incident_id}/triage/{tier}/reopen",
        "fix_request",
    ),
    source="SPEC-114",
)
TRIAGE_CONTRADICTION = define(
    "triage_eligibility_contradiction",
    409,
    "`eligible` does not agree with scope, kind and the privacy gate.",
    step("Send what the message derives, or correct tier 4 first", "fix_request"),
    source="SPEC-114",
)
TRANSITION_REFUSED = define(
    "incident_transition_refused",
    409,
    "The incident cannot move there yet; `details.missing` names everything it lacks.",
    step("Read the checklist of the incident", "reload"),
    step("Supply what is missing, then move it again", "fix_request"),
    source="seed 002 §9",
)
LINKS_MISSING = define(
    "incident_links_missing",
    409,
    "A contained case keeps every linking id, or a reason for each that nobody knows.",
    step("Send the id, or `{unknown: reason}` where none was known", "fix_request"),
    source="seed 002 §9",
)
INCIDENT_ENDED = define(
    "incident_ended",
    409,
    "The case is closed or withdrawn.",
    step("Reopen the case first, with a reason", "fix_request"),
    source="seed 002 §9",
)
TRIAGE_TEXT_CHANGED = define(
    "triage_text_changed",
    409,
    "The text of the case is not the one that tier 3 scanned; tier 3 is open again.",
    step("Complete tier 3 with the text as it stands, then the tiers above it", "fix_request"),
    source="SPEC-114",
)
TEXT_FIXED = define(
    "incident_text_fixed",
    409,
    "The text of a case that is contained, has ended or was withdrawn does not change.",
    step("Reopen the case first", "fix_request"),
    source="seed 002 §9",
)
POSTMORTEM_MISSING = define(
    "postmortem_missing",
    409,
    "This incident has no postmortem yet: tier 5 opens it, or what is first written of a case that "
    "came triaged.",
    step(
        "Complete the triage; for a case that came triaged, write the postmortem or link a "
        "corrective action",
        "fix_request",
    ),
    source="SPEC-114",
)
ACTION_EXISTS = define(
    "corrective_action_exists",
    409,
    "This postmortem is linked to that artifact already.",
    step("Read the corrective actions and change the one that is there", "reload"),
)
LESSON_NEEDED = define(
    "incident_lesson_needed",
    409,
    "The case is closed by this corrective action; without it nothing would be learnt.",
    step("Add another corrective action first, or reopen the incident", "fix_request"),
    source="seed 002 §9",
)
WRONG_PROJECT = define(
    "artifact_wrong_project",
    403,
    "Journals and todos are kept in one's own project only.",
    step("Leave `pid` out, or name your own project", "fix_request"),
    source="SPEC-116",
)
DOCUMENT_INVALID = define(
    "incident_document_invalid",
    400,
    "The file is not as it must be, and nothing of it was taken; `fields` names line and field.",
    step("Correct the named lines and import the whole file again", "fix_request"),
    step(
        "Read /api/schemas/incident_record.json",
        "open_url",
        url="/api/schemas/incident_record.json",
    ),
    source="seed 002 §3",
)
DOCUMENT_CONFLICT = define(
    "incident_record_conflict",
    409,
    "The file says something else of an incident that is here already; nothing of it was taken.",
    step("Export the incident and compare", "reload"),
    step("Take the document out of the file, or change the incident here", "fix_request"),
    source="seed 002 §3",
)
DEADLINE_NOT_RUNNING = define(
    "deadline_not_running",
    409,
    "Only a clock that runs can be paused.",
    step("Read the deadlines of the incident", "reload"),
)
DEADLINE_NOT_PAUSED = define(
    "deadline_not_paused",
    409,
    "Only a clock that was paused can go on.",
    step("Read the deadlines of the incident", "reload"),
)
DEADLINE_PROMISED = define(
    "deadline_promised",
    409,
    "What a reporter was promised is not paused: nobody waits in silence.",
    step("Tell the reporter something; that makes the next promise", "reload"),
)
POLICY_IN_USE = define(
    "deadline_policy_in_use",
    409,
    "A calendar that a policy counts by stays, and so does the installation's policy of a stage "
    "for any severity.",
    step("Change it, or give the policies another calendar first", "fix_request"),
)
EVAL_CASE_NOT_READY = define(
    "eval_case_not_ready",
    409,
    "What the desk read, or what is expected of it, is not known before the triage is complete.",
    step("Complete the triage; reopen a case that came triaged from elsewhere", "fix_request"),
)
EVAL_CASE_NOT_CLEAN = define(
    "eval_case_not_clean",
    409,
    "Redaction leaves something in the text, so it is not exported.",
    step("Revise the text of the case (tier 3 opens again), then export it", "fix_request"),
)
