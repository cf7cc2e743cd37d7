"""Everything the review page shows about one packet."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.urls import reverse

import redaction
from access.selectors import known_names
from incidents.events import describe
from incidents.models import TimelineEntry, TriageTier
from incidents.states import Scope
from kernel import clock
from kernel.canonical import canonical_json, sha256_hex
from kernel.errors import NOT_FOUND, CareError
from kernel.markdown import preview, render_markdown, to_read
from kernel.spans import Due, age, due
from kernel.visible import reveal
from phonehome.console.changes import FieldChange, changes_between
from phonehome.console.effects import Effects, effects_of
from phonehome.console.parts import Happening, Kept, Place, Size
from phonehome.console.queue import in_folder, issue_link
from phonehome.console.source import Line, Piece, marked_lines
from phonehome.egress import Egress, egress
from phonehome.models import Attempt, PacketRevision, PhoneHomeRecord, Review
from phonehome.proving import Standing, let_go, standing_of
from phonehome.selectors import packets_awaiting_review
from phonehome.services.retry_shipment import RETRYABLE
from phonehome.services.write_revision import revision_payload
from phonehome.states import REVISABLE, PacketStatus, RejectReason
from phonehome.transports.base import (
    BODY_LIMIT_CHARACTERS,
    LABEL_LIMIT_CHARACTERS,
    TITLE_LIMIT_CHARACTERS,
)

SENTENCES = {
    PacketStatus.PENDING: "It waits for a decision.",
    PacketStatus.APPROVED: "It ships when its delay is over; an edit stops it until then.",
    PacketStatus.SHIPPING: "A worker is filing it now.",
    PacketStatus.SHIPPED: "The issue exists.",
    PacketStatus.REJECTED: "It has ended; nothing left.",
    PacketStatus.CHANGES_REQUESTED: "It waits for a new revision.",
    PacketStatus.EXPIRED: "Nobody decided in time; nothing left. A new revision brings it back.",
    PacketStatus.WITHDRAWN: "Its author took it back; nothing left.",
    PacketStatus.SHIP_FAILED: "It is known not to have been filed.",
    PacketStatus.OUTCOME_UNKNOWN: "It may have been filed. The worker looks for it before it "
    "would send it again.",
    PacketStatus.CROSSLINK_FAILED: "The issue exists; the desk's own records are repaired by "
    "themselves.",
}
QUEUE_LOOKED_AT = 500
TIMELINE_SHOWN = 60


def open_packet(record_id: UUID) -> PhoneHomeRecord:
    """Raises not_found."""
    record = (
        PhoneHomeRecord.objects.select_related("incident__project", "incident__reporter__project")
        .filter(pk=record_id)
        .first()
    )
    if record is None:
        raise CareError(NOT_FOUND)
    return record


class ReviewPage:
    """One packet under review, read when the template asks."""

    def __init__(self, record: PhoneHomeRecord) -> None:
        self.record = record
        self.incident = record.incident
        self.now = clock.now()

    @cached_property
    def revision(self) -> PacketRevision:
        return self.record.current

    @cached_property
    def previous(self) -> PacketRevision | None:
        return self.record.revisions.filter(number=self.revision.number - 1).first()

    @property
    def url(self) -> str:
        return reverse("phonehome_console:review", args=[self.record.pk])

    @property
    def decidable(self) -> bool:
        return self.record.status == PacketStatus.PENDING and not self.overdue

    @property
    def overdue(self) -> bool:
        return self.record.review_due_at <= self.now

    @property
    def editable(self) -> bool:
        return self.record.status in REVISABLE

    @property
    def voids_approval(self) -> bool:
        return self.record.status in (PacketStatus.APPROVED, PacketStatus.SHIP_FAILED)

    @property
    def retryable(self) -> bool:
        return self.record.status in RETRYABLE

    @property
    def moving(self) -> bool:
        """Whether the worker may change the packet's state by itself."""
        return self.record.status in (
            PacketStatus.APPROVED,
            PacketStatus.SHIPPING,
            PacketStatus.OUTCOME_UNKNOWN,
            PacketStatus.SHIP_FAILED,
            PacketStatus.CROSSLINK_FAILED,
        )

    @property
    def state_key(self) -> str:
        """Differs when the packet is not what the page shows any more."""
        return f"{self.record.status}/{self.revision.packet_sha256}/{len(self.attempts)}"

    @property
    def state_sentence(self) -> str:
        return SENTENCES[PacketStatus(self.record.status)]

    @property
    def due(self) -> Due:
        return due(self.record.review_due_at, self.now)

    @property
    def age(self) -> str:
        return age(self.record.created_at, self.now)

    @cached_property
    def egress(self) -> Egress:
        return egress()

    @property
    def in_folder(self) -> bool:
        return in_folder(self.record)

    @property
    def issue_link(self) -> str:
        return issue_link(self.record)

    @cached_property
    def findings(self) -> list[redaction.Finding]:
        """What the rules of today find; offsets count from the start of title, newline, body."""
        text = f"{self.revision.title}\n{self.revision.body_markdown}"
        return redaction.scan(text, known_names(self.record.tenant_id))

    @cached_property
    def title_pieces(self) -> list[Piece]:
        return marked_lines(self.revision.title, self.findings)[0].pieces

    @cached_property
    def source(self) -> list[Line]:
        return marked_lines(
            self.revision.body_markdown, self.findings, offset=len(self.revision.title) + 1
        )

    @cached_property
    def _rendered(self) -> str:
        return render_markdown(self.revision.body_markdown)

    @property
    def preview(self) -> str:
        return preview(self._rendered)

    @cached_property
    def effects(self) -> Effects:
        return effects_of(self.revision.title, self.revision.body_markdown, to_read(self._rendered))

    @cached_property
    def changes(self) -> list[FieldChange]:
        return changes_between(self.previous, self.revision) if self.previous else []

    @cached_property
    def payload(self) -> bytes:
        """The bytes the digest is taken over."""
        return canonical_json(revision_payload(self.revision, self.incident.incident_id))

    @property
    def payload_pieces(self) -> list[Piece]:
        return marked_lines(self.payload.decode())[0].pieces

    @property
    def payload_matches(self) -> bool:
        return sha256_hex(self.payload) == self.revision.packet_sha256

    @property
    def kept(self) -> list[Kept]:
        types = [one.type for one in self.findings]
        return [Kept(name, types.count(name)) for name in self.revision.retained_sensitive_fields]

    @cached_property
    def carve_out(self) -> Standing | None:
        """What stayed behind, compared with the packet again now; None when nothing did."""
        return standing_of(self.revision, self.incident.incident_id)

    @cached_property
    def let_go(self) -> list[str]:
        """Words that stayed behind in an earlier revision and would leave now, a line each."""
        carved = let_go(self.revision, self.incident.incident_id) if self.previous else None
        return [carved.excerpt(one) for one in carved.overlaps] if carved else []

    @property
    def carvable(self) -> bool:
        """Whether the carve-out has a page: the case is mixed, or something stayed behind."""
        return self.revision.scope == Scope.MIXED or bool(self.revision.carved_out)

    @property
    def sizes(self) -> list[Size]:
        revision = self.revision
        longest = max(map(len, revision.labels), default=0)
        return [
            Size("Title", len(revision.title), TITLE_LIMIT_CHARACTERS),
            Size("Body", len(revision.body_markdown), BODY_LIMIT_CHARACTERS),
            Size("Longest label", longest, LABEL_LIMIT_CHARACTERS),
        ]

    @cached_property
    def reviews(self) -> list[Review]:
        return list(self.record.reviews.order_by("id"))

    @cached_property
    def attempts(self) -> list[Attempt]:
        return list(
            Attempt.objects.filter(shipment__record=self.record).order_by("started_at", "number")
        )

    @cached_property
    def timeline(self) -> list[Happening]:
        newest = TimelineEntry.objects.filter(incident=self.incident).order_by("-id")
        return [
            Happening(one.recorded_at, describe(one.event, one.detail), one.actor)
            for one in reversed(newest[:TIMELINE_SHOWN])
        ]

    @cached_property
    def tiers(self) -> list[TriageTier]:
        return list(self.incident.tiers.order_by("tier"))

    @property
    def clara_note(self) -> str:
        """What Clara (or the desk) said when she classified the case."""
        notes = [one.content.get("note", "") for one in self.tiers if one.tier == 4]
        return reveal(str(notes[0])) if notes else ""

    @cached_property
    def place(self) -> Place:
        ids = list(packets_awaiting_review().values_list("pk", flat=True)[:QUEUE_LOOKED_AT])
        if self.record.pk not in ids:
            return Place(0, len(ids), "", self._address(ids, 0))
        at = ids.index(self.record.pk)
        previous = self._address(ids, at - 1) if at else ""
        return Place(at + 1, len(ids), previous, self._address(ids, at + 1))

    @property
    def reasons(self) -> list[tuple[str, Any]]:
        return [(value, label) for value, label in RejectReason.choices]

    @staticmethod
    def _address(ids: list[UUID], at: int) -> str:
        if at >= len(ids):
            return ""
        return reverse("phonehome_console:review", args=[ids[at]])
