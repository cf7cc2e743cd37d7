"""A decision that came too late: what the operator saw, what is there now, who was first."""

from functools import cached_property
from typing import Any

from kernel.errors import STALE_REVISION
from phonehome.console.changes import FieldChange, changes_between
from phonehome.console.page import ReviewPage
from phonehome.errors import NOT_IN_REVIEW, NOT_REVISABLE, PACKET_CHANGED
from phonehome.models import PacketRevision, Review
from phonehome.states import PacketStatus

# Somebody else was first: the page says who, and what is different now.
LOST_RACES = {one.code for one in (PACKET_CHANGED, NOT_IN_REVIEW, NOT_REVISABLE, STALE_REVISION)}


class Race:
    """`seen_digest` is what the operator's form carried; it may be of an earlier revision."""

    def __init__(self, page: ReviewPage, seen_digest: str, operator: Any) -> None:
        self._page = page
        self._seen_digest = seen_digest
        self._operator = operator

    @cached_property
    def seen(self) -> PacketRevision | None:
        """The revision the operator had on the screen; None when it is none of this packet's."""
        return self._page.record.revisions.filter(packet_sha256=self._seen_digest).first()

    @property
    def edited(self) -> bool:
        return self._seen_digest != self._page.revision.packet_sha256

    @cached_property
    def changes(self) -> list[FieldChange]:
        if self.seen is None or not self.edited:
            return []
        return changes_between(self.seen, self._page.revision)

    @property
    def decision(self) -> Review | None:
        """The decision about the current revision, when there is one."""
        of_current = [
            one for one in self._page.reviews if one.revision == self._page.revision.number
        ]
        return of_current[-1] if of_current else None

    @property
    def by_me(self) -> bool:
        return self.decision is not None and self.decision.operator_id == self._operator.pk

    @property
    def waits(self) -> bool:
        return self._page.record.status == PacketStatus.PENDING
