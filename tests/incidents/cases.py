"""Incidents as tests need them, made through the front door."""

from typing import Any

from incidents.models import Incident
from tests.cast import Cast

LINKS = {
    "trace_id": "trace-2026-04-09-001",
    "session_id": "session-2026-04-09-001",
    "agent_id": "support-triage-ref",
    "bundle_id": "bundle-2026-04-07-a",
    "change_id": "chg-2026-04-07-001",
    "rollout_wave": "canary",
    "tool_principal": "svc-ticket-writer",
    "approval_id": "apr-2026-04-09-001",
    "idempotency_key": "ticket-req-2026-04-09-001",
}


def opened(cast: Cast, settings: Any, payload: Any = "prism_signal crashes: KeyError") -> str:
    """The id of a new incident that Sage has handed to Clara; nobody else acts."""
    settings.DESK_MODE = "agents"
    intake_id = cast.jade.report(payload)["intake_id"]
    verdict = {"classification": "incident", "rationale": "it crashes"}
    answer = cast.sage.post(f"intake/{intake_id}/classification", verdict)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["incident_id"])


def contained_in_database(incident_id: str) -> Incident:
    """The case, contained: its row is moved there and has every link the database asks for."""
    Incident.objects.filter(incident_id=incident_id).update(**LINKS, status="contained")
    return Incident.objects.get(incident_id=incident_id)
