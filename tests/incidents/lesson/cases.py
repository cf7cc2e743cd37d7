"""Cases to learn from, brought by the product's own endpoints as far as a test wants them."""

from typing import Any

from incidents.models import LINKING_IDS, ContainmentAction, Incident
from tests.cast import Cast

TIERS: dict[int, dict[str, Any]] = {
    1: {"env": {"os": "linux"}, "install_type": "pip", "project_metadata": {}, "agent_roster": []},
    2: {"skipped": dict.fromkeys(("stack_trace", "journal_refs", "git_rev"), "not reported")},
    3: {"text": "The writer made a ticket twice."},
    4: {"severity": "P1", "scope": "customer-internal", "kind": "incident", "note": "own code"},
    5: {"postmortem_summary": "A ticket was made twice.", "eligible": False, "reasons": ["scope"]},
}
SECTIONS = {
    "summary": "A ticket was made twice after a retry.",
    "impact": "Forty tickets, two of them answered twice.",
    "what_worked": "The gate could be shut within a minute.",
    "what_did_not": "The retry did not carry its key.",
}
ACTION = {"kind": "change", "ref": "chg-2026-04-09-003", "owner": "platform-runtime"}


def ok(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    return dict(answer.json())


def code(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


def missing(answer: Any) -> list[str]:
    """The names of what a refused move lacks."""
    assert (answer.status_code, code(answer)) == (409, "incident_transition_refused")
    return [one["name"] for one in answer.json()["error"]["details"]["missing"]]


class Case:
    """One incident of Jade's, and what Clara does with it."""

    def __init__(self, cast: Cast, payload: Any = "The writer made a ticket twice.") -> None:
        self.cast, self.clara = cast, cast.clara
        intake_id = cast.jade.report(payload)["intake_id"]
        verdict = {"classification": "incident", "rationale": "it writes twice"}
        answer = cast.sage.post(f"intake/{intake_id}/classification", verdict)
        self.incident_id = str(ok(answer)["incident_id"])
        self.path = f"incidents/{self.incident_id}"

    @property
    def row(self) -> Incident:
        return Incident.objects.get(
            incident_id=self.incident_id, tenant_id=self.cast.home.tenant_id
        )

    def events(self) -> list[str]:
        return list(self.row.timeline.values_list("event", flat=True))

    def triage(self, first: int = 1, **changes: dict[str, Any]) -> "Case":
        for number in range(first, 6):
            content = {**TIERS[number], **changes.get(f"tier_{number}", {})}
            ok(self.clara.put(f"{self.path}/triage/{number}", content))
        return self

    def link(self) -> "Case":
        """Every linking id is accounted for."""
        Incident.objects.filter(pk=self.row.pk).update(
            trace_id="trace-2026-04-09-001",
            unknown=dict.fromkeys(LINKING_IDS[1:], "Nobody kept it."),
        )
        return self

    def stop(self, action: str = "disable_ticket_write_v1") -> "Case":
        row = self.row
        ContainmentAction.objects.create(
            tenant_id=row.tenant_id, incident=row, action=action, actor="Clara@PID-PGR01"
        )
        return self

    def move(self, to: str, reason: str = "seen to it") -> Any:
        return self.clara.post(f"{self.path}/transitions", {"to": to, "reason": reason})

    def moved(self, *path: str) -> "Case":
        for to in path:
            assert ok(self.move(to))["status"] == to
        return self

    def contained(self) -> "Case":
        return self.triage().link().stop().moved("contained")
