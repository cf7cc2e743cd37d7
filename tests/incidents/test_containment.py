"""Containment actions: rows with who and when, and nothing takes them back."""

from typing import Any

import pytest

from incidents.models import ContainmentAction, Incident, TimelineEntry
from tests.cast import Cast
from tests.incidents.cases import opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast, settings: Any) -> str:
    return opened(cast, settings)


def test_an_action_is_written_down_with_who_and_when(cast: Cast, case: str) -> None:
    path = f"incidents/{case}/containment-actions"
    sent = {"action": "force_mandatory_approval", "detail": "for every write"}
    answer = cast.clara.post(path, sent)
    assert answer.status_code == 201, answer.content
    row = ContainmentAction.objects.get()
    body = answer.json()
    assert body["uid"] == str(row.uid)
    assert (body["action"], body["detail"]) == (sent["action"], sent["detail"])
    assert body["actor"] == "Clara@PID-PGR01"
    assert body["at"].endswith("Z")
    cast.clara.post(path, {"action": "disable_ticket_write_v1"})
    listed = cast.clara.get(path).json()
    assert [one["action"] for one in listed["results"]] == [
        "force_mandatory_approval",
        "disable_ticket_write_v1",
    ]
    shown = cast.clara.get(f"incidents/{case}").json()["containment_actions"]
    assert shown == listed["results"]
    entry = TimelineEntry.objects.filter(event="containment_action").first()
    assert entry is not None
    assert entry.detail == {"action": sent["action"], "action_uid": str(row.uid)}


def test_the_same_call_again_is_the_same_action(cast: Cast, case: str) -> None:
    sent = {"action": "disable_ticket_write_v1"}
    answers = [
        cast.clara.post(f"incidents/{case}/containment-actions", sent, **{"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert ContainmentAction.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": ""},
        {"action": "two words"},
        {"action": "x" * 101},
        {"action": "-rf"},
        {"action": "stop\n"},
        {"action": 5},
        {"action": "stop", "detail": "x" * 2001},
        {"action": "stop", "actor": "Frank"},
        {"action": "stop", "at": "2020-01-01T00:00:00Z"},
    ],
)
def test_a_wrong_one_is_refused(cast: Cast, case: str, body: dict[str, Any]) -> None:
    answer = cast.clara.post(f"incidents/{case}/containment-actions", body)
    assert answer.json()["error"]["code"] == "invalid_request"
    assert not ContainmentAction.objects.exists()


@pytest.mark.parametrize("ended", [{"status": "withdrawn"}, {"status": "closed"}])
def test_an_ended_case_takes_none(cast: Cast, case: str, ended: dict[str, str]) -> None:
    names = ("trace_id", "session_id", "bundle_id", "change_id", "rollout_wave")
    names += ("tool_principal", "approval_id", "idempotency_key")
    Incident.objects.update(closure="waiver", unknown=dict.fromkeys(names, "x"), **ended)
    answer = cast.clara.post(f"incidents/{case}/containment-actions", {"action": "stop"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "incident_ended")
    assert not ContainmentAction.objects.exists()


def test_nobody_but_clara_and_only_her_tenants(cast: Cast, stranger: Cast, case: str) -> None:
    path = f"incidents/{case}/containment-actions"
    for agent in (cast.jade, cast.sage, cast.onyx):
        assert agent.post(path, {"action": "stop"}).status_code == 403
        assert agent.get(path).status_code == 403
    assert stranger.clara.post(path, {"action": "stop"}).status_code == 404
    assert stranger.clara.get(path).status_code == 404
    assert not ContainmentAction.objects.exists()
