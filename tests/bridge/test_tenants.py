"""A tenant never learns that another tenant's row exists: the same answer as for a random id."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from incidents.models import Storm
from tests.cast import Agent, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(stranger: Cast, settings: Any) -> dict[str, str]:
    """Ids of rows of another tenant: a signal, its intake, a storm, an incident with its clock,
    timeline and lesson, a packet, a todo."""
    from tests.flow.test_agents_mode import staged

    record = staged(stranger, settings)
    signal = stranger.jade.get("signals?box=sent").json()["results"][0]
    reporter = stranger.jade.persona
    storm = Storm.objects.create(tenant_id=reporter.tenant_id, reporter=reporter)
    of_case = f"incidents/{record['incident_id']}"
    action = stranger.clara.post(
        f"{of_case}/postmortem/corrective-actions",
        {"kind": "change", "ref": "chg-2026-04-09-003", "owner": "platform"},
    ).json()
    return {
        "deadline_id": stranger.clara.get(f"{of_case}/deadlines").json()["results"][0][
            "deadline_id"
        ],
        "entry": stranger.clara.get(f"{of_case}/timeline").json()["results"][0]["uid"],
        "action_id": action["action_id"],
        "todo_id": stranger.clara.post("todos", {"title": "look again"}).json()["todo_id"],
        "signal_id": signal["signal_id"],
        "intake_id": signal["intake_id"],
        "storm_id": str(storm.pk),
        "incident_id": record["incident_id"],
        "record_id": record["record_id"],
    }


# Every endpoint that takes an id of something, in its path or in its body.
Call = Callable[[Agent, dict[str, str]], Any]
TIERS: dict[int, dict[str, Any]] = {
    1: {"env": {}, "install_type": "pip", "project_metadata": {}, "agent_roster": []},
    2: {"skipped": dict.fromkeys(("stack_trace", "journal_refs", "git_rev"), "none")},
    3: {"text": "text"},
    4: {"severity": "P1", "scope": "mixed", "kind": "incident", "note": "x"},
    5: {"postmortem_summary": "x", "eligible": True, "reasons": ["x"]},
}
PACKET = {"title": "t", "body_markdown": "b", "redaction_report": {"status": "passed"}}
VERB = {
    "pid": "PID-DPA01",
    "severity": "P2",
    "scope": "prism-product",
    "kind": "incident",
    "title": "t",
    "body_markdown": "b",
    "idempotency_key": "k",  # else it is derived from what was sent, and differs
}
APPROVED = {
    "redaction_report": {"status": "passed"},
    "operator_review": {"approved": True, "approved_by": "frank"},
}
# Of a case: the path below it, what is asked, and with which body.
OF_CASE: list[tuple[str, str, Any]] = [
    ("", "PATCH", {"bundle_id": "bundle-7"}),
    ("/checklist", "GET", None),
    ("/containment-actions", "GET", None),
    ("/containment-actions", "POST", {"action": "disable_ticket_write_v1"}),
    ("/deadlines", "GET", None),
    ("/deadlines/{deadline_id}/pause", "POST", {"reason": "x"}),
    ("/deadlines/{deadline_id}/resume", "POST", {"reason": "x"}),
    ("/eval-case", "GET", None),
    ("/postmortem", "GET", None),
    (
        "/postmortem",
        "PUT",
        dict.fromkeys(("summary", "impact", "what_worked", "what_did_not"), "x"),
    ),
    ("/postmortem/versions", "GET", None),
    ("/postmortem-link", "GET", None),
    ("/postmortem/corrective-actions", "GET", None),
    ("/postmortem/corrective-actions", "POST", {"kind": "change", "ref": "c", "owner": "o"}),
    ("/postmortem/corrective-actions/{action_id}", "PATCH", {"state": "done"}),
    ("/record", "GET", None),
    ("/similar", "GET", None),
    ("/text", "PUT", {"text": "x"}),
    ("/timeline", "GET", None),
    ("/timeline/corrections", "POST", {"entry": "{entry}", "text": "x"}),
    ("/transitions", "POST", {"to": "contained", "reason": "x"}),
    ("/triage", "GET", None),
    ("/triage/3", "GET", None),
    ("/triage/3", "PATCH", {"text": "x"}),
    ("/triage/3/reopen", "POST", {"reason": "x"}),
]


def _of_case(below: str, method: str, body: Any) -> tuple[str, Call]:
    def call(agent: Agent, ids: dict[str, str]) -> Any:
        named = {name: value.format(**ids) for name, value in (body or {}).items()}
        path = f"incidents/{ids['incident_id']}{below.format(**ids)}"
        return agent.request(method, path, named if body else None)

    return re.sub(r"\{\w+\}|(?<=/)\d", "{}", f"incidents/{{id}}{below}"), call


CALLS: dict[str, tuple[str, Call]] = {
    **{
        f"{method} incident{below}": _of_case(below, method, body)
        for below, method, body in OF_CASE
    },
    "todo": ("todos/{}", lambda a, i: a.get(f"todos/{i['todo_id']}")),
    "todo: change": (
        "todos/{}",
        lambda a, i: a.request("PATCH", f"todos/{i['todo_id']}", {"title": "x"}),
    ),
    "journal: about a case": (
        "journal",
        lambda a, i: a.post("journal", {"text": "x", "incident_id": i["incident_id"]}),
    ),
    "signal": ("signals/{}", lambda a, i: a.get(f"signals/{i['signal_id']}")),
    "signal-read": ("signals/{}/read", lambda a, i: a.post(f"signals/{i['signal_id']}/read")),
    "signals: reply": (
        "signals",
        lambda a, i: a.post(
            "signals",
            {"in_reply_to": i["signal_id"], "signal_type": "Answer", "payload": "x"},
        ),
    ),
    "signals-batch: reply": (
        "signals/batch",
        lambda a, i: a.post(
            "signals/batch",
            {"signals": [{"in_reply_to": i["signal_id"], "signal_type": "Answer", "payload": "x"}]},
        ),
    ),
    "signals: thread": ("signals", lambda a, i: a.get(f"signals?thread={i['signal_id']}")),
    "intake": ("intake/{}", lambda a, i: a.get(f"intake/{i['intake_id']}")),
    "intake-classification": (
        "intake/{}/classification",
        lambda a, i: a.post(
            f"intake/{i['intake_id']}/classification",
            {"classification": "incident", "rationale": "x"},
        ),
    ),
    "intake-reclassification": (
        "intake/{}/reclassification",
        lambda a, i: a.post(
            f"intake/{i['intake_id']}/reclassification",
            {"classification": "incident", "rationale": "x"},
        ),
    ),
    "intake-not-the-same": (
        "intake/{}/not-the-same",
        lambda a, i: a.post(f"intake/{i['intake_id']}/not-the-same"),
    ),
    "intake-withdraw": (
        "intake/{}/withdraw",
        lambda a, i: a.post(f"intake/{i['intake_id']}/withdraw"),
    ),
    "storm": ("intake/storms/{}", lambda a, i: a.get(f"intake/storms/{i['storm_id']}")),
    "storm-release": (
        "intake/storms/{}/release",
        lambda a, i: a.post(f"intake/storms/{i['storm_id']}/release"),
    ),
    "incident": ("incidents/{}", lambda a, i: a.get(f"incidents/{i['incident_id']}")),
    "incident-status": (
        "incidents/{}/status",
        lambda a, i: a.get(f"incidents/{i['incident_id']}/status"),
    ),
    **{
        f"incident-triage: {tier}": (
            "incidents/{}/triage/{}",
            lambda a, i, tier=tier, body=body: a.put(  # type: ignore[misc]
                f"incidents/{i['incident_id']}/triage/{tier}", body
            ),
        )
        for tier, body in TIERS.items()
    },
    "phone-home-records: stage": (
        "phone-home/records",
        lambda a, i: a.post("phone-home/records", {**PACKET, "incident_id": i["incident_id"]}),
    ),
    "phone-home-record": (
        "phone-home/records/{}",
        lambda a, i: a.get(f"phone-home/records/{i['record_id']}"),
    ),
    "phone-home-record: revise": (
        "phone-home/records/{}",
        lambda a, i: a.put(f"phone-home/records/{i['record_id']}", PACKET, **{"if-match": '"x"'}),
    ),
    "phone-home-record-withdraw": (
        "phone-home/records/{}/withdraw",
        lambda a, i: a.post(f"phone-home/records/{i['record_id']}/withdraw", {"reason": "x"}),
    ),
    "phone-home: dry run": (
        "phone-home",
        lambda a, i: a.post(
            "phone-home", {**VERB, "incident_id": i["incident_id"], "dry_run": True}
        ),
    ),
    "phone-home: ship": (
        "phone-home",
        lambda a, i: a.post("phone-home", {**VERB, **APPROVED, "incident_id": i["incident_id"]}),
    ),
}


SAGES = {"intake-classification", "intake-reclassification", "storm", "storm-release"}


def comparable(answer: Any, *ids: str) -> str:
    """Status and body without the ids that were asked for and the correlation id."""
    text = f"{answer.status_code} {answer.content.decode()}"
    for one in (*ids, answer["X-Correlation-ID"]):
        text = text.replace(one, "…")
    return text


def test_another_tenants_id_is_answered_like_a_random_one(
    cast: Cast, theirs: dict[str, str]
) -> None:
    random = {key: str(uuid.uuid4()) for key in theirs}
    random["incident_id"] = "inc-2020-01-01-007"
    for name, (_, call) in CALLS.items():
        for agent in (cast.jade, cast.sage, cast.clara):
            real, none = call(agent, theirs), call(agent, random)
            told = comparable(real, *theirs.values()), comparable(none, *random.values())
            assert told[0] == told[1], (name, agent.persona)
        acting = cast.sage if name in SAGES else cast.clara
        answer = call(acting, theirs)
        if name == "signals: thread":
            assert answer.json()["results"] == []
        elif name.startswith("signals-batch"):
            assert answer.json()["results"][0]["error"]["code"] == "not_found"
        else:
            assert answer.status_code == 404, (name, answer.content)


def test_every_endpoint_with_an_id_is_covered() -> None:
    patterns = {path for path, _ in CALLS.values()}

    def walk(resolver: URLResolver, prefix: str) -> list[str]:
        found = []
        for entry in resolver.url_patterns:
            path = prefix + str(entry.pattern)
            if isinstance(entry, URLPattern):
                found.append(path)
            else:
                found += walk(entry, path)
        return found

    served = {
        re.sub(r"<[^>]+>", "{}", path.removeprefix("api/v1/"))
        for path in walk(get_resolver(), "")
        if path.startswith("api/v1/")
    }
    assert {path for path in served if "{}" in path} <= patterns
    assert {path for path in served if "{}" not in path} - patterns == {
        "roster",
        "intake",
        "intake/storms",
        "rubric",
        "incidents",
        "categories",
        "todos",
        "triage/schemas",
        "redaction/scan",
    }


def test_lists_show_nothing_of_another_tenant(cast: Cast, theirs: dict[str, str]) -> None:
    for agent in (cast.jade, cast.sage, cast.clara):
        for path in ("signals", "signals?box=sent", "intake", "incidents"):
            assert agent.get(path).json() == {"results": [], "next": None}
    assert cast.clara.get("phone-home/records").json() == {"results": [], "next": None}


def test_lists_show_a_reporter_only_its_own(cast: Cast, settings: Any) -> None:
    from tests.flow.test_agents_mode import staged

    staged(cast, settings)
    assert len(cast.jade.get("incidents").json()["results"]) == 1
    for path in ("incidents", "intake", "signals", "signals?box=sent"):
        assert cast.onyx.get(path).json()["results"] == []
    assert cast.sage.get("incidents").json()["results"] == []
    assert cast.onyx.get("phone-home/records").status_code == 403


def test_the_scanner_knows_only_the_own_tenants_names(cast: Cast, stranger: Cast) -> None:
    from access.services.register_project import register_project
    from tests.cast import BY

    register_project(pid="PID-ZZTOP", tenant_slug="elsewhere", name="Zephyrine", by=BY)
    text = {"text": "Zephyrine runs PID-ZZTOP"}
    ours = cast.jade.post("redaction/scan", text).json()
    assert "Zephyrine" in ours["redacted"]
    theirs = stranger.jade.post("redaction/scan", text).json()
    assert "Zephyrine" not in theirs["redacted"]
