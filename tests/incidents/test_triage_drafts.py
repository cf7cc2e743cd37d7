"""Tiers saved field by field, with who and when; completed in order."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections

from incidents.models import Citation, Incident, TimelineEntry, TriageTier
from kernel import clock
from tests.cast import Cast, make_cast
from tests.incidents.cases import opened
from tests.incidents.tiers import GOOD, REPORT, patch, put, refused, states, triage, up_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident_id(cast: Cast, settings: Any) -> str:
    return opened(cast, settings, REPORT)


def rows() -> list[Any]:
    """Everything a refused change must leave as it was."""
    return [
        *TriageTier.objects.order_by("tier").values(),
        *Citation.objects.values("uid"),
        *TimelineEntry.objects.values("uid"),
        *Incident.objects.values(),
    ]


def test_a_tier_grows_field_by_field(cast: Cast, incident_id: str) -> None:
    for name, value in GOOD[1].items():
        body = patch(cast, incident_id, 1, **{name: value}).json()
        assert body["state"] == "draft"
        assert body["completed_at"] is None
    assert (body["content"], body["missing"]) == (GOOD[1], {})
    assert cast.jade.get(f"incidents/{incident_id}/status").json()["status"] == "reported"
    done = cast.clara.put(f"incidents/{incident_id}/triage/1", {}).json()
    assert (done["state"], done["content"]) == ("complete", GOOD[1])
    assert cast.jade.get(f"incidents/{incident_id}/status").json()["status"] == "triaging"


def test_who_gave_a_field_and_when_stays_with_the_field(cast: Cast, incident_id: str) -> None:
    began = datetime.now(UTC)
    with time_machine.travel(began) as moved:
        patch(cast, incident_id, 4, severity="P2", note="first look")
        moved.shift(timedelta(minutes=10))
        after = patch(cast, incident_id, 4, severity="P1").json()
        moved.shift(timedelta(minutes=10))
        up_to(cast, incident_id, 3)
        done = cast.clara.put(
            f"incidents/{incident_id}/triage/4", {"scope": "mixed", "kind": "incident"}
        ).json()
    assert after["content"] == {"severity": "P1", "note": "first look"}
    at = {name: datetime.fromisoformat(one["at"]) for name, one in done["fields"].items()}
    assert [round((at[name] - began).total_seconds() / 60) for name in sorted(at)] == [
        20,
        0,
        20,
        10,
    ]
    assert {one["by"] for one in done["fields"].values()} == {"Clara@PID-PGR01"}
    assert done["content"]["note"] == "first look"


def test_what_a_tier_lacks_is_said(cast: Cast, incident_id: str) -> None:
    body = patch(cast, incident_id, 2, skipped={"git_rev": "not a checkout"}).json()
    assert set(body["missing"]) == {"stack_trace", "journal_refs"}
    assert set(body["fields"]) == {"skipped", "git_rev"}
    up_to(cast, incident_id, 1)
    answer = cast.clara.put(f"incidents/{incident_id}/triage/2", {"journal_refs": ["j-17"]})
    assert refused(answer) == (400, "invalid_request")
    assert set(answer.json()["error"]["fields"]) == {"stack_trace"}
    empty = triage(cast, incident_id)["tiers"][4]
    assert (empty["state"], empty["content"]) == ("not_begun", {})
    assert set(empty["missing"]) == {"postmortem_summary", "eligible", "reasons"}


def test_a_read_is_given_or_skipped_never_both(cast: Cast, incident_id: str) -> None:
    patch(cast, incident_id, 2, skipped={"git_rev": "none", "stack_trace": "none"})
    given = patch(cast, incident_id, 2, git_rev="3f2a9bc").json()["content"]
    assert given == {"git_rev": "3f2a9bc", "skipped": {"stack_trace": "none"}}
    back = patch(cast, incident_id, 2, skipped={"git_rev": "it was another's"}).json()["content"]
    assert back == {"skipped": {"git_rev": "it was another's", "stack_trace": "none"}}


def test_drafts_come_in_any_order_completions_do_not(cast: Cast, incident_id: str) -> None:
    for number in (5, 3, 4, 2):
        assert patch(cast, incident_id, number, **GOOD[number]).json()["missing"] == {}
    assert states(cast, incident_id) == ["not_begun", *["draft"] * 4]
    for number in (5, 4, 3, 2):
        answer = cast.clara.put(f"incidents/{incident_id}/triage/{number}", {})
        assert refused(answer) == (409, "triage_tier_out_of_order")
        assert "Tier 1 is next" in answer.json()["error"]["message"]
    assert triage(cast, incident_id)["next_tier"] == 1
    for number in GOOD:
        body = GOOD[1] if number == 1 else {}
        assert cast.clara.put(f"incidents/{incident_id}/triage/{number}", body).status_code == 200
    assert Incident.objects.get().status == "triaged"
    assert triage(cast, incident_id)["next_tier"] is None


def test_a_complete_tier_takes_no_draft(cast: Cast, incident_id: str) -> None:
    up_to(cast, incident_id, 2)
    before = rows()
    assert refused(patch(cast, incident_id, 1, install_type="source")) == (
        409,
        "triage_tier_out_of_order",
    )
    assert rows() == before


@pytest.mark.parametrize(
    ("number", "fields", "field"),
    [
        (1, {"env": "linux"}, "env"),
        (1, {"install_type": "x" * 81}, "install_type"),
        (1, {"citations": []}, "citations"),
        (2, {"skipped": {"git_rev": "  "}}, "skipped"),
        (2, {"skipped": {"other": "x"}}, "skipped"),
        (2, {"git_rev": "abc", "skipped": {"git_rev": "none"}}, "git_rev"),
        (2, {"stack_trace": "x" * 200_001}, "stack_trace"),
        (3, {"text": 5}, "text"),
        (3, {"text_sha256": "0" * 64}, "text_sha256"),
        (4, {"severity": "P9"}, "severity"),
        (4, {"severity": None}, "severity"),
        (5, {"eligible": "true"}, "eligible"),
        (5, {"eligibility": {"eligible": True}}, "eligibility"),
        (5, {"reasons": []}, "reasons"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_field_of_another_form_saves_nothing(
    cast: Cast, incident_id: str, number: int, fields: dict[str, Any], field: str
) -> None:
    patch(cast, incident_id, number, **{k: v for k, v in GOOD[number].items() if k != field})
    before = rows()
    for method in ("PATCH", "PUT"):
        answer = cast.clara.request(method, f"incidents/{incident_id}/triage/{number}", fields)
        assert refused(answer) == (400, "invalid_request")
        assert field in answer.json()["error"]["fields"]
    assert rows() == before


def test_an_empty_draft_is_none(cast: Cast, incident_id: str) -> None:
    assert refused(patch(cast, incident_id, 1)) == (400, "invalid_request")
    assert not TriageTier.objects.exists()


@pytest.mark.parametrize("number", [0, 6, 99])
def test_there_is_no_such_tier(cast: Cast, incident_id: str, number: int) -> None:
    path = f"incidents/{incident_id}/triage/{number}"
    for answer in (
        cast.clara.get(path),
        cast.clara.request("PATCH", path, GOOD[1]),
        cast.clara.post(f"{path}/reopen", {"reason": "x"}),
    ):
        assert refused(answer) == (404, "not_found")


def test_the_tiers_are_the_desks_alone(cast: Cast, stranger: Cast, incident_id: str) -> None:
    up_to(cast, incident_id, 1)
    before = rows()
    path = f"incidents/{incident_id}/triage"
    for other in (cast.jade, cast.sage, cast.onyx):
        for answer in (
            other.get(path),
            other.get(f"{path}/1"),
            other.request("PATCH", f"{path}/2", GOOD[2]),
            other.post(f"{path}/1/reopen", {"reason": "x"}),
            other.put(f"incidents/{incident_id}/text", {"text": "x"}),
        ):
            assert refused(answer) == (403, "forbidden")
    for answer in (
        stranger.clara.get(path),
        stranger.clara.get(f"{path}/1"),
        stranger.clara.request("PATCH", f"{path}/2", GOOD[2]),
        stranger.clara.post(f"{path}/1/reopen", {"reason": "x"}),
        stranger.clara.put(f"incidents/{incident_id}/text", {"text": "x"}),
    ):
        assert refused(answer) == (404, "not_found")
    assert rows() == before


def test_the_desk_keeps_off_a_case_with_a_draft_of_an_agent(
    cast: Cast, incident_id: str, settings: Any, sweep: Any
) -> None:
    patch(cast, incident_id, 3, text="what Clara has so far")
    settings.DESK_MODE = "auto"
    sweep()
    assert states(cast, incident_id) == [
        "not_begun",
        "not_begun",
        "draft",
        "not_begun",
        "not_begun",
    ]


@pytest.mark.django_db(transaction=True)
def test_the_last_tier_twice_at_once(settings: Any) -> None:
    """One of them triages the case; the other is judged by what that one left."""
    cast = make_cast()
    incident_id = opened(cast, settings, REPORT)
    up_to(cast, incident_id, 4)
    answers: list[Any] = []
    together = threading.Barrier(3)

    def complete(summary: str) -> None:
        together.wait(10)
        try:
            answers.append(put(cast, incident_id, 5, postmortem_summary=summary))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=complete, args=(f"by {n}",)) for n in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    assert {refused(one) for one in answers if one.status_code == 409} == {
        (409, "triage_tier_out_of_order")
    }
    won = next(one for one in answers if one.status_code == 200)
    tier = TriageTier.objects.get(tier=5)
    assert tier.content["postmortem_summary"] == won.json()["content"]["postmortem_summary"]
    incident = Incident.objects.get()
    assert incident.postmortem.summary == tier.content["postmortem_summary"]
    assert TimelineEntry.objects.filter(event="triaged").count() == 1
    assert incident.triaged_at is not None
    assert incident.triaged_at <= clock.now()


@pytest.mark.django_db(transaction=True)
def test_fields_saved_at_once_are_all_kept(settings: Any) -> None:
    cast = make_cast()
    incident_id = opened(cast, settings, REPORT)
    codes: list[int] = []
    together = threading.Barrier(len(GOOD[1]))

    def save(name: str) -> None:
        together.wait(10)
        try:
            codes.append(patch(cast, incident_id, 1, **{name: GOOD[1][name]}).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=save, args=(name,)) for name in GOOD[1]]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert codes == [200] * len(GOOD[1])
    tier = TriageTier.objects.get()
    assert tier.content == GOOD[1]
    assert set(tier.fields) == set(GOOD[1])
