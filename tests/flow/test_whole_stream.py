"""From the report to its lesson: the stream has something of every kind, in order, once."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from incidents.models import Incident
from incidents.states import EventKind
from kernel import clock
from phonehome.models import PhoneHomeRecord
from phonehome.services.approve_packet import approve_packet
from phonehome.states import ReviewSurface
from tests.cast import Cast
from tests.incidents.cases import LINKS

pytestmark = pytest.mark.django_db


def test_a_case_from_the_report_to_its_lesson(
    cast: Cast, sweep: Callable[[], None], settings: Any, tmp_path: Path, time_machine: Any
) -> None:
    settings.PHONE_HOME_FOLDER = tmp_path
    time_machine.move_to("2026-04-09T09:00:00+00:00")
    cast.jade.report("prism_signal crashes with KeyError: 'pid' on bootstrap")
    sweep()
    incident = Incident.objects.get()
    path = f"incidents/{incident.incident_id}"

    def clara(method: str, where: str, body: Any) -> dict[str, Any]:
        answer = cast.clara.request(method, f"{path}{where}", body)
        assert answer.status_code in (200, 201), answer.content
        return dict(answer.json())

    # The operator takes a long time, and the clock is heard.
    time_machine.move_to(clock.now() + timedelta(hours=23))
    sweep()
    record = PhoneHomeRecord.objects.get()
    approve_packet(
        record_id=record.pk,
        seen_digest=record.current.packet_sha256,
        by=cast.operator,
        surface=ReviewSurface.DASHBOARD,
    )
    sweep()
    clara("PATCH", "", LINKS)
    clara("POST", "/containment-actions", {"action": "pin_the_last_release"})
    clara("POST", "/transitions", {"to": "contained", "reason": "The release is pinned."})
    clara("POST", "/transitions", {"to": "resolved", "reason": "The fix is out."})
    clara(
        "POST",
        "/postmortem/corrective-actions",
        {"kind": "change", "ref": "chg-2026-04-10-001", "owner": "platform-runtime"},
    )
    clara("POST", "/transitions", {"to": "closed", "reason": "The lesson is linked."})
    first = incident.timeline.order_by("id")[0]
    clara("POST", "/timeline/corrections", {"entry": str(first.uid), "text": "Seen on Monday."})
    for _ in range(2):
        sweep()

    answer = cast.clara.get(f"{path}/timeline", accept="application/x-ndjson")
    told = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert {one["kind"] for one in told} == set(EventKind.values)
    events = [one["event"] for one in told]
    story = [
        "reported",
        "classified",
        "triage_tier_1_completed",
        "scanned",
        "triaged",
        "packet_staged",
        "deadline_at_risk",
        "packet_approved",
        "shipping_attempt",
        "issue_filed",
        "linked",
        "containment_action",
        "contained",
        "resolved",
        "corrective_action_added",
        "closed",
        "corrected",
    ]
    at = [events.index(event) for event in story]
    assert at == sorted(at), list(zip(story, at, strict=True))
    for event in set(events) - {"message", "shipping_attempt", "escalated"}:
        # Two clocks may be at risk, or over, and each says so once.
        about = [json.dumps(one["detail"], sort_keys=True) for one in told if one["event"] == event]
        assert len(about) == len(set(about)), event
    signals = [one["detail"]["signal_id"] for one in told if one["event"] == "message"]
    assert len(signals) == len(set(signals))
    history = cast.jade.get(f"{path}/status").json()["history"]
    assert [one["status"] for one in history] == [
        "reported",
        "triaging",
        "triaged",
        "awaiting_operator_review",
        "approved",
        "filed",
        "contained",
        "resolved",
        "closed",
    ]
