"""Say what an incident's record links to, or that nobody can say (seed 002 §3)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from access import policy
from incidents.categories import require_assignable
from incidents.errors import LINKS_MISSING
from incidents.models import LINKING_IDS, Incident
from incidents.own_words import refuse_secrets
from incidents.record import (
    Fact,
    checked_facts,
    fact_of,
    facts_of,
    missing_links,
    put_fact,
    text_of,
)
from incidents.services.notice_retired_paths import notice_retired_paths
from incidents.sightings import lock_incident_showing
from incidents.states import LINKED
from incidents.timeline import note
from kernel.errors import CareError
from kernel.ledger import record
from kernel.principals import Principal

_SHOWS_PATHS = ("tool_principal", "affected_surfaces")


@transaction.atomic
def link_incident(
    *, incident_id: str, tenant_id: UUID, facts: Mapping[str, Any], by: Principal
) -> Incident:
    """The incident with these facts, each a value, `{"unknown": reason}` or None. What is so
    already changes nothing and leaves no entry.

    Raises invalid_request, not_found, incident_links_missing (once contained, a known id may be
    corrected and not taken away).
    """
    policy.require(by, "incidents.incident.link")
    checked = checked_facts(facts)
    refuse_secrets(**{name: text_of(fact) for name, fact in checked.items()})
    known = {name: fact for name, fact in checked.items() if not isinstance(fact, dict)}
    shown = [text_of(known[name]) for name in _SHOWS_PATHS if name in known]
    incident = lock_incident_showing(incident_id, tenant_id, shown)
    changed = {name: fact for name, fact in checked.items() if fact_of(incident, name) != fact}
    if not changed:
        return incident
    category = changed.get("category")
    if isinstance(category, str):
        require_assignable(category, tenant_id)
    if incident.status in LINKED:
        _require_links(incident, changed)
    before = {name: fact_of(incident, name) for name in changed}
    for name, fact in changed.items():
        put_fact(incident, name, fact)
    incident.save(update_fields=[*changed, "unknown"])
    note(
        incident,
        "linked",
        by=by,
        fields=sorted(changed),
        unknown=sorted(name for name, fact in changed.items() if isinstance(fact, dict)),
        before=before,
        after=changed,
    )
    record("incidents.incident.linked", by=by, subject=incident, fields=sorted(changed))
    if not changed.keys().isdisjoint(_SHOWS_PATHS):
        notice_retired_paths(incident, at=incident.detected_at, texts=shown)
    return incident


def _require_links(incident: Incident, changed: Mapping[str, Fact]) -> None:
    """Raises incident_links_missing."""
    missing = missing_links({**facts_of(incident), **changed})
    missing += [
        name
        for name in LINKING_IDS
        if isinstance(changed.get(name), dict) and isinstance(fact_of(incident, name), str)
    ]
    if missing:
        raise CareError(
            LINKS_MISSING,
            message=f"{incident.incident_id} is {incident.status}: a linking id that is known may "
            f"be corrected, and none may be left out: {', '.join(missing)}.",
            details={"missing": missing},
        )
