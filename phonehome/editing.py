"""A person's edit of a revision: the text that can be edited, and the content it becomes."""

from collections.abc import Iterable

from phonehome.models import PacketRevision
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
    report = revision.redaction_report
    found = {one["type"] for one in report.get("findings", ())}
    return Content(
        title=title,
        body_markdown=body_markdown,
        labels=list(labels),
        complete_labels=True,
        local_artifact_refs=revision.local_artifact_refs,
        redaction_report={
            "status": "passed",
            "redacted_fields": report.get("redacted_fields", []),
        },
        retained_sensitive_fields=[
            kind for kind in revision.retained_sensitive_fields if kind not in found
        ],
    )
