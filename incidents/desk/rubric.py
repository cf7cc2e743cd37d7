"""Sage's rubric as one document: the rules in their order, what each class means, severities.

Shown to any agent that takes the desk over (`GET /rubric`, docs/rubric.md); the built-in desk runs
on the same rules. Source: seed 000 §Sage classifies; SPEC-114 tier 4.
"""

import hashlib
from typing import Any

from incidents.desk.rules import ANYWHERE, QUESTIONS, RULES, STATEMENTS, TOLD, Rule
from incidents.desk.severity import DEFAULT_SEVERITY, SEVERITY_DEFINITIONS, SEVERITY_RULES
from kernel.canonical import canonical_json

MEANINGS: dict[str, str] = {
    "info": "A question about usage, configuration, an error message or a report. Answered in "
    "reply.",
    "incident": "Something broke: a defect or a regression. Handed to Clara.",
    "enhancement": "A request for something new. A todo at home and word to the lane's owner; "
    "never Clara.",
    "recommendation": "Advice about practice or design. A todo at home and word to the lane's "
    "owner; never Clara.",
}
READS: dict[str, str] = {
    ANYWHERE: "the whole report",
    QUESTIONS: "sentences that ask",
    STATEMENTS: "sentences that state",
    TOLD: "what is told as having happened, not what is only supposed or wished away",
}
# What each fact in a rule's `needs` says about a report.
FACTS: dict[str, str] = {
    "empty": "nothing but polite words",
    "trace": "a stack trace",
    "question": "at least one question",
    "one-sentence": "one sentence of matter",
    "asks-meaning": "a question about a meaning",
    "bare-question": "questions and nothing else",
    "why": "a question that asks why",
    "code": "a code of the error catalogue",
}


def rubric() -> dict[str, Any]:
    """The rubric: `{version, order, classifications, rules, severities, default_severity}`."""
    return {"version": RUBRIC_VERSION, **_content()}


def _content() -> dict[str, Any]:
    return {
        "order": "The first rule that fires decides; the last one always fires.",
        "classifications": [
            {"classification": name, "meaning": meaning} for name, meaning in MEANINGS.items()
        ],
        "rules": [_shown(place, rule) for place, rule in enumerate(RULES, start=1)],
        "severities": [
            {"severity": name, "definition": meaning, "rules": _severity_rules(name)}
            for name, meaning in SEVERITY_DEFINITIONS.items()
        ],
        "default_severity": DEFAULT_SEVERITY,
    }


def _shown(place: int, rule: Rule) -> dict[str, Any]:
    return {
        "place": place,
        "name": rule.name,
        "classification": rule.classification,
        "description": rule.description,
        "needs": [FACTS[fact] for fact in sorted(rule.needs)],
        "reads": READS[rule.where] if rule.phrases else None,
        "phrases": list(rule.phrases),
        "unless": list(rule.neutral),
        "examples": list(rule.examples),
        "counter_examples": list(rule.counter_examples),
    }


def _severity_rules(severity: str) -> list[dict[str, Any]]:
    return [
        {"name": rule.name, "phrases": rule.lexicon.forms}
        for rule in SEVERITY_RULES
        if rule.severity == severity
    ]


def digest_of_rubric() -> str:
    """`r-` and the first 12 hex digits of SHA-256 over the rubric's canonical JSON."""
    return "r-" + hashlib.sha256(canonical_json(_content())).hexdigest()[:12]


# No rule can change without the version saying so.
RUBRIC_VERSION = digest_of_rubric()
