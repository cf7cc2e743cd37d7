"""What a new installation begins with: categories, and how long each stage may take.

Read by a migration once; afterwards the rows are the truth and operators change them.
"""

from typing import Any

CATEGORIES: dict[str, str] = {
    "unauthorized_side_effect": "A tool did something that nobody had approved.",
    "duplicate_side_effect": "One request had its effect twice, or may have.",
    "approval_bypass": "A step that needs a human's approval went on without one.",
    "data_exposure": "Data became visible to somebody who may not see it.",
    "data_loss": "Data is gone or damaged.",
    "prompt_injection": "Text from outside changed what an agent did.",
    "wrong_result": "It ran to the end and the result is wrong.",
    "tool_failure": "A tool, verb or command failed.",
    "routing_failure": "A signal did not arrive, or arrived at the wrong place.",
    "rollout_regression": "It worked before a change, a bundle or a wave of a rollout.",
    "availability": "A service did not answer.",
    "performance": "It was too slow to be of use.",
    "configuration": "A setting, an installation or an environment was wrong.",
    "documentation": "What is written is wrong, missing or misleading.",
    "customer_code": "The fault is in the customer's own code.",
    "other": "None of the above; the postmortem says what it was.",
}

CALENDARS: tuple[dict[str, Any], ...] = (
    {"name": "office hours", "timezone": "UTC", "weekdays": [0, 1, 2, 3, 4]},
)

AT_RISK_PERCENT = 75
_REMIND = (("reminder", 75), ("second_operator", 100), ("on_call", 150))
# A packet that nobody decides about leaves review after PHONE_HOME_REVIEW_HOURS, which is as long
# as its clock, and takes the clock with it: whoever is to help has to hear before.
_STEPS = {
    "classify": _REMIND,
    "triage": _REMIND,
    "operator_review": (("reminder", 50), ("second_operator", 75), ("on_call", 90)),
}
_MINUTES: dict[str, dict[str, int]] = {
    "classify": {"": 60},
    "triage": {"": 8 * 60, "P0": 60, "P1": 4 * 60},
    "operator_review": {"": 24 * 60, "P0": 60, "P1": 4 * 60},
    "next_update": {"": 24 * 60, "P0": 4 * 60, "P1": 8 * 60, "P3": 72 * 60},
    "tracking": {"": 7 * 24 * 60, "P0": 24 * 60, "P1": 3 * 24 * 60},
}
POLICIES: tuple[dict[str, Any], ...] = tuple(
    {
        "stage": stage,
        "severity": severity,
        "minutes": minutes,
        "at_risk_percent": AT_RISK_PERCENT,
        # Round the clock: agents do not keep office hours, and a promise is a promise.
        "calendar": None,
        "steps": _STEPS.get(stage, ()),
    }
    for stage, by_severity in _MINUTES.items()
    for severity, minutes in by_severity.items()
)
