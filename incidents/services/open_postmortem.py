"""Open the postmortem of a triaged incident (SPEC-114 tier 5)."""

from access.models import Project
from incidents.citations import text_digest
from incidents.errors import POSTMORTEM_MISSING
from incidents.models import Incident, Postmortem
from incidents.numbering import next_number
from incidents.people import people_of
from incidents.postmortem_page import latest_sections
from incidents.services.add_postmortem_version import add_postmortem_version
from incidents.states import LINKED, IncidentStatus
from incidents.timeline import note
from kernel.errors import CareError
from kernel.ledger import record
from kernel.principals import Principal

# Beside the sections of a version that tier 5 made: the digest of the summary it was made of.
_OF_TIER_5 = "tier_5_sha256"


def open_postmortem(incident: Incident, *, summary: str, by: Principal) -> Postmortem:
    """The incident's postmortem, its first version holding tier 5's summary in roles.

    Triaged again, it gets another version where tier 5 says something else than it said before;
    what people wrote since then stays otherwise. In the transaction that completed the tier.
    """
    digest = text_digest(summary)
    postmortem = Postmortem.objects.filter(incident=incident).first()
    again = postmortem is not None
    if postmortem is None:
        postmortem = _create(incident)
    elif _said_before(postmortem) == digest:
        return postmortem
    written = people_of(incident.tenant_id).in_roles(summary)
    sections = {**latest_sections(postmortem), "summary": written, _OF_TIER_5: digest}
    version = add_postmortem_version(postmortem, sections, author=by.label)
    postmortem.summary = summary
    postmortem.save(update_fields=["summary"])
    if again:
        note(incident, "postmortem_written", by=by, version=version.number)
        record("incidents.postmortem.written", by=by, subject=postmortem, version=version.number)
    return postmortem


def opened_postmortem(incident: Incident) -> Postmortem:
    """The postmortem to write in. A case that came in triaged, without its link document, gets
    one with no word in it. In the caller's transaction, the incident locked.

    Raises postmortem_missing while the triage has not come to tier 5.
    """
    postmortem = Postmortem.objects.filter(incident=incident).first()
    if postmortem is None:
        if incident.status not in (IncidentStatus.TRIAGED, *LINKED):
            raise CareError(POSTMORTEM_MISSING)
        postmortem = _create(incident)
    # The page shows the case as the caller has it, not as it was read a second time.
    postmortem.incident = incident
    return postmortem


def _create(incident: Incident) -> Postmortem:
    return Postmortem.objects.create(
        tenant_id=incident.tenant_id,
        postmortem_id=next_number("pm", incident.tenant_id),
        incident=incident,
        project=Project.objects.get(tenant_id=incident.tenant_id, is_home=True),
    )


def _said_before(postmortem: Postmortem) -> str:
    """The digest of what tier 5 said last, as far as a version tells."""
    versions = postmortem.versions.filter(sections__has_key=_OF_TIER_5)
    last = versions.order_by("-number").first()
    return str(last.sections[_OF_TIER_5]) if last else ""
