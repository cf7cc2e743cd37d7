"""Put a timeline entry right by a later one; nothing is ever edited."""

from uuid import UUID

from django.db import transaction

from access import policy
from incidents.locks import lock_incident
from incidents.models import TimelineEntry
from incidents.own_words import refuse_secrets
from incidents.timeline import note_aside
from kernel.errors import invalid
from kernel.principals import Principal

CORRECTION_CHARACTERS = 1000


@transaction.atomic
def correct_timeline(
    *, incident_id: str, tenant_id: UUID, entry: UUID, text: str, by: Principal
) -> TimelineEntry:
    """The entry `corrected`, which names the earlier one by its uid and stands beside it.

    `text` is the corrector's own words, 1 to CORRECTION_CHARACTERS, for staff and the incident
    manager. Raises not_found; invalid_request for an entry of another case, and for a text that is
    blank, too long or holds what looks like a secret.
    """
    policy.require(by, "incidents.timeline.correct")
    incident = lock_incident(incident_id, tenant_id)
    earlier = incident.timeline.filter(uid=entry).first()
    if earlier is None:
        raise invalid(entry="This case has no such entry.")
    return note_aside(
        incident,
        "corrected",
        by=by,
        entry=str(earlier.uid),
        corrected_event=earlier.event,
        text=_sayable(text),
    )


def _sayable(text: str) -> str:
    words = text.strip()
    if not words:
        raise invalid(text="Say what is right.")
    if len(words) > CORRECTION_CHARACTERS:
        raise invalid(text=f"At most {CORRECTION_CHARACTERS} characters.")
    refuse_secrets(text=words)
    return words
