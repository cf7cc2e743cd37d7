"""Thirty days with random reports, agents and outages: nobody waits in silence, and nobody is
reminded twice."""

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.db.models import F, Q

import bridge.hooks
from bridge.models import Signal
from incidents.models import Deadline, Escalation, Incident, Intake
from incidents.promises import WAITING
from incidents.services.fire_deadlines import fire_deadlines
from incidents.services.keep_promises import keep_promises
from incidents.states import ENDED, DeadlineState, Stage
from kernel import clock
from phonehome.models import PhoneHomeRecord
from phonehome.services.expire_reviews import expire_reviews
from phonehome.services.reject_packet import reject_packet
from phonehome.services.request_changes import request_changes
from phonehome.services.stage_packet import stage_packet
from phonehome.states import PacketStatus, RejectReason, ReviewSurface
from tests.cast import BY, Cast
from tests.incidents.test_classification import classify
from tests.incidents.test_triage import tier
from tests.phonehome.packets import approve, content

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = timedelta(days=30)


class Month:
    """A world that lives by the clock: what happens in it is drawn from one seed."""

    def __init__(self, seed: int, cast: Cast, stranger: Cast) -> None:
        self.random = random.Random(seed)
        self.casts = (cast, stranger)
        self.outage_until = clock.now()
        self.armed = False
        self.checked = 0

    def listen(self, signal: Signal) -> None:
        """A listener that fails now and then, in the middle of whatever sends."""
        if self.armed and self.random.random() < 0.4:
            raise RuntimeError("a listener failed")

    # What people and agents do

    def live(self) -> None:
        cast = self.random.choice(self.casts)
        chance = self.random.random()
        if chance < 0.18:
            self._report(cast)
        elif chance < 0.4:
            self._classify(cast)
        elif chance < 0.6:
            self._triage(cast)
        elif chance < 0.7:
            self._review(cast)
        elif chance < 0.8:
            self._pause(cast)

    def _report(self, cast: Cast) -> None:
        reporter = self.random.choice([cast.jade, cast.onyx])
        verb = "".join(self.random.choices("abcdefghijklmnop", k=12))
        reporter.report(f"The verb prism_{verb} crashes with KeyError")

    def _classify(self, cast: Cast) -> None:
        waiting = Intake.objects.filter(tenant_id=cast.home.tenant_id, status="received")
        for intake in list(waiting[: self.random.randint(0, 3)]):
            meant = self.random.choices(["incident", "info", "enhancement"], [8, 1, 1])[0]
            assert classify(cast, str(intake.pk), meant, answer="so").status_code == 200

    def _triage(self, cast: Cast) -> None:
        """Clara goes on with some case, a tier or all of them."""
        mine = Incident.objects.filter(
            tenant_id=cast.home.tenant_id, status__in=["reported", "triaging"]
        )
        for incident in list(mine.order_by("id")[:2]):
            severity = self.random.choice(["P0", "P1", "P2", "P3"])
            done = incident.tiers.filter(state="complete").count()
            for number in range(done + 1, self.random.randint(done + 1, 5) + 1):
                change = {"severity": severity} if number == 4 else {}
                answer = tier(cast, incident.incident_id, number, **change)
                assert answer.status_code == 200, answer.content

    def _review(self, cast: Cast) -> None:
        tenant = cast.home.tenant_id
        ready = Incident.objects.filter(tenant_id=tenant, status="triaged", packets__isnull=True)
        for incident in list(ready[:2]):
            stage_packet(
                incident_id=incident.incident_id, tenant_id=tenant, content=content(), by=BY
            )
        waiting = PhoneHomeRecord.objects.filter(tenant_id=tenant, status=PacketStatus.PENDING)
        record = waiting.first()
        if record is None or record.review_due_at <= clock.now():
            return
        seen = {
            "record_id": record.pk,
            "seen_digest": record.current.packet_sha256,
            "by": cast.operator,
            "surface": ReviewSurface.DASHBOARD,
        }
        match self.random.randint(0, 3):
            case 0:
                approve(record, cast)
            case 1:
                reject_packet(**seen, reason_code=RejectReason.NOT_PRODUCT)
            case 2:
                request_changes(**seen, notes="Say when it began.")

    def _pause(self, cast: Cast) -> None:
        clocks = Deadline.objects.filter(
            tenant_id=cast.home.tenant_id, stage=Stage.TRIAGE, state__in=["open", "paused"]
        )
        for one in clocks.select_related("incident")[:2]:
            assert one.incident is not None
            verb = "resume" if one.state == DeadlineState.PAUSED else "pause"
            path = f"incidents/{one.incident.incident_id}/deadlines/{one.pk}/{verb}"
            assert cast.clara.post(path, {"reason": "because"}).status_code == 200

    # What the sweep does, when it runs

    def sweep(self) -> None:
        now = clock.now()
        if now < self.outage_until:
            return
        if self.random.random() < 0.06:
            self.outage_until = now + timedelta(hours=self.random.randint(2, 40))
            return
        self.armed = self.random.random() < 0.15
        if self.armed:
            self._crash()
            return
        if self.random.random() < 0.1:
            with ThreadPoolExecutor(2) as pool:
                for done in [pool.submit(duties, True) for _ in range(2)]:
                    done.result(60)
        duties()
        self.check()

    def _crash(self) -> None:
        """Whatever fails in this pass, the next one makes good."""
        try:
            duties()
        finally:
            self.armed = False

    # What must be so after every pass

    def check(self) -> None:
        now = clock.now()
        self.checked += 1
        silent = Q(next_update_due_at__isnull=True) | Q(next_update_due_at__lte=now)
        assert not Incident.objects.exclude(status__in=ENDED).filter(silent).exists()
        assert not Intake.objects.filter(status__in=WAITING).filter(silent).exists()
        over = Deadline.objects.filter(state=DeadlineState.OPEN, due_at__lte=now)
        assert not over.filter(breached_at__isnull=True).exists()
        assert not Deadline.objects.filter(next_step_at__lte=now).exists()

    def check_at_the_end(self) -> None:
        late = Deadline.objects.filter(ended_at__gt=F("due_at"), paused_at__isnull=True)
        assert not late.exclude(breached_at=F("due_at")).exists()
        in_time = Deadline.objects.filter(ended_at__lt=F("due_at"))
        assert not in_time.filter(breached_at__isnull=False).exists()
        named = Counter(
            one["deadline_id"]
            for signal in Signal.objects.filter(category="deadline")
            for one in signal.payload["deadlines"]
        )
        assert named
        assert set(named.values()) == {1}, "somebody was reminded twice"
        reminded = Escalation.objects.filter(kind="reminder", delivery="told")
        assert {str(pk) for pk in reminded.values_list("deadline_id", flat=True)} == set(named)
        words = Counter(
            (one.thread_id, one.payload["next_update_due_at"])
            for one in Signal.objects.filter(signal_type="Status", payload__outcome="no_news")
        )
        assert words
        assert set(words.values()) == {1}, "one promise, one word"


def duties(in_a_thread: bool = False) -> None:
    try:
        fire_deadlines()
        keep_promises()
        expire_reviews()
    finally:
        if in_a_thread:
            connections.close_all()


@pytest.fixture
def month(
    cast: Cast, stranger: Cast, settings: Any, time_machine: Any, request: pytest.FixtureRequest
) -> Iterator[Month]:
    settings.DESK_MODE = "agents"
    time_machine.move_to(clock.now().replace(microsecond=0), tick=False)
    month = Month(request.param, cast, stranger)
    listeners = bridge.hooks._on_delivered
    listeners.append(month.listen)
    yield month
    listeners.remove(month.listen)


@pytest.mark.parametrize("month", [1, 2, 3], indirect=True)
def test_nobody_waits_in_silence(month: Month, time_machine: Any) -> None:
    ends = clock.now() + DAYS
    while clock.now() < ends:
        month.live()
        month.sweep()
        time_machine.shift(timedelta(minutes=month.random.randint(30, 900)))
    month.outage_until = clock.now()
    duties()
    month.check()
    month.check_at_the_end()
    assert month.checked > 40
    assert Incident.objects.count() > 4
