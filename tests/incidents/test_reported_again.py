"""A resolved case that is reported again is not over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from incidents import hooks
from incidents.models import Incident, Intake
from kernel import clock
from kernel.errors import CareError
from kernel.principals import Principal
from phonehome.errors import PACKET_IN_FLIGHT
from tests.cast import Cast
from tests.incidents.cases import contained_in_database

pytestmark = pytest.mark.django_db

FAULT = "prism_signal crashes with KeyError: 'pid' after {} tries"


def resolved(cast: Cast, settings: Any, sweep: Callable[[], None]) -> Incident:
    settings.DESK_MODE = "auto"
    cast.jade.report(FAULT.format(3))
    sweep()
    case = contained_in_database(Incident.objects.get().incident_id)
    Incident.objects.filter(pk=case.pk).update(
        status="resolved", resolved_at=clock.now() - timedelta(seconds=1)
    )
    return case


def entries(case: Incident, event: str) -> list[dict[str, Any]]:
    return [one.detail for one in case.timeline.filter(event=event)]


@pytest.mark.parametrize("mode", ["auto", "agents"])
def test_it_is_open_again(cast: Cast, settings: Any, sweep: Callable[[], None], mode: str) -> None:
    case = resolved(cast, settings, sweep)
    settings.DESK_MODE = mode
    intake_id = cast.jade.report(FAULT.format(17))["intake_id"]
    if mode == "agents":
        verdict = {"classification": "incident", "rationale": "it breaks"}
        answer = cast.sage.post(f"intake/{intake_id}/classification", verdict)
        assert answer.status_code == 200, answer.content
        case = Incident.objects.get(pk=case.pk)
        assert case.status == "triaging"
        settings.DESK_MODE = "auto"
    sweep()
    sweep()
    case = Incident.objects.get(pk=case.pk)
    assert (case.status, case.reopened_count) == ("triaged", 1)
    assert Intake.objects.get(pk=intake_id).joined == case
    (entry,) = entries(case, "reopened")
    assert entry["intake_id"] == intake_id
    assert "reopened" in [one["payload"].get("outcome") for one in cast.jade.inbox()]
    assert Incident.objects.count() == 1


def test_a_report_from_before_the_resolution_only_joins(
    cast: Cast, settings: Any, sweep: Callable[[], None]
) -> None:
    case = resolved(cast, settings, sweep)
    intake_id = cast.jade.report(FAULT.format(17))["intake_id"]
    Incident.objects.update(resolved_at=clock.now() + timedelta(seconds=1))
    sweep()
    case = Incident.objects.get(pk=case.pk)
    assert (case.status, case.reopened_count) == ("resolved", 0)
    assert Intake.objects.get(pk=intake_id).joined == case


def test_where_it_cannot_be_opened_the_report_has_a_case_of_its_own(
    cast: Cast, settings: Any, sweep: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(incident: Incident, by: Principal) -> None:
        raise CareError(PACKET_IN_FLIGHT)

    case = resolved(cast, settings, sweep)
    monkeypatch.setattr(hooks, "_on_reopened", [refuse])
    ids = []
    for tries in (17, 18):
        ids.append(cast.jade.report(FAULT.format(tries))["intake_id"])
        sweep()
    case = Incident.objects.get(pk=case.pk)
    assert (case.status, case.reopened_count, entries(case, "reopened")) == ("resolved", 0, [])
    own = Incident.objects.get(intake_id=ids[0])
    code = PACKET_IN_FLIGHT.code
    assert entries(case, "reported_again") == [{"incident_id": own.incident_id, "code": code}]
    assert entries(own, "repeats_resolved") == [{"incident_id": case.incident_id, "code": code}]
    # The next one joins the case that is in work.
    assert Intake.objects.get(pk=ids[1]).joined == own
    assert Incident.objects.count() == 2
