"""Change the text or the title of a case; what was read stays in `report`."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from access import policy
from incidents.citations import text_digest
from incidents.errors import TEXT_FIXED
from incidents.models import Incident, TriageTier
from incidents.reopening import Cause, reopen_from
from incidents.services.notice_retired_paths import notice_retired_paths
from incidents.sightings import lock_incident_showing
from incidents.states import IncidentStatus, TierState
from incidents.tiers import PRIVACY_TIER, is_blank
from incidents.timeline import note
from kernel.errors import CareError, invalid
from kernel.principals import Principal

_MAY_CHANGE = (IncidentStatus.REPORTED, IncidentStatus.TRIAGING, IncidentStatus.TRIAGED)


@dataclass(frozen=True)
class RevisedText:
    """The incident as it stands now, and the tiers that are open again because of it."""

    incident: Incident
    reopened_tiers: list[int]


@transaction.atomic
def revise_text(
    *,
    incident_id: str,
    tenant_id: UUID,
    by: Principal,
    text: str | None = None,
    title: str | None = None,
) -> RevisedText:
    """A text that differs from the one before opens tier 3 and all above it again: what was scanned
    is not what stands there. A title is scanned with the packet and opens nothing.

    Raises not_found, invalid_request (neither is given, or one is blank), incident_text_fixed, and
    what lets those upstairs not let go of a triaged case.
    """
    policy.require(by, "incidents.incident.triage")
    shown = [one for one in (title, text) if one is not None]
    incident = lock_incident_showing(incident_id, tenant_id, shown)
    if text is None and title is None:
        raise invalid("Give `text`, `title` or both.")
    for name, value in (("text", text), ("title", title)):
        if value is not None and is_blank(value):
            raise invalid(**{name: "May not be blank."})
    if incident.status not in _MAY_CHANGE:
        raise CareError(TEXT_FIXED)
    notice_retired_paths(incident, at=incident.detected_at, texts=shown)
    if title is not None and title.strip() != incident.title:
        incident.title = title.strip()[:200]
        incident.save(update_fields=["title"])
        note(incident, "title_revised", by=by)
    if text is None or text == incident.case_text:
        return RevisedText(incident, [])
    set_case_text(incident, text)
    note(incident, "text_revised", by=by, text_sha256=text_digest(text), characters=len(text))
    # A draft of tier 3 was about the text before.
    TriageTier.objects.filter(
        incident=incident, tier=PRIVACY_TIER, state__in=(TierState.DRAFT, TierState.REOPENED)
    ).update(content={}, fields={})
    reopened = reopen_from(incident, PRIVACY_TIER, cause=Cause.TEXT_CHANGED, by=by)
    return RevisedText(incident, reopened)


def set_case_text(incident: Incident, text: str) -> None:
    """The text as it stands from now on; empty in the row while that is the report."""
    incident.text = "" if text == incident.report else text
    incident.save(update_fields=["text"])
