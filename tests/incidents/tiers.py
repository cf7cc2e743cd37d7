"""The five tiers as tests hand them in."""

from typing import Any

from tests.cast import Cast

TRACE = "Traceback (most recent call last):\n  File \"a.py\", line 3\nKeyError: 'pid'"
REPORT = {
    "text": "prism_signal crashes on every call.",
    "stack_trace": TRACE,
    "env": {"python": "3.11"},
    "install_type": "pip",
    "git_rev": "3f2a9bc",
    "journal_refs": ["j-17"],
}
GOOD: dict[int, dict[str, Any]] = {
    1: {
        "env": {"python": "3.11"},
        "install_type": "pip",
        "project_metadata": {"pid": "PID-DPA01"},
        "agent_roster": ["Jade"],
    },
    2: {"stack_trace": TRACE, "journal_refs": ["j-17"], "git_rev": "3f2a9bc"},
    3: {"text": "prism_signal crashes on every call."},
    4: {"severity": "P1", "scope": "prism-product", "kind": "incident", "note": "a verb fails"},
    5: {"postmortem_summary": "A verb fails.", "eligible": True, "reasons": ["as derived"]},
}


def put(cast: Cast, incident_id: str, number: int, **change: Any) -> Any:
    return cast.clara.put(f"incidents/{incident_id}/triage/{number}", {**GOOD[number], **change})


def patch(cast: Cast, incident_id: str, number: int, **fields: Any) -> Any:
    return cast.clara.request("PATCH", f"incidents/{incident_id}/triage/{number}", fields)


def up_to(cast: Cast, incident_id: str, last: int, **changes: dict[str, Any]) -> None:
    for number in range(1, last + 1):
        answer = put(cast, incident_id, number, **changes.get(f"tier_{number}", {}))
        assert answer.status_code == 200, answer.content


def triage(cast: Cast, incident_id: str) -> dict[str, Any]:
    answer = cast.clara.get(f"incidents/{incident_id}/triage")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def states(cast: Cast, incident_id: str) -> list[str]:
    return [one["state"] for one in triage(cast, incident_id)["tiers"]]


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]
