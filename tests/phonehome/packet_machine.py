"""A model of everybody who can move a packet, doing anything in any order (Hypothesis).

Time passes by the true clock; the product's clock may be set forward or back besides. An issue
whose create was not confirmed shows at most LATEST_SECONDS later, sooner than the product stops
looking; that is what "at most one issue" rests on.
"""

import contextlib
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bridge.models import Signal
from incidents.models import Incident
from kernel.errors import CATALOGUE, CareError
from phonehome.models import PhoneHomeRecord, Review, Shipment
from phonehome.selectors import approval_of
from phonehome.services.carry_shipment import ship_now
from phonehome.services.cross_link import cross_link_waiting
from phonehome.services.expire_reviews import expire_reviews
from phonehome.services.reject_packet import reject_packet
from phonehome.services.request_changes import request_changes
from phonehome.services.retry_shipment import retry_shipment
from phonehome.services.revise_packet import revise_packet
from phonehome.services.ship_due import ship_due
from phonehome.services.stage_packet import stage_packet
from phonehome.services.withdraw_packet import withdraw_packet
from phonehome.services.write_revision import recomputed_digest
from phonehome.states import Decision, PacketStatus, ReviewSurface, ShipmentState
from phonehome.transports.base import FiledIssue, IssueDraft, has_marker
from tests.cast import BY, Cast
from tests.phonehome.conftest import MovedClock
from tests.phonehome.packets import approve, content
from tests.phonehome.scripted_transport import (
    Fault,
    ScriptedTransport,
    later,
    needs_fix,
    rate_limited,
    unknown,
)

LOOK_SECONDS = 15
LATEST_SECONDS = 10
FOR_EVER = 10**9
HAS_AN_ISSUE = (PacketStatus.SHIPPED, PacketStatus.CROSSLINK_FAILED)
MAY_HAVE_ONE = (*HAS_AN_ISSUE, PacketStatus.SHIPPING, PacketStatus.OUTCOME_UNKNOWN)
TROUBLES = [
    *("late unknown",) * 4,
    *("create unknown", "created unknown", "create killed", "created killed"),
    *("created ours", "create limit", "create fix", "preflight later", "preflight killed"),
    *("find later", "find ours", "find killed", "labels fix", "labels later"),
]
MOVES = [
    *("carry_in_trouble",) * 4,
    *("carry_when_due", "carry", "sweep", "wait", "set_clock", "break_cross_link"),
    *("approve_what_waits", "approve_what_waits", "stage", "revise", "decide", "withdraw", "retry"),
]
FAILED = (PacketStatus.SHIP_FAILED, PacketStatus.OUTCOME_UNKNOWN, PacketStatus.CROSSLINK_FAILED)


class Killed(BaseException):
    """The worker's end; no line of its own runs after it."""


class WatchedTransport(ScriptedTransport):
    """Looks into the database at the moment of each create."""

    def create(self, draft: IssueDraft) -> FiledIssue:
        record = PhoneHomeRecord.objects.get(status=PacketStatus.SHIPPING, pk=draft.marker[-36:])
        revision = record.current
        assert approval_of(record, revision) is not None
        assert (draft.repo, draft.title, draft.body, list(draft.labels)) == (
            revision.repo,
            revision.title,
            revision.body_markdown,
            revision.labels,
        )
        return super().create(draft)


class PacketMachine(RuleBasedStateMachine):
    """One example; everything it wrote is rolled back at its end."""

    cast: ClassVar[Cast]
    clock: ClassVar[MovedClock]
    incidents: ClassVar[list[Incident]]
    hub: ClassVar[WatchedTransport]
    cross_link_fails: ClassVar[bool] = False

    @initialize()
    def begin(self) -> None:
        self.true_seconds, self.clock.ahead_seconds = 0.0, 0.0
        self.shows_at: float | None = None
        self.hub.wipe()
        type(self).cross_link_fails = False
        self.attempted = transaction.atomic()
        self.attempted.__enter__()
        for which in range(len(self.incidents)):
            self._stage(which)
            self.approve_what_waits()

    def teardown(self) -> None:
        if not hasattr(self, "attempted"):
            return
        try:
            self._finish()
        finally:
            transaction.set_rollback(True)
            self.attempted.__exit__(None, None, None)
            del self.attempted

    @rule(moves=st.lists(st.sampled_from(MOVES), min_size=1, max_size=3), data=st.data())
    def something_happens(self, moves: list[str], data: st.DataObject) -> None:
        """One rule for all: of many rules, Hypothesis leaves most out of each example."""
        for move in moves:
            getattr(self, move)(data)

    # What people and agents do.

    def stage(self, data: st.DataObject) -> None:
        self._stage(data.draw(st.integers(0, 1)))

    def _stage(self, which: int) -> None:
        incident = self.incidents[which]
        self._try(
            lambda: stage_packet(
                incident_id=incident.incident_id,
                tenant_id=incident.tenant_id,
                content=content(),
                by=BY,
            )
        )

    def revise(self, data: st.DataObject) -> None:
        record = self._any(data)
        if record is not None:
            operator, title = data.draw(st.booleans()), data.draw(st.sampled_from("ABC"))
            self._try(
                lambda: revise_packet(
                    record_id=record.pk,
                    seen_digest=self._some_digest(data, record),
                    content=content(title=title),
                    by=self.cast.operator if operator else BY,
                )
            )

    def approve_what_waits(self, data: st.DataObject | None = None) -> None:
        for record in PhoneHomeRecord.objects.filter(status=PacketStatus.PENDING):
            self._try(lambda record=record: approve(record, self.cast))

    def decide(self, data: st.DataObject) -> None:
        what = data.draw(st.sampled_from(["approve", "reject", "change"]))
        record = self._any(data)
        if record is None:
            return
        digest = self._some_digest(data, record)
        told = {"record_id": record.pk, "seen_digest": digest, "by": self.cast.operator}
        told |= {"surface": ReviewSurface.CLI, "notes": "Because."}
        if what == "approve":
            self._try(lambda: approve(record, self.cast, seen_digest=digest))
        elif what == "reject":
            self._try(lambda: reject_packet(**told))
        else:
            self._try(lambda: request_changes(**told))

    def withdraw(self, data: st.DataObject) -> None:
        record = self._any(data)
        if record is not None:
            told = {"record_id": record.pk, "tenant_id": record.tenant_id, "reason": "Known."}
            self._try(lambda: withdraw_packet(**told, by=BY))

    def retry(self, data: st.DataObject) -> None:
        record = self._any(data)
        if record is not None:
            self._try(lambda: retry_shipment(record_id=record.pk, by=self.cast.operator))

    # What workers do, and what happens to them.

    def carry(self, data: st.DataObject) -> None:
        shipments = list(Shipment.objects.order_by("id"))
        if shipments:
            pk = data.draw(st.sampled_from(shipments)).pk
            self._work(lambda: ship_now(pk))

    def carry_in_trouble(self, data: st.DataObject) -> None:
        self._arm(data.draw(st.sampled_from(TROUBLES)))
        self.carry_when_due()

    def carry_when_due(self, data: st.DataObject | None = None) -> None:
        """The next one that is due, when it is due; a dead worker's too."""
        for shipment in Shipment.objects.order_by("not_before"):
            due = shipment.lease_until or shipment.not_before
            if shipment.state in (ShipmentState.QUEUED, ShipmentState.CLAIMED):
                self.pass_time(max(0.0, (due - self.clock()).total_seconds()) + 0.01)
                self._work(lambda pk=shipment.pk: ship_now(pk))
                return

    def sweep(self, data: st.DataObject) -> None:
        self._work(expire_reviews)
        self._work(ship_due)
        self._work(cross_link_waiting)

    def _arm(self, trouble: str) -> None:
        where, _, what = trouble.partition(" ")
        error = {
            "later": later(),
            "fix": needs_fix(),
            "limit": rate_limited(73),
            "ours": RuntimeError("a fault of our own"),
            "killed": Killed(),
            "unknown": unknown(),
        }[what]
        if where == "late":
            hidden = Fault(after=error, hidden=FOR_EVER, hold=self._shows_later)
            self.hub.next_create(hidden)
        elif where == "created":
            self.hub.next_create(Fault(after=error))
        else:
            self.hub.next(where, Fault(before=error))

    def break_cross_link(self, data: st.DataObject) -> None:
        type(self).cross_link_fails = True

    def wait(self, data: st.DataObject) -> None:
        self.pass_time(data.draw(st.sampled_from([1, 3, 20, 90, 400, 25 * 3600])))

    def pass_time(self, seconds: float) -> None:
        self.true_seconds += seconds
        self.clock.move(seconds)
        if self.shows_at is not None and self.true_seconds >= self.shows_at:
            self.hub.show()
            self.shows_at = None

    def set_clock(self, data: st.DataObject) -> None:
        if self.shows_at is None:
            self.clock.move(data.draw(st.sampled_from([-600, -240, 240, 600])))

    # What holds at every moment.

    @invariant()
    def at_most_one_issue_each_and_as_approved(self) -> None:
        if not hasattr(self, "attempted"):
            return
        issues = self.hub.issues()
        packets = list(PhoneHomeRecord.objects.all())
        for record in packets:
            ours = [one for one in issues if has_marker(one["body"], record.marker)]
            assert len(ours) <= 1
            assert len(ours) == 1 or record.status not in HAS_AN_ISSUE
            assert not ours or record.status in MAY_HAVE_ONE, record.status
            for issue in ours:
                assert self._was_approved(record, issue)
        known = [record.marker for record in packets]
        assert all(any(has_marker(one["body"], mark) for mark in known) for one in issues)

    @invariant()
    def rows_agree(self) -> None:
        if not hasattr(self, "attempted"):
            return
        for record in PhoneHomeRecord.objects.all():
            live = Shipment.objects.filter(record=record).exclude(state=ShipmentState.CANCELLED)
            states = [one.state for one in live]
            if record.status in FAILED:
                assert record.error_code in CATALOGUE
            expected: dict[str, tuple[list[str], ...]] = {
                PacketStatus.APPROVED: (["queued"],),
                PacketStatus.SHIPPING: (["claimed"],),
                PacketStatus.SHIP_FAILED: (["queued"], ["waiting"]),
                PacketStatus.OUTCOME_UNKNOWN: (["queued"], ["waiting"]),
                PacketStatus.SHIPPED: (["done"],),
                PacketStatus.CROSSLINK_FAILED: (["done"],),
            }
            assert states in expected.get(record.status, ([],)), (record.status, states)

    def _finish(self) -> None:
        """When the troubles are over, whatever was approved is filed and answered, once."""
        self.hub.forget_faults()
        type(self).cross_link_fails = False
        on_its_way = PhoneHomeRecord.objects.filter(
            status__in=(PacketStatus.APPROVED, *MAY_HAVE_ONE, PacketStatus.SHIP_FAILED)
        )
        going = list(on_its_way)
        for _ in range(12):
            self.pass_time(1000)
            for record in on_its_way.exclude(status__in=HAS_AN_ISSUE):
                self._try(lambda pk=record.pk: retry_shipment(record_id=pk, by=self.cast.operator))
            self._work(ship_due)
            self._work(cross_link_waiting)
        for record in going:
            record = PhoneHomeRecord.objects.get(pk=record.pk)
            assert record.status == PacketStatus.SHIPPED, record.error_message
            issues = [one for one in self.hub.issues() if has_marker(one["body"], record.marker)]
            assert [one["number"] for one in issues] == [record.issue_number]
            answers = Signal.objects.filter(
                to_identity="Jade",
                payload__outcome="filed",
                payload__incident_id=record.incident.incident_id,
            )
            assert answers.count() == 1

    def _was_approved(self, record: PhoneHomeRecord, issue: dict[str, Any]) -> bool:
        reviews = Review.objects.filter(record=record, decision=Decision.APPROVED)
        for review in reviews:
            revision = record.revisions.get(number=review.revision)
            digest = recomputed_digest(revision, record.incident.incident_id)
            sent = (revision.title, revision.body_markdown, revision.labels, revision.repo)
            if review.packet_sha256 == digest and sent == (
                issue["title"],
                issue["body"],
                issue["labels"],
                issue["repo"],
            ):
                return True
        return False

    def _shows_later(self) -> None:
        self.shows_at = self.true_seconds + LATEST_SECONDS

    def _any(self, data: st.DataObject) -> PhoneHomeRecord | None:
        records = list(PhoneHomeRecord.objects.order_by("id"))
        return data.draw(st.sampled_from(records)) if records else None

    def _some_digest(self, data: st.DataObject, record: PhoneHomeRecord) -> str:
        """The current one mostly, an older one sometimes."""
        digests = list(record.revisions.order_by("number").values_list("packet_sha256", flat=True))
        return str(data.draw(st.sampled_from([*digests, *digests[-1:] * 4])))

    def _try(self, verb: Any) -> None:
        """A refusal is fine, anything else is a fault of ours."""
        with contextlib.suppress(CareError):
            verb()

    def _work(self, duty: Any) -> None:
        try:
            duty()
        except Killed:
            return
