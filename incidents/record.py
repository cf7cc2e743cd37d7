"""The facts of an incident's record, one by one (seed 002 §3).

A fact is a value, `{"unknown": reason}` where it was looked for in vain, or None where nobody has
said anything yet. `affected_surfaces` is a list, empty instead of None.
"""

from collections.abc import Mapping
from typing import Any

import redaction
from incidents.desk import read_report
from incidents.desk.fingerprint import fingerprint
from incidents.documents.shape import FACTS, INCIDENT_RECORD, RECORD, validator
from incidents.models import LINKING_IDS, Incident
from kernel.errors import invalid

Fact = str | list[str] | dict[str, str] | None

_SURFACES = "affected_surfaces"


def fact_of(incident: Incident, name: str) -> Fact:
    reason = incident.unknown.get(name)
    if reason:
        return {"unknown": reason}
    value: str | list[str] = getattr(incident, name)
    return value if isinstance(value, list) else value or None


def facts_of(incident: Incident) -> dict[str, Fact]:
    return {name: fact_of(incident, name) for name in FACTS}


def text_of(fact: Fact) -> str:
    """All that somebody wrote in it."""
    if isinstance(fact, dict):
        return fact["unknown"]
    return "\n".join(fact) if isinstance(fact, list) else fact or ""


def put_fact(incident: Incident, name: str, fact: Fact) -> None:
    """On the object; not saved."""
    unknown = dict(incident.unknown)
    unknown.pop(name, None)
    if isinstance(fact, dict):
        unknown[name] = fact["unknown"]
        fact = None
    incident.unknown = unknown
    setattr(incident, name, fact or ([] if name == _SURFACES else ""))


def checked_facts(given: Mapping[str, Any]) -> dict[str, Fact]:
    """The facts as they are stored. Raises invalid_request naming each wrong one."""
    facts: dict[str, Fact] = {
        name: [] if value is None and name == _SURFACES else value for name, value in given.items()
    }
    wrong: dict[str, Any] = {}
    for name, fact in facts.items():
        if name not in FACTS:
            wrong[name[:80]] = "This field is not known here."
        elif not validator(RECORD, name).is_valid(fact):
            wrong[name] = INCIDENT_RECORD["properties"][name]["description"]
    if wrong:
        raise invalid(**wrong)
    return facts


def missing_links(facts: Mapping[str, Fact]) -> list[str]:
    """The linking ids that are neither known nor marked unknown with a reason (seed 002 §9)."""
    return [name for name in LINKING_IDS if facts.get(name) is None]


def linking_ids_in(payload: Any) -> dict[str, str]:
    """What a report says of its run and release under the record's own keys: "trace_id and
    session_id are preserved immediately" (seed 002 §9). A value of another form, or that holds a
    secret, is left to the text, where it stands anyhow."""
    if not isinstance(payload, Mapping):
        return {}
    return {
        name: value
        for name in LINKING_IDS
        if isinstance(value := payload.get(name), str)
        and validator(RECORD, name).is_valid(value)
        and not redaction.has_secrets(redaction.scan(value))
    }


def fingerprint_of(payload: Any) -> str:
    """The fingerprint of a report. The ids of its run are left out: each run has its own, and the
    same fault shows in many."""
    if isinstance(payload, Mapping):
        payload = {name: value for name, value in payload.items() if name not in LINKING_IDS}
    return fingerprint(read_report(payload))
