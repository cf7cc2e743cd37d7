"""A case in `agents` mode, entirely over HTTP: each agent does what it finds in its inbox."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Agent, Cast

pytestmark = pytest.mark.django_db

CUSTOMERS = "Only their crawler reads /srv/jobs"


def ok(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    return dict(answer.json())


def next_signal(agent: Agent, kind: str) -> dict[str, Any]:
    """The oldest unread signal of a kind, read."""
    found = [one for one in agent.inbox(status="sent", wait="1") if one["signal_type"] == kind]
    assert found, f"{agent.persona} has no {kind}"
    return ok(agent.post(f"signals/{found[0]['signal_id']}/read"))


def test_jade_sage_and_clara_bring_a_mixed_case_to_the_operator(
    cast: Cast, settings: Any, sweep: Callable[[], None]
) -> None:
    settings.DESK_MODE = "agents"
    jade, sage, clara = cast.jade, cast.sage, cast.clara

    # Jade looks whom to ask, and asks.
    reachable = ok(jade.get("roster?identity=Sage"))["results"]
    assert reachable[0]["persona_class"] == "bridge"
    report = ok(
        jade.post(
            "signals",
            {
                "to_identity": "Sage",
                "signal_type": "Question",
                "category": "bug",
                "payload": {"text": f"prism_signal crashes with KeyError. {CUSTOMERS}"},
            },
            **{"idempotency-key": "report-1"},
        ),
        201,
    )
    sweep()  # nobody but agents acts

    # Sage finds the question, acknowledges it, and classifies the report behind it.
    question = next_signal(sage, "Question")
    assert question["signal_id"] == report["signal_id"]
    waiting = ok(sage.get("intake?status=received"))["results"]
    assert [one["intake_id"] for one in waiting] == [question["intake_id"]]
    intake = ok(
        sage.post(
            f"intake/{question['intake_id']}/classification",
            {"classification": "incident", "rationale": "It crashes.", "title": "Verb crashes"},
        )
    )
    assert next_signal(jade, "Status")["in_reply_to"] == report["signal_id"]

    # Clara finds the handoff and triages.
    incident_id = next_signal(clara, "Handoff")["payload"]["incident_id"]
    assert incident_id == intake["incident_id"]
    raw = ok(clara.get(f"incidents/{incident_id}"))["report"]
    scan = ok(clara.post("redaction/scan", {"text": raw}))
    assert scan["report"]["status"] == "passed"
    tiers = [
        {"env": {"os": "linux"}, "install_type": "pip", "project_metadata": {}, "agent_roster": []},
        {"skipped": dict.fromkeys(("stack_trace", "journal_refs", "git_rev"), "not reported")},
        {"text": raw},
        {"severity": "P2", "scope": "mixed", "kind": "incident", "note": "verb and crawler"},
        {"postmortem_summary": "A verb crashes.", "eligible": True, "reasons": ["product side"]},
    ]
    for number, content in enumerate(tiers, start=1):
        ok(clara.put(f"incidents/{incident_id}/triage/{number}", content))

    # Clara asks for more, Jade answers in the thread; that is no new report.
    asked = ok(
        clara.post(
            "signals",
            {"in_reply_to": report["signal_id"], "signal_type": "Question", "payload": "version?"},
        ),
        201,
    )
    assert next_signal(jade, "Question")["signal_id"] == asked["signal_id"]
    told = {"in_reply_to": asked["signal_id"], "signal_type": "Answer", "payload": "1.4.0"}
    assert ok(jade.post("signals", told), 201)["intake_id"] is None
    assert next_signal(clara, "Answer")["payload"] == "1.4.0"

    # Clara stages, sees what stays behind, and corrects the title.
    record = ok(
        clara.post(
            "phone-home/records",
            {
                "incident_id": incident_id,
                "title": "prism_signal crashes",
                "sections": [
                    {"name": "Summary", "side": "product", "text": "KeyError in 1.4.0."},
                    {"name": "Their side", "side": "customer", "text": CUSTOMERS},
                ],
                "redaction_report": {"status": "passed", "redacted_fields": ["path"]},
            },
            **{"idempotency-key": "stage-1"},
        ),
        201,
    )
    path = f"phone-home/records/{record['record_id']}"
    etag = clara.get(path)["ETag"]
    edited = {
        "title": "prism_signal crashes with KeyError",
        "sections": [{"name": "Summary", "side": "product", "text": "KeyError in 1.4.0."}],
        "redaction_report": {"status": "passed"},
    }
    revised = ok(clara.put(path, edited, **{"if-match": etag}))
    assert (revised["revision"], revised["status"]) == (2, "pending_operator_review")
    stale = clara.put(path, edited, **{"if-match": etag})
    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "stale_revision")
    missing = clara.put(path, edited)
    assert missing.status_code == 428

    # Without an operator it goes no further, whatever is claimed.
    verb = {
        "pid": "PID-DPA01",
        "incident_id": incident_id,
        "severity": "P2",
        "scope": "mixed",
        "kind": "incident",
        "title": revised["title"],
        "body_markdown": revised["body_markdown"],
        "redaction_report": {"status": "passed"},
        "operator_review": {
            "approved": True,
            "approved_by": "frank",
            "review_surface": "dashboard",
        },
    }
    refused = clara.post("phone-home", verb)
    assert refused.json()["error"]["code"] == "phone_home_operator_review_required"
    assert refused.json()["status"] == "failed"
    sweep()
    assert ok(clara.get(path))["attempts"] == []
    rendered = ok(clara.post("phone-home", {**verb, "dry_run": True}))
    assert rendered["status"] == "dry_run"

    # What the customer's side said left neither in the packet nor to anybody else.
    for text in (record, revised):
        assert CUSTOMERS not in str(text)
    assert [one["name"] for one in record["carved_out"]] == ["Their side"]
    status = ok(jade.get(f"incidents/{incident_id}/status"))
    assert (status["status"], status["with"], status["issue"]) == ("triaged", "operator", None)
    assert cast.onyx.inbox() == []
