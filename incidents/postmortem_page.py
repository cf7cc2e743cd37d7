"""The page of a postmortem, from the rows as they stand."""

from collections.abc import Mapping

from incidents.events import describe, events_of
from incidents.models import Incident, Postmortem, PostmortemVersion, TimelineEntry
from incidents.people import People, people_of
from incidents.postmortem_text import NAMES, Action, Moment, Page, render
from incidents.states import EventKind, IncidentStatus

# Enough to tell the story; a page of a noisy case stays readable.
MOMENTS = 500
# What a page of a noisy case can do without, and what it cannot.
_NOISE = (EventKind.DEADLINE, EventKind.MESSAGE)
_TURNS = ("reported", "imported", "triaged", "contained", "resolved", "closed", "reopened")
_ORDER = (IncidentStatus.CONTAINED, IncidentStatus.RESOLVED, IncidentStatus.CLOSED)
_DATES = (
    ("Contained", "contained_at"),
    ("Resolved", "resolved_at"),
    ("Closed", "closed_at"),
)


def page_of(postmortem: Postmortem, sections: Mapping[str, str]) -> str:
    """Markdown of these sections with head, timeline and corrective actions as they are now."""
    incident = postmortem.incident
    told = _told(incident)
    return render(
        Page(
            postmortem_id=postmortem.postmortem_id,
            incident_id=incident.incident_id,
            facts=_facts(postmortem, incident),
            sections=sections,
            moments=_moments(incident, told, people_of(incident.tenant_id)),
            left_out=incident.timeline.exclude(event="corrected").count() - len(told),
            actions=[
                Action(
                    kind=row.get_kind_display(),
                    ref=row.ref,
                    owner=row.owner,
                    due_at=row.due_at,
                    state=row.get_state_display(),
                )
                for row in postmortem.corrective_actions.all()
            ],
        )
    )


def latest_sections(postmortem: Postmortem) -> dict[str, str]:
    """What people last wrote; before anybody did, the summary of tier 5 in its role form."""
    version = postmortem.versions.order_by("-number").first()
    return sections_of(version) if version else first_sections(postmortem)


def sections_of(version: PostmortemVersion) -> dict[str, str]:
    return {name: str(version.sections.get(name, "")) for name in NAMES}


def first_sections(postmortem: Postmortem) -> dict[str, str]:
    summary = people_of(postmortem.tenant_id).in_roles(postmortem.summary)
    return {**dict.fromkeys(NAMES, ""), "summary": summary}


def _facts(postmortem: Postmortem, incident: Incident) -> dict[str, str]:
    facts = {
        "Incident": f"{incident.incident_id} ({incident.get_status_display()})",
        "Severity": incident.severity or "not classified",
        "Category": incident.category or "not given",
    }
    reached = _ORDER.index(incident.status) + 1 if incident.status in _ORDER else 0
    dates = (("Detected", "detected_at"), *_DATES[:reached])
    facts |= {
        label: f"{moment:%Y-%m-%d %H:%M:%S} UTC"
        for label, name in dates
        if (moment := getattr(incident, name))
    }
    if postmortem.issue_url:
        facts["Issue"] = postmortem.issue_url
    return facts


def _told(incident: Incident) -> list[TimelineEntry]:
    """At most MOMENTS entries in their order. Of more, clocks and messages are left out first;
    what turned the case stays whatever stood before it. Corrections stand beside what they put
    right."""
    found = incident.timeline.exclude(event="corrected").order_by("id")
    first = list(found[: MOMENTS + 1])
    if len(first) <= MOMENTS:
        return first
    turns = list(found.filter(event__in=_TURNS)[:MOMENTS])
    noise = [name for kind in _NOISE for name in events_of(kind)]
    others = found.exclude(event__in=[*_TURNS, *noise])[: MOMENTS - len(turns)]
    return sorted([*turns, *others], key=lambda entry: entry.pk)


def _moments(incident: Incident, told: list[TimelineEntry], people: People) -> list[Moment]:
    corrections: dict[str, list[str]] = {}
    for detail in incident.timeline.filter(event="corrected").values_list("detail", flat=True):
        corrections.setdefault(detail["entry"], []).append(detail["text"])
    return [
        Moment(
            entry.recorded_at,
            people.in_roles(
                " ".join(
                    [
                        describe(entry.event, entry.detail),
                        *(f"Corrected: {text}" for text in corrections.get(str(entry.uid), [])),
                    ]
                )
            ),
            people.role_of(entry.actor),
        )
        for entry in told
    ]
