"""The rubric is shown as it decides, and what the desk would have said stands beside each row."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from incidents.desk import read_report
from incidents.desk.rubric import RUBRIC_VERSION, digest_of_rubric
from incidents.desk.rubric import rubric as the_rubric
from incidents.desk.rules import RULES
from incidents.models import ClassificationRow
from incidents.opinion import opinion_of
from incidents.selectors_intake import Agreement, agreement
from kernel import clock
from tests.cast import Cast, agent

pytestmark = pytest.mark.django_db


def verdict(cast: Cast, report: str, classification: str) -> ClassificationRow:
    intake_id = cast.jade.report(report)["intake_id"]
    body = {"classification": classification, "rationale": "as I see it", "answer": "So it is."}
    answer = cast.sage.post(f"intake/{intake_id}/classification", body)
    assert answer.status_code == 200, answer.content
    return ClassificationRow.objects.get(intake_id=intake_id)


@pytest.fixture
def _agents(settings: Any) -> None:
    settings.DESK_MODE = "agents"


def test_any_agent_reads_it_as_it_decides(cast: Cast) -> None:
    shown = [who.get("rubric").json() for who in (cast.sage, cast.clara, cast.jade)]
    assert shown[0] == shown[1] == shown[2]
    assert shown[0]["version"] == RUBRIC_VERSION
    assert [rule["name"] for rule in shown[0]["rules"]] == [rule.name for rule in RULES]
    for rule in shown[0]["rules"]:
        for example in rule["examples"]:
            said = opinion_of(read_report(example))
            assert (said.rule, said.classification) == (rule["name"], rule["classification"])
        for example in rule["counter_examples"]:
            assert opinion_of(read_report(example)).rule != rule["name"]
    assert [one["severity"] for one in shown[0]["severities"]] == ["P0", "P1", "P2", "P3"]


def test_it_needs_a_key_with_the_scope(cast: Cast) -> None:
    refused = cast.jade.get("rubric", Authorization="Bearer prc_none")
    assert refused.status_code == 401
    narrow = agent(cast.jade.persona.project, "Ruby", scopes=["signals"])
    assert narrow.get("rubric").status_code == 403
    assert cast.jade.get("rubric?x=1").status_code == 400


def test_the_version_notices_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    assert the_rubric()["version"] == RUBRIC_VERSION == digest_of_rubric()
    for change in (
        {"description": "it rains"},
        {"phrases": ("rains",)},
        {"neutral": ("no rain",)},
        {"examples": ("It rains.",)},
        {"classification": "info"},
    ):
        changed = (*RULES[:-1], replace(RULES[-1], **change))
        monkeypatch.setattr("incidents.desk.rubric.RULES", changed)
        assert digest_of_rubric() != RUBRIC_VERSION, change
    monkeypatch.setattr("incidents.desk.rubric.RULES", (RULES[1], RULES[0], *RULES[2:]))
    assert digest_of_rubric() != RUBRIC_VERSION


@pytest.mark.usefixtures("_agents")
def test_a_row_says_what_the_desk_would_have_said(cast: Cast) -> None:
    row = verdict(cast, "Please add a dark theme to the dashboard.", "incident")
    assert (row.classification, row.rationale, row.rule) == ("incident", "as I see it", "")
    assert row.decided_by == "Sage@PID-PGR01"
    assert (row.desk_classification, row.desk_rule) == ("enhancement", "feature-request")
    assert row.rubric_version == RUBRIC_VERSION


def test_the_desks_own_row_agrees_with_itself(cast: Cast, sweep: Callable[[], None]) -> None:
    cast.jade.report("The dashboard stopped working.")
    sweep()
    row = ClassificationRow.objects.get()
    assert (row.rule, row.decided_by) == ("fault-words", "system:desk")
    assert (row.desk_rule, row.desk_classification) == (row.rule, row.classification)


@pytest.mark.usefixtures("_agents")
def test_agreement_counts_agents_per_classification(cast: Cast, stranger: Cast) -> None:
    start = clock.now()
    verdict(cast, "How do I list my todos?", "info")
    verdict(cast, "Where is the journal stored?", "info")
    verdict(cast, "Please add a dark theme.", "info")
    verdict(cast, "Please add a light theme.", "enhancement")
    verdict(stranger, "prism_signal crashes.", "recommendation")
    tenant = cast.home.tenant_id
    found = {one.classification: one for one in agreement(tenant)}
    assert found["info"] == Agreement("info", 3, 2, {"info": 2, "enhancement": 1})
    assert (found["info"].disagreed, found["info"].share) == (1, 2 / 3)
    assert found["enhancement"] == Agreement("enhancement", 1, 1, {"enhancement": 1})
    assert found["incident"] == Agreement("incident")
    assert found["incident"].share is None
    everywhere = {one.classification: one for one in agreement(None)}
    assert everywhere["recommendation"] == Agreement("recommendation", 1, 0, {"incident": 1})
    assert sum(one.decided for one in agreement(tenant, until=start)) == 0
    assert sum(one.decided for one in agreement(tenant, since=start)) == 4
    assert sum(one.decided for one in agreement(tenant, clock.now() + timedelta(1))) == 0


def test_agreement_leaves_the_desks_own_rows_out(cast: Cast, sweep: Callable[[], None]) -> None:
    cast.jade.report("How do I list my todos?")
    sweep()
    assert ClassificationRow.objects.count() == 1
    assert sum(one.decided for one in agreement(cast.home.tenant_id)) == 0


def test_the_document_names_every_class_with_its_meaning() -> None:
    shown = the_rubric()
    assert [one["classification"] for one in shown["classifications"]] == [
        "info",
        "incident",
        "enhancement",
        "recommendation",
    ]
    assert all(one["meaning"] for one in shown["classifications"])
    assert all(one["definition"] for one in shown["severities"])
