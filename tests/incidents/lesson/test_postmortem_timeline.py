"""The timeline of a postmortem: what turned the case is in it, and so is what was put right."""

import pytest

from incidents.timeline import note_aside
from tests.cast import BY
from tests.incidents.lesson.cases import ACTION, Case, ok

pytestmark = pytest.mark.django_db


def page(case: Case) -> str:
    return str(ok(case.clara.get(f"{case.path}/postmortem"))["markdown"])


@pytest.mark.parametrize("noise", ["deadline_paused", "text_revised"])
def test_a_noisy_case_keeps_its_turns(
    case: Case, noise: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.postmortem_page.MOMENTS", 30)
    case.triage()
    for _ in range(40):
        note_aside(case.row, noise, by=BY, stage="triage", characters=5)
    case.link().stop().moved("contained")
    ok(case.clara.post(f"{case.path}/postmortem/corrective-actions", ACTION), 201)
    text = page(case.moved("resolved", "closed"))
    for sentence in ("The damage is stopped.", "The cause is gone.", "Closed by postmortem."):
        assert sentence in text
    shown = text.split("## Timeline")[1].split("## What worked")[0].count(" | ") // 2 - 2
    left_out = case.row.timeline.count() - shown
    assert 0 < shown <= 30
    assert f"{left_out} more stand in the timeline of {case.incident_id}." in text


def test_a_correction_stands_beside_its_line(case: Case) -> None:
    case.contained()
    entry = case.row.timeline.get(event="contained")
    words = {"entry": str(entry.uid), "text": "Clara stopped it by half."}
    ok(case.clara.post(f"{case.path}/timeline/corrections", words), 201)
    line = "| The damage is stopped. Corrected: the incident manager stopped it by half. |"
    assert line in page(case)
    assert "An earlier entry is corrected" not in page(case)


def test_the_head_of_a_reopened_case_tells_how_it_stands(case: Case) -> None:
    case.contained()
    ok(case.clara.post(f"{case.path}/postmortem/corrective-actions", ACTION), 201)
    case.moved("resolved", "closed")
    assert "- Closed: " in page(case)
    ok(case.move("triaging", "SPECIAL reason"))
    for label in ("Contained", "Resolved", "Closed"):
        assert f"- {label}: " not in page(case)
    assert "- Detected: " in page(case)


def test_the_reason_of_a_move_is_for_staff_alone(case: Case) -> None:
    case.triage().link().stop()
    ok(case.move("contained", "SPECIAL gate is shut"))
    entry = case.row.timeline.get(event="contained")
    assert entry.detail["reason"] == "SPECIAL gate is shut"
    assert "SPECIAL" not in page(case)
    assert "SPECIAL" not in case.cast.jade.get(case.path).content.decode()
    assert "SPECIAL" not in case.cast.jade.get(f"{case.path}/status").content.decode()
