"""Sign that an incident closes without a corrective artifact (seed 002 §9)."""

from uuid import UUID

from django.db import transaction

from access import policy
from access.models import User
from incidents.errors import INCIDENT_ENDED
from incidents.locks import lock_incident
from incidents.models import Incident, Waiver
from incidents.own_words import refuse_secrets
from incidents.states import ENDED
from incidents.timeline import note
from kernel.errors import CareError, invalid
from kernel.ledger import record
from kernel.principals import Principal

REASON = 2000


@transaction.atomic
def waive_lesson(*, incident_id: str, tenant_id: UUID, reason: str, by: User) -> Waiver:
    """The waiver. It holds until the case is reopened, and only a person can sign one.

    Raises operator_required, not_found, invalid_request, incident_ended.
    """
    words = checked_waiver(reason, by)
    incident = lock_incident(incident_id, tenant_id)
    if incident.status in ENDED:
        raise CareError(INCIDENT_ENDED)
    return sign_waiver(incident, words=words, by=by)


def checked_waiver(reason: str, by: Principal) -> str:
    """The words that are signed. Raises operator_required, invalid_request."""
    policy.require(by, "incidents.incident.waive")
    words = reason.strip()
    if not words or len(words) > REASON:
        raise invalid(reason=f"Say why there is nothing to learn, in 1 to {REASON} characters.")
    refuse_secrets(reason=words)
    return words


def sign_waiver(incident: Incident, *, words: str, by: User) -> Waiver:
    """The row and its entries; `words` are checked. In the caller's transaction, the incident
    locked."""
    waiver = Waiver.objects.create(
        tenant_id=incident.tenant_id,
        incident=incident,
        reason=words,
        signed_by=by.label[:200],
        operator_id=by.pk,
    )
    note(incident, "waived", by=by, waiver=str(waiver.uid))
    record("incidents.incident.waived", by=by, subject=incident, waiver=str(waiver.uid))
    return waiver
