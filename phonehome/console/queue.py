"""The review list: what waits, what needs a look, what was decided lately."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.urls import reverse

from kernel import clock
from kernel.spans import Due, age, due
from phonehome.egress import Egress, egress
from phonehome.models import PacketRevision, PhoneHomeRecord
from phonehome.selectors import packets_awaiting_review
from phonehome.states import PacketStatus

WAITING_SHOWN = 200
RECENT_SHOWN = 20
NEEDS_A_LOOK = (
    PacketStatus.SHIP_FAILED,
    PacketStatus.OUTCOME_UNKNOWN,
    PacketStatus.CROSSLINK_FAILED,
)


@dataclass(frozen=True)
class Row:
    """One packet as the list shows it."""

    record: PhoneHomeRecord
    revision: PacketRevision
    url: str
    due: Due
    age: str

    @property
    def in_folder(self) -> bool:
        return in_folder(self.record)

    @property
    def issue_link(self) -> str:
        return issue_link(self.record)


@dataclass(frozen=True)
class Queue:
    waiting: list[Row]
    more_waiting: bool
    needs_a_look: list[Row]
    recent: list[Row]
    egress: Egress


def review_queue() -> Queue:
    """Everything the list shows, in five queries."""
    now = clock.now()
    waiting = list(packets_awaiting_review()[: WAITING_SHOWN + 1])
    others = PhoneHomeRecord.objects.select_related("incident__project")
    broken = list(others.filter(status__in=NEEDS_A_LOOK).order_by("-updated_at")[:RECENT_SHOWN])
    settled = others.exclude(status__in=[PacketStatus.PENDING, *NEEDS_A_LOOK])
    recent = list(settled.order_by("-updated_at", "-id")[:RECENT_SHOWN])
    revisions = _current_revisions([*waiting, *broken, *recent])
    return Queue(
        waiting=_rows(waiting[:WAITING_SHOWN], revisions, now),
        more_waiting=len(waiting) > WAITING_SHOWN,
        needs_a_look=_rows(broken, revisions, now),
        recent=_rows(recent, revisions, now),
        egress=egress(),
    )


def rows_of(records: list[PhoneHomeRecord]) -> list[Row]:
    """The packets as rows, in their order; one query."""
    return _rows(records, _current_revisions(records), clock.now())


def in_folder(record: PhoneHomeRecord) -> bool:
    """Whether the issue is a file of the folder transport and not on GitHub."""
    return record.transport == "folder" or record.issue_url.startswith("folder://")


def issue_link(record: PhoneHomeRecord) -> str:
    """The issue's address when a browser can open it, else empty."""
    return record.issue_url if record.issue_url.startswith("https://") else ""


def _current_revisions(records: Iterable[PhoneHomeRecord]) -> dict[Any, PacketRevision]:
    found = PacketRevision.objects.filter(
        record__in=[one.pk for one in records], number=F("record__revision")
    ).only("record_id", "number", "title", "repo", "repo_visibility", "severity")
    return {one.record_id: one for one in found}


def _rows(
    records: list[PhoneHomeRecord], revisions: dict[Any, PacketRevision], now: datetime
) -> list[Row]:
    return [
        Row(
            record=record,
            revision=revisions[record.pk],
            url=reverse("phonehome_console:review", args=[record.pk]),
            due=due(record.review_due_at, now),
            age=age(record.created_at, now),
        )
        for record in records
    ]
