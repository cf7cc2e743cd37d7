"""The clocks of a report and of a case: when they start, what they are given, how they end."""

from datetime import timedelta
from typing import Any

import pytest

from access.models import Tenant
from incidents.models import Deadline, DeadlinePolicy, Incident, Intake
from incidents.states import Stage
from kernel import clock
from phonehome.models import PhoneHomeRecord
from phonehome.services.expire_reviews import expire_reviews
from tests.cast import Cast
from tests.incidents.test_classification import classify
from tests.incidents.test_triage import tier, up_to
from tests.phonehome.packets import approve, revised, staged_packet

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _time_stands_still(time_machine: Any) -> None:
    time_machine.move_to(clock.now().replace(microsecond=0), tick=False)


@pytest.fixture
def agents(settings: Any) -> None:
    settings.DESK_MODE = "agents"


def opened(cast: Cast) -> str:
    intake_id = cast.jade.report("prism_signal crashes")["intake_id"]
    return str(classify(cast, intake_id, "incident").json()["incident_id"])


def clocks() -> list[tuple[str, str, timedelta]]:
    """Stage, state and time from start to due, as they were started."""
    rows = Deadline.objects.order_by("id")
    return [(str(one.stage), str(one.state), one.due_at - one.started_at) for one in rows]


def of(stage: Stage) -> Deadline:
    return Deadline.objects.filter(stage=stage).latest("id")


@pytest.mark.usefixtures("agents")
def test_a_report_has_an_hour_and_its_reporter_a_promise(cast: Cast) -> None:
    report = cast.jade.report()
    now = clock.now()
    intake = Intake.objects.get(pk=report["intake_id"])
    assert clocks() == [("classify", "open", HOUR)]
    assert intake.due_at == intake.next_update_due_at == of(Stage.CLASSIFY).due_at == now + HOUR
    classify(cast, report["intake_id"], "info", answer="Like this.")
    assert clocks() == [("classify", "met", HOUR)]
    intake.refresh_from_db()
    assert intake.next_update_due_at is None
    assert of(Stage.CLASSIFY).ended_at == now


@pytest.mark.usefixtures("agents")
def test_a_case_is_promised_a_word_and_has_time_for_its_triage(cast: Cast) -> None:
    incident_id = opened(cast)
    assert clocks() == [
        ("classify", "met", HOUR),
        ("triage", "open", 8 * HOUR),
        ("next_update", "open", 24 * HOUR),
    ]
    promised = cast.jade.get(f"incidents/{incident_id}/status").json()["next_update_due_at"]
    assert promised == clock.isoformat(clock.now() + 24 * HOUR)


@pytest.mark.usefixtures("agents")
@pytest.mark.parametrize(
    ("severity", "hours", "promised"), [("P0", 1, 4), ("P1", 4, 8), ("P2", 8, 24), ("P3", 8, 24)]
)
def test_a_severity_plans_the_triage_anew_from_its_start(
    cast: Cast, time_machine: Any, severity: str, hours: int, promised: int
) -> None:
    """What was promised may come sooner, never later (a P3 alone would have 72 hours)."""
    started = clock.now()
    incident_id = opened(cast)
    time_machine.shift(timedelta(minutes=10))
    up_to(cast, incident_id, 4, tier_4={"severity": severity})
    triage = of(Stage.TRIAGE)
    assert (triage.started_at, triage.due_at) == (started, started + hours * HOUR)
    assert triage.severity == severity
    due = cast.jade.get(f"incidents/{incident_id}/status").json()["next_update_due_at"]
    assert due == clock.isoformat(started + promised * HOUR)
    assert of(Stage.NEXT_UPDATE).due_at == started + promised * HOUR


@pytest.mark.usefixtures("agents")
def test_triage_ends_its_clock_and_says_when_it_was_late(cast: Cast, time_machine: Any) -> None:
    incident_id = opened(cast)
    up_to(cast, incident_id, 4)
    time_machine.shift(5 * HOUR)
    assert tier(cast, incident_id, 5).status_code == 200
    triage = of(Stage.TRIAGE)
    assert (triage.state, triage.breached_at) == ("met", triage.due_at)
    events = Incident.objects.get().timeline.values_list("event", flat=True)
    assert list(events).count("deadline_breached") == 1


def test_a_review_has_its_own_clock_until_somebody_decides(cast: Cast) -> None:
    record = staged_packet(cast)
    review = of(Stage.OPERATOR_REVIEW)
    assert (review.state, review.ref) == ("open", str(record.pk))
    revised(record, title="A better title for it")
    assert Deadline.objects.filter(stage=Stage.OPERATOR_REVIEW).get() == review
    approve(PhoneHomeRecord.objects.get(pk=record.pk), cast)
    assert of(Stage.OPERATOR_REVIEW).state == "met"


def test_a_review_that_expires_or_is_withdrawn_cancels_its_clock(
    cast: Cast, time_machine: Any
) -> None:
    record = staged_packet(cast)
    cast.clara.post(f"phone-home/records/{record.pk}/withdraw", {"reason": "not ours"})
    assert of(Stage.OPERATOR_REVIEW).state == "cancelled"
    record = staged_packet(cast)
    time_machine.shift(25 * HOUR)
    assert expire_reviews() == 1
    review = of(Stage.OPERATOR_REVIEW)
    assert (review.state, review.breached_at) == ("cancelled", review.due_at)


@pytest.mark.usefixtures("agents")
def test_the_most_particular_policy_counts(cast: Cast) -> None:
    tenant = Tenant.objects.get()
    elsewhere = Tenant.objects.create(slug="elsewhere", name="Elsewhere")
    for whose, severity, minutes in (
        (elsewhere, "", 7),
        (tenant, "", 100),
        (tenant, "P1", 30),
    ):
        DeadlinePolicy.objects.create(
            tenant=whose, stage=Stage.TRIAGE, severity=severity, minutes=minutes
        )
    incident_id = opened(cast)
    assert of(Stage.TRIAGE).minutes == 100
    up_to(cast, incident_id, 4)
    assert of(Stage.TRIAGE).minutes == 30
    tier(cast, incident_id, 4, severity="P0")
    assert of(Stage.TRIAGE).minutes == 100, "a tenant's any goes before the installation's P0"


@pytest.mark.usefixtures("agents")
def test_without_policies_the_products_own_count(cast: Cast) -> None:
    DeadlinePolicy.objects.all().delete()
    opened(cast)
    assert clocks()[1:] == [("triage", "open", 8 * HOUR), ("next_update", "open", 24 * HOUR)]
