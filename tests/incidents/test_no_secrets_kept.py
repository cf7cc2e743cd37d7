"""What the desk writes for good holds no secret."""

import secrets
from typing import Any

import pytest

from incidents.desk import assess, read_report
from incidents.desk.rules import RULES
from incidents.models import ClassificationRow, TriageTier
from incidents.opinion import opinion_of
from incidents.own_words import refuse_secrets
from tests.cast import Cast
from tests.incidents.cases import opened
from tests.incidents.tiers import REPORT, patch, put, up_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret() -> str:
    return f"it used ghp_{secrets.token_hex(18)}"


def fields_of(answer: Any) -> list[str]:
    assert answer.status_code == 400, answer.content
    return list(answer.json()["error"]["fields"])


def test_not_in_a_rationale(cast: Cast, settings: Any, secret: str) -> None:
    settings.DESK_MODE = "agents"
    intake_id = cast.jade.report()["intake_id"]
    verdict = {"classification": "incident", "rationale": secret}
    assert fields_of(cast.sage.post(f"intake/{intake_id}/classification", verdict)) == ["rationale"]
    good = {**verdict, "rationale": "it breaks"}
    assert cast.sage.post(f"intake/{intake_id}/classification", good).status_code == 200
    again = cast.sage.post(f"intake/{intake_id}/reclassification", verdict)
    assert fields_of(again) == ["rationale"]
    assert ClassificationRow.objects.count() == 1


def test_not_in_the_words_of_a_tier(cast: Cast, settings: Any, secret: str) -> None:
    incident_id = opened(cast, settings, REPORT)
    up_to(cast, incident_id, 4)
    for tier, name, value in (
        (2, "skipped", {"git_rev": secret}),
        (4, "note", secret),
        (5, "postmortem_summary", secret),
        (5, "reasons", ["as derived", secret]),
    ):
        body = {name: value}
        assert fields_of(cast.clara.put(f"incidents/{incident_id}/triage/{tier}", body)) == [name]
    assert fields_of(patch(cast, incident_id, 5, postmortem_summary=secret)) == [
        "postmortem_summary"
    ]
    assert secret not in str(list(TriageTier.objects.values_list("content", flat=True)))
    assert put(cast, incident_id, 5).status_code == 200


def test_the_built_in_desk_quotes_its_own_words(secret: str) -> None:
    for rule in RULES:
        for example in rule.examples:
            report = read_report(f"{example}\n{secret}")
            refuse_secrets(rationale=opinion_of(report).rationale, note=assess(report).note)
