"""Open the postmortem of a triaged incident (SPEC-114 tier 5)."""

from access.models import Project
from incidents.models import Incident, Postmortem
from incidents.numbering import next_number
from incidents.people import people_of
from incidents.postmortem_page import latest_sections
from incidents.services.add_postmortem_version import add_postmortem_version
from kernel.principals import Principal


def open_postmortem(incident: Incident, *, summary: str, by: Principal) -> Postmortem:
    """The incident's postmortem, its first version holding tier 5's summary in roles.

    Triaged again, it gets another version where tier 5 says something new. In the transaction
    that completed the tier.
    """
    written = people_of(incident.tenant_id).in_roles(summary)
    postmortem = Postmortem.objects.filter(incident=incident).first()
    if postmortem is None:
        postmortem = Postmortem.objects.create(
            tenant_id=incident.tenant_id,
            postmortem_id=next_number("pm", incident.tenant_id),
            incident=incident,
            project=Project.objects.get(tenant_id=incident.tenant_id, is_home=True),
        )
        sections = latest_sections(postmortem)
    else:
        sections = latest_sections(postmortem)
        if sections["summary"] == written:
            return postmortem
    add_postmortem_version(postmortem, {**sections, "summary": written}, author=by.label)
    postmortem.summary = summary
    postmortem.save(update_fields=["summary"])
    return postmortem
