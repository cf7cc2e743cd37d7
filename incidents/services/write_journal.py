"""Write a line in the journal of one's own project."""

from typing import Any

from django.db import transaction

from access import policy
from access.principals import AgentPrincipal
from incidents.artifacts import check_project, incident_of_own
from incidents.locks import lock_incident
from incidents.models import JournalEntry
from incidents.timeline import note
from kernel.ledger import record


@transaction.atomic
def write_journal(
    *,
    by: AgentPrincipal,
    text: str,
    incident_id: str | None = None,
    refs: dict[str, Any] | None = None,
    pid: str | None = None,
) -> JournalEntry:
    """The entry. What the desk writes about a case stands in the case's timeline too, by its id.

    Raises artifact_wrong_project, not_found (the case).
    """
    policy.require(by, "incidents.artifact.write")
    check_project(by, pid)
    incident = incident_of_own(by, incident_id) if incident_id else None
    entry = JournalEntry.objects.create(
        tenant_id=by.tenant_id,
        project_id=by.project_id,
        incident=incident,
        author=by.label[:200],
        text=text,
        refs=refs or {},
    )
    record("incidents.journal.written", by=by, subject=entry, refs=sorted(refs or {}))
    if incident is not None and by.is_home:
        incident = lock_incident(incident.incident_id, by.tenant_id)
        note(incident, "journal_written", by=by, journal_id=str(entry.pk))
    return entry
