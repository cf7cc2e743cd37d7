"""The catalogue of what can stand in a timeline: every event, and how it is said.

A sentence is built from the entry's detail alone, and from the ids, names of fields and enumerated
facts in it. What somebody wrote and the record keeps, a reason, an owner, an old due date, stands
in the detail for staff and the incident manager; no sentence repeats it. A part in brackets is
left out where the detail lacks one of its values.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from incidents.states import EventKind as Kind

_VALUE_CHARACTERS = 200
# Names that somebody chose or looks up. Of the rest, the enumerated, underscores read as blanks.
_AS_IT_IS = {"action", "code", "paths", "ref", "rule", "rule_set_version"}
_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_VALUE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Event:
    """`sentence` is for people; `history` the word under which the reporter's history shows it,
    empty when it does not."""

    kind: Kind
    sentence: str
    history: str = ""


TIERS = {
    1: "initial reads",
    2: "conditional reads",
    3: "privacy gates",
    4: "classification",
    5: "output discipline",
}

EVENTS: dict[str, Event] = {
    # Messages
    "message": Event(Kind.MESSAGE, "{signal_type} from {sender} to {recipient}."),
    "reporter_unreachable": Event(
        Kind.MESSAGE,
        "The reporter could not be told[ ({outcome})]: it is gone, or nobody has the desk.",
    ),
    # Reports
    "report_joined": Event(Kind.RECORD, "Reported again[, {reports} times]; the report joined it."),
    "reported_again": Event(
        Kind.RECORD,
        "Reported again as {incident_id}; this case could not be opened again ({code}).",
    ),
    "repeats_resolved": Event(
        Kind.RECORD,
        "It repeats {incident_id}, which is resolved and could not be opened again ({code}).",
    ),
    "report_left": Event(Kind.RECORD, "A report that had joined is none of this case."),
    "report_parted": Event(
        Kind.RECORD, "A report that had joined is not the same, says its reporter."
    ),
    "passed_on": Event(
        Kind.RECORD, "It goes on with another report of the same[; the first one: {why}]."
    ),
    "withdrawn": Event(Kind.RECORD, "Withdrawn[: {why}].", "withdrawn"),
    "reinstated": Event(
        Kind.RECORD, "An incident after all, with the incident manager.", "reported"
    ),
    # Triage
    "reported": Event(
        Kind.TRIAGE, "Taken in as an incident, with the incident manager.", "reported"
    ),
    "classified": Event(
        Kind.TRIAGE, "The report is classified as {classification}[, rule {rule}]."
    ),
    **{
        f"triage_tier_{number}_completed": Event(
            Kind.TRIAGE,
            f"Tier {number}, {name}, is complete.",
            "triaging" if number == 1 else "",
        )
        for number, name in TIERS.items()
    },
    **{
        f"triage_tier_{number}_saved": Event(
            Kind.TRIAGE, f"Of tier {number}, {name}, these fields were saved: {{fields}}."
        )
        for number, name in TIERS.items()
    },
    "triage_reopened": Event(Kind.TRIAGE, "Tiers {tiers} are open again[: {cause}].", "triaging"),
    "title_revised": Event(Kind.TRIAGE, "The title was revised."),
    "text_revised": Event(Kind.TRIAGE, "The text was revised; it has {characters} characters."),
    "triaged": Event(
        Kind.TRIAGE,
        "Triage is complete; may be filed with the product team: {eligible}.",
        "triaged",
    ),
    "scanned": Event(Kind.SCAN, "The text was scanned by rule set {rule_set_version}: {findings}."),
    # Packets and decisions
    "packet_staged": Event(
        Kind.PACKET,
        "Revision {revision} of the packet waits for an operator.",
        "awaiting_operator_review",
    ),
    "packet_withdrawn": Event(Kind.PACKET, "The packet was taken back.", "withdrawn"),
    "staging_left_to_clara": Event(
        Kind.PACKET, "The desk could not compose the packet[ ({code})]; it is left to Clara."
    ),
    "packet_approved": Event(
        Kind.REVIEW, "An operator approved revision {revision} of the packet.", "approved"
    ),
    "packet_rejected": Event(
        Kind.REVIEW, "An operator rejected the packet[: {reason_code}].", "rejected"
    ),
    "packet_changes_requested": Event(
        Kind.REVIEW,
        "An operator asked for changes[ to revision {revision}].",
        "changes_requested",
    ),
    "packet_expired": Event(Kind.REVIEW, "Nobody decided in time.", "review_expired"),
    # Shipping and the issue
    "shipping_attempt": Event(
        Kind.SHIPPING, "Attempt {number} to file it: {phase}[, {outcome}][ ({code})]."
    ),
    "shipment_failed": Event(
        Kind.SHIPPING, "Filing failed[ ({code})]; it waits for an operator.", "shipment_failed"
    ),
    "shipment_refused": Event(
        Kind.SHIPPING, "The approval does not match what would be sent; nothing was sent."
    ),
    "shipment_retried": Event(Kind.SHIPPING, "An operator let it be tried again."),
    "issue_filed": Event(Kind.ISSUE, "Filed as issue #{issue_number}.", "filed"),
    "cross_link_failed": Event(
        Kind.ISSUE,
        "The issue exists[ (#{issue_number})]; the local records lack it and are repaired.",
    ),
    # The case itself, and its clocks
    "imported": Event(Kind.RECORD, "Its {document} was imported[, {status}]."),
    "linked": Event(Kind.RECORD, "Recorded: {fields}."),
    "containment_action": Event(Kind.RECORD, "Done against the damage: {action}."),
    "contained": Event(Kind.RECORD, "The damage is stopped.", "contained"),
    "resolved": Event(Kind.RECORD, "The cause is gone.", "resolved"),
    "closed": Event(Kind.RECORD, "Closed[ by {closure}].", "closed"),
    "reopened": Event(Kind.RECORD, "Open again; it goes through its triage anew.", "reopened"),
    "journal_written": Event(Kind.RECORD, "The journal of a project has an entry about it."),
    # What was learnt
    "retired_path_seen": Event(
        Kind.LESSON,
        "A retired path shows up again[ in {seen_in}][, retired by {retired_by}]: {paths}.",
    ),
    "postmortem_written": Event(Kind.LESSON, "Version {version} of the postmortem was written."),
    "corrective_action_added": Event(Kind.LESSON, "A corrective action was added[: {kind} {ref}]."),
    "corrective_action_changed": Event(
        Kind.LESSON, "A corrective action was changed[: {ref}][, {state}]."
    ),
    "corrective_action_overdue": Event(Kind.LESSON, "A corrective action is overdue[: {ref}]."),
    "waived": Event(Kind.LESSON, "An operator signed that it may close without a lesson."),
    "deadline_at_risk": Event(Kind.DEADLINE, "The time for {stage} is nearly over: {due_at}."),
    "deadline_breached": Event(Kind.DEADLINE, "The time for {stage} was over at {due_at}."),
    "deadline_paused": Event(Kind.DEADLINE, "The clock for {stage} was stopped."),
    "deadline_resumed": Event(
        Kind.DEADLINE, "The clock for {stage} goes on; it is due at {due_at}."
    ),
    "escalated": Event(
        Kind.DEADLINE, "Escalated ({kind}) after {after_percent} % of the time for {stage}."
    ),
    "corrected": Event(Kind.CORRECTION, "An earlier entry is corrected."),
}

# What the reporter's history shows: enumerated facts, no text of anybody.
HISTORY = {name: event.history for name, event in EVENTS.items() if event.history}


def kind_of(event: str) -> Kind:
    """The kind of an entry; one that the catalogue does not hold is about the case itself."""
    known = EVENTS.get(event)
    return known.kind if known else Kind.RECORD


def events_of(kind: str) -> list[str]:
    """The names of a kind's events."""
    return [name for name, event in EVENTS.items() if event.kind == kind]


def describe(event: str, detail: dict[str, Any]) -> str:
    """The entry in words, from enumerated detail alone."""
    known = EVENTS.get(event)
    if known is None:
        return f"{event.replace('_', ' ').capitalize()}."
    whole = _OPTIONAL.sub(lambda part: _kept(part[1], detail), known.sentence)
    return _VALUE.sub(lambda name: _said(detail.get(name[1]), name[1] in _AS_IT_IS), whole)


def _kept(part: str, detail: dict[str, Any]) -> str:
    lacking = any(detail.get(name) in (None, "") for name in _VALUE.findall(part))
    return "" if lacking else part


def _said(value: Any, as_it_is: bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(_counts(value)) or "nothing found"
    if isinstance(value, list):
        return ", ".join(_said(one, as_it_is) for one in value)[:_VALUE_CHARACTERS]
    said = "unknown" if value is None else str(value)[:_VALUE_CHARACTERS]
    return said if as_it_is else said.replace("_", " ")


def _counts(value: dict[str, Any]) -> Iterator[str]:
    for name, count in value.items():
        yield f"{count} {name}"
