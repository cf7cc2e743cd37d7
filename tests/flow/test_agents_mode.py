"""Steps 2 to 5 by agents with keys, over HTTP only."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Cast

pytestmark = pytest.mark.django_db


def triage(cast: Cast, incident_id: str, *, scope: str = "prism-product") -> None:
    tiers: list[dict[str, Any]] = [
        {"env": {"os": "linux"}, "install_type": "pip", "project_metadata": {}, "agent_roster": []},
        {"skipped": {"stack_trace": "none", "journal_refs": "none", "git_rev": "unknown"}},
        {"text": "prism_signal crashes with KeyError"},
        {"severity": "P2", "scope": scope, "kind": "incident", "note": "a verb fails"},
        {
            "postmortem_summary": "A verb fails on an empty payload.",
            "eligible": scope != "customer-internal",
            "reasons": ["as derived"],
        },
    ]
    for number, body in enumerate(tiers, start=1):
        answer = cast.clara.put(f"incidents/{incident_id}/triage/{number}", body)
        assert answer.status_code == 200, answer.content


def staged(cast: Cast, settings: Any, **changes: Any) -> dict[str, Any]:
    settings.DESK_MODE = "agents"
    intake_id = cast.jade.report()["intake_id"]
    answer = cast.sage.post(
        f"intake/{intake_id}/classification",
        {"classification": "incident", "rationale": "it crashes"},
    )
    assert answer.status_code == 200, answer.content
    incident_id = answer.json()["incident_id"]
    triage(cast, incident_id)
    body = {
        "incident_id": incident_id,
        "title": "prism_signal crashes on an empty payload",
        "sections": [
            {"name": "Summary", "side": "product", "text": "It crashes."},
            {"name": "Their data", "side": "customer", "text": "Only theirs."},
        ],
        "redaction_report": {"status": "passed", "redacted_fields": []},
        **changes,
    }
    answer = cast.clara.post("phone-home/records", body)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def test_a_case_handled_by_agents_reaches_the_review(
    cast: Cast, settings: Any, sweep: Callable[[], None]
) -> None:
    record = staged(cast, settings)
    sweep()
    assert record["status"] == "pending_operator_review"
    assert "It crashes." in record["body_markdown"]
    assert "Only theirs." not in record["body_markdown"]
    assert [one["name"] for one in record["carved_out"]] == ["Their data"]
    assert record["labels"][:2] == ["phone-home", "customer-care"]
    read = cast.clara.get(f"phone-home/records/{record['record_id']}")
    assert read["ETag"] == f'"{record["packet_sha256"]}"'
    assert read.json() == record


def test_a_list_of_packets_costs_the_same_however_long(
    cast: Cast, settings: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(4):
        staged(cast, settings)
    with django_assert_max_num_queries(8):
        assert len(cast.clara.get("phone-home/records").json()["results"]) == 4


def test_a_batch_entry_that_is_no_signal_fails_alone(cast: Cast) -> None:
    good = {"to_identity": "Sage", "signal_type": "Notice", "payload": "prism_signal hangs"}
    answer = cast.jade.post("signals/batch", {"signals": [good, 5, {"payload": 1}]})
    assert answer.status_code == 207
    first, second, third = answer.json()["results"]
    assert first["status"] == "sent"
    assert second["error"]["code"] == third["error"]["code"] == "invalid_request"


def test_reading_a_signal_takes_no_fields(cast: Cast) -> None:
    cast.jade.report()
    (signal,) = cast.sage.inbox()
    path = f"signals/{signal['signal_id']}/read"
    assert cast.sage.post(path, {"status": "answered"}).status_code == 400
    assert cast.sage.request("POST", path).json()["status"] == "read"
