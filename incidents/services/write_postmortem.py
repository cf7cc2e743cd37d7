"""Write the postmortem of an incident, blameless and versioned (seed 002 §4)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from access import policy
from incidents.errors import POSTMORTEM_MISSING
from incidents.link_parts import checked_owners, require_room
from incidents.locks import lock_incident
from incidents.models import Incident, Postmortem, PostmortemVersion
from incidents.own_words import refuse_secrets
from incidents.people import people_of
from incidents.postmortem_text import NAMES
from incidents.services.add_postmortem_version import add_postmortem_version
from incidents.services.open_postmortem import opened_postmortem
from incidents.services.settle_postmortem import settle_postmortem
from incidents.timeline import note
from kernel.errors import CareError
from kernel.ledger import record
from kernel.principals import Principal


@transaction.atomic
def write_postmortem(
    *,
    incident_id: str,
    tenant_id: UUID,
    sections: Mapping[str, str],
    by: Principal,
    owners: Sequence[str] | None = None,
) -> PostmortemVersion:
    """The new version. `sections` holds a text for each of `postmortem_text.NAMES`; without
    `owners` those that were named before stay.

    Raises not_found, postmortem_missing, invalid_request (a text that names somebody or holds a
    secret, an owner that the link document does not take).
    """
    policy.require(by, "incidents.postmortem.write")
    texts = {name: sections[name].strip() for name in NAMES}
    named = None if owners is None else checked_owners(owners)
    people_of(tenant_id).refuse_names(**texts)
    refuse_secrets(**texts)
    incident = lock_incident(incident_id, tenant_id)
    postmortem = opened_postmortem(incident)
    if named is not None:
        postmortem.owners = named
        require_room(postmortem)
    content: dict[str, Any] = {**texts, "owners": postmortem.owners}
    version = add_postmortem_version(postmortem, content, author=by.label)
    postmortem.summary = texts["summary"]
    postmortem.save(update_fields=["summary", "owners"])
    settle_postmortem(postmortem)
    note(incident, "postmortem_written", by=by, version=version.number)
    record("incidents.postmortem.written", by=by, subject=postmortem, version=version.number)
    return version


def postmortem_of(incident: Incident) -> Postmortem:
    """To read it. Raises postmortem_missing while there is none."""
    postmortem = Postmortem.objects.filter(incident=incident).first()
    if postmortem is None:
        raise CareError(POSTMORTEM_MISSING)
    # The page shows the case as the caller has it, not as it was read a second time.
    postmortem.incident = incident
    return postmortem
