"""What the five tiers hold, and when one of them is complete (SPEC-114). No database.

A tier is filled field by field. `given` maps the names of its fields to what was handed in; what
the service makes of it (the scan of tier 3, the explanation of tier 5) is no part of that.
"""

import re
from collections.abc import Mapping
from typing import Any

FIRST_TIER, PRIVACY_TIER, CLASSIFICATION_TIER, LAST_TIER = 1, 3, 4, 5
# Tier 2: each is given, or skipped with a reason.
READS = ("stack_trace", "journal_refs", "git_rev")
REQUIRED: dict[int, tuple[str, ...]] = {
    1: ("env", "install_type", "project_metadata", "agent_roster"),
    2: (),
    3: ("text",),
    4: ("severity", "scope", "kind", "note"),
    5: ("postmortem_summary", "eligible", "reasons"),
}
FIELDS: dict[int, tuple[str, ...]] = {**REQUIRED, 2: (*READS, "skipped")}
PURPOSE: dict[int, str] = {
    1: "Init reads",
    2: "Conditional reads",
    3: "Privacy gates",
    4: "Classification",
    5: "Output discipline",
}
# Something besides white space and Unicode's format characters (category Cf), which show nothing:
# a regular expression of Python's and, with its flag `u`, of ECMA-262.
NOT_BLANK = (
    "[^\\s\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
_NOT_BLANK = re.compile(NOT_BLANK)
_IS_REQUIRED = "This field is required."
_GIVE_OR_SKIP = "Give it, or name it in `skipped` with a reason."


def is_blank(text: str) -> bool:
    """Whether a text shows nothing."""
    return _NOT_BLANK.search(text) is None


def missing(tier: int, given: Mapping[str, Any]) -> dict[str, str]:
    """Field → what to do about it, for everything the tier still lacks; empty when it is whole."""
    lacking = {name: _IS_REQUIRED for name in REQUIRED[tier] if name not in given}
    if tier == 2:
        answered = {*(name for name in READS if given.get(name)), *given.get("skipped", {})}
        lacking |= {name: _GIVE_OR_SKIP for name in READS if name not in answered}
    return lacking


def merged(tier: int, draft: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The draft with `given` laid over it. In tier 2 a read that is given is not skipped any more,
    and one that is skipped is not given."""
    whole = {**draft, **given}
    if tier == 2:
        skipped = {
            name: reason
            for name, reason in {**draft.get("skipped", {}), **given.get("skipped", {})}.items()
            if name not in given
        }
        for name in given.get("skipped", {}):
            whole.pop(name, None)
        whole.pop("skipped", None)
        if skipped or "skipped" in given:
            whole["skipped"] = skipped
    return whole


def fields_said(tier: int, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that a body speaks about: those it gives, and in tier 2 those it skips."""
    skipped = given.get("skipped", {}) if tier == 2 else {}
    return tuple(dict.fromkeys([*given, *skipped]))
