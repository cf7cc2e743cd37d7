"""Add a version to a postmortem; no version is ever changed."""

from collections.abc import Mapping

from incidents.models import Postmortem, PostmortemVersion
from incidents.postmortem_page import first_sections, page_of

# Who wrote what stood in a postmortem before it had versions: tier 5 says it.
_BEFORE_VERSIONS = "system:triage"


def add_postmortem_version(
    postmortem: Postmortem, sections: Mapping[str, str], *, author: str
) -> PostmortemVersion:
    """The next version, with the page as the case stands; in the caller's transaction, which
    holds the incident's lock, so that two writers get a number each."""
    last = postmortem.versions.order_by("-number").first()
    if last is None and postmortem.summary:
        first = first_sections(postmortem)
        last = _create(postmortem, 1, first, _BEFORE_VERSIONS)
    return _create(postmortem, last.number + 1 if last else 1, sections, author)


def _create(
    postmortem: Postmortem, number: int, sections: Mapping[str, str], author: str
) -> PostmortemVersion:
    return PostmortemVersion.objects.create(
        tenant_id=postmortem.tenant_id,
        postmortem=postmortem,
        number=number,
        sections=dict(sections),
        markdown=page_of(postmortem, sections),
        author=author[:200],
    )
