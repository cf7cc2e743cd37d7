"""The page of a postmortem, from the rows as they stand."""

from collections.abc import Mapping

from incidents.events import describe
from incidents.models import Incident, Postmortem, PostmortemVersion
from incidents.people import People, people_of
from incidents.postmortem_text import NAMES, Action, Moment, Page, render

# Enough to tell the story; a page of a noisy case stays readable.
MOMENTS = 500
_DATES = (
    ("Detected", "detected_at"),
    ("Contained", "contained_at"),
    ("Resolved", "resolved_at"),
    ("Closed", "closed_at"),
)


def page_of(postmortem: Postmortem, sections: Mapping[str, str]) -> str:
    """Markdown of these sections with head, timeline and corrective actions as they are now."""
    incident = postmortem.incident
    return render(
        Page(
            postmortem_id=postmortem.postmortem_id,
            incident_id=incident.incident_id,
            facts=_facts(postmortem, incident),
            sections=sections,
            moments=_moments(incident, people_of(incident.tenant_id)),
            left_out=max(0, incident.timeline.count() - MOMENTS),
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
    facts |= {
        label: f"{moment:%Y-%m-%d %H:%M:%S} UTC"
        for label, name in _DATES
        if (moment := getattr(incident, name))
    }
    if postmortem.issue_url:
        facts["Issue"] = postmortem.issue_url
    return facts


def _moments(incident: Incident, people: People) -> list[Moment]:
    return [
        Moment(
            entry.recorded_at,
            people.in_roles(describe(entry.event, entry.detail)),
            people.role_of(entry.actor),
        )
        for entry in incident.timeline.order_by("id")[:MOMENTS]
    ]
