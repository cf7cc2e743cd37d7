"""A person's edit of a revision: what can be edited, and the content it becomes."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from phonehome.carving import joined, product_side
from phonehome.composing import MAX_SECTIONS, note_of, sections_of
from phonehome.models import PacketRevision
from phonehome.proving import facts_of, sections_behind
from phonehome.services.write_revision import Content


def edit_of(
    revision: PacketRevision, *, title: str, body_markdown: str, labels: Iterable[str]
) -> Content:
    """The content of the next revision: these words, everything else as it was.

    `body_markdown` is an edit of `revision.source_body`; the reference lines are added anew. Kinds
    that a scan can find are not carried over as kept: what the edit removed needs no
    acknowledgement any more, and what it left is found again. What was carved out stays behind
    (`revise_packet`).
    """
    return Content(
        title=title,
        body_markdown=body_markdown,
        labels=list(labels),
        complete_labels=True,
        **_as_it_was(revision),
    )


def sections_to_move(revision: PacketRevision, incident_id: str) -> list[dict[str, str]]:
    """Both sides of a revision as sections, product first; a body written as a whole is parted at
    its headings."""
    note = note_of(revision.source_body)
    facts = replace(facts_of(revision, incident_id), note=note)
    behind = sections_behind(revision)
    most = max(1, MAX_SECTIONS - len(behind))
    mine = product_side(revision.sections) or sections_of(revision.source_body, facts, most)
    return [*(dict(one) for one in mine), *behind]


def recut_of(
    revision: PacketRevision, *, title: str, sections: Iterable[dict[str, str]]
) -> Content:
    """The content of the next revision: these sections are the whole of both sides."""
    return Content(
        title=title,
        sections=joined(sections),
        labels=list(revision.labels),
        note=note_of(revision.source_body),
        complete_labels=True,
        complete_sections=True,
        **_as_it_was(revision),
    )


def _as_it_was(revision: PacketRevision) -> dict[str, Any]:
    report = revision.redaction_report
    found = {one["type"] for one in report.get("findings", ())}
    return {
        "local_artifact_refs": revision.local_artifact_refs,
        "redaction_report": {
            "status": "passed",
            "redacted_fields": report.get("redacted_fields", []),
        },
        "retained_sensitive_fields": [
            kind for kind in revision.retained_sensitive_fields if kind not in found
        ],
    }
