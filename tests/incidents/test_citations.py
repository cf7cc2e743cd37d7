"""What the server read for a tier: found where it stands, digested, written by nobody else."""

import hashlib
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from access.models import Persona
from bridge.models import Signal
from incidents.models import Citation
from kernel.canonical import digest_of
from tests.cast import Cast
from tests.incidents.cases import opened
from tests.incidents.tiers import GOOD, REPORT, TRACE, patch, put, refused, up_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident_id(cast: Cast, settings: Any) -> str:
    return opened(cast, settings, REPORT)


@pytest.fixture
def report(incident_id: str) -> Signal:
    return Signal.objects.get(intake_id__isnull=False)


def cited(answer: Any) -> set[tuple[str, str, str]]:
    return {(one["field"], one["source"], one["ref"]) for one in answer.json()["citations"]}


def digests(answer: Any) -> dict[tuple[str, str], str]:
    return {
        (one["field"], one["source"]): one["content_sha256"] for one in answer.json()["citations"]
    }


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_tier_1_reads_the_project_the_roster_and_the_report(
    cast: Cast, incident_id: str, report: Signal
) -> None:
    answer = put(cast, incident_id, 1)
    assert cited(answer) == {
        ("project_metadata", "project", "PID-DPA01"),
        ("agent_roster", "roster", "PID-DPA01"),
        ("env", "signal", str(report.pk)),
        ("install_type", "signal", str(report.pk)),
    }
    found = digests(answer)
    assert found["env", "signal"] == report.payload_sha256
    assert found["agent_roster", "roster"] == digest_of(["Jade"])
    assert {one["read_by"] for one in answer.json()["citations"]} == {"Clara@PID-PGR01"}


def test_a_roster_that_changed_has_another_digest(cast: Cast, incident_id: str) -> None:
    before = digests(put(cast, incident_id, 1))["agent_roster", "roster"]
    Persona.objects.filter(identity="Jade").update(status="retired")
    after = digests(put(cast, incident_id, 1, agent_roster=["nobody"]))["agent_roster", "roster"]
    assert (after, before) == (digest_of([]), digest_of(["Jade"]))


def test_what_is_found_nowhere_is_the_agents_own_word(cast: Cast, incident_id: str) -> None:
    answer = put(cast, incident_id, 1, env={"python": "2.7"}, install_type="docker")
    assert ("env", "agent", "") in cited(answer)
    assert ("install_type", "agent", "") in cited(answer)
    answer = put(
        cast, incident_id, 2, stack_trace="TypeError", git_rev="deadbee", journal_refs=["x-9"]
    )
    assert cited(answer) == {
        ("stack_trace", "agent", ""),
        ("git_rev", "agent", ""),
        ("journal_refs", "agent", "x-9"),
    }
    assert digests(answer)["stack_trace", "agent"] == sha("TypeError")


def test_what_differs_from_what_was_read_is_the_agents_word_too(
    cast: Cast, incident_id: str
) -> None:
    invented = {"agent_roster": ["Jade", "Nobody"], "project_metadata": {"pid": "PID-NONE9"}}
    answer = put(cast, incident_id, 1, **invented)
    assert {one for one in cited(answer) if one[0] in invented} == {
        ("project_metadata", "project", "PID-DPA01"),
        ("project_metadata", "agent", ""),
        ("agent_roster", "roster", "PID-DPA01"),
        ("agent_roster", "agent", ""),
    }
    assert digests(answer)["agent_roster", "agent"] == digest_of(invented["agent_roster"])


def test_what_differs_in_a_draft_still_does_when_it_is_completed(
    cast: Cast, incident_id: str
) -> None:
    patch(cast, incident_id, 1, **{**GOOD[1], "agent_roster": ["Nobody"], "env": {"os": "none"}})
    answer = cast.clara.put(f"incidents/{incident_id}/triage/1", {})
    assert {("agent_roster", "agent", ""), ("env", "agent", "")} <= cited(answer)
    assert ("project_metadata", "agent", "") not in cited(answer)


@pytest.mark.parametrize("part", ["T", "KeyError", "recent call"])
def test_a_scrap_of_the_report_is_no_trace_that_was_read(
    cast: Cast, incident_id: str, part: str
) -> None:
    put(cast, incident_id, 1)
    assert ("stack_trace", "agent", "") in cited(put(cast, incident_id, 2, stack_trace=part))


def test_a_trace_is_looked_for_word_for_word(cast: Cast, incident_id: str, report: Signal) -> None:
    put(cast, incident_id, 1)
    answer = put(cast, incident_id, 2, stack_trace=TRACE.replace("\n", "\r\n"))
    assert cited(answer) == {
        ("stack_trace", "signal", str(report.pk)),
        ("git_rev", "signal", str(report.pk)),
        ("journal_refs", "signal", str(report.pk)),
    }
    changed = put(cast, incident_id, 2, stack_trace=TRACE.replace("line 3", "line 4"))
    assert ("stack_trace", "agent", "") in cited(changed)


def test_journal_entries_are_read_where_the_desk_may_read(
    cast: Cast, stranger: Cast, incident_id: str
) -> None:
    put(cast, incident_id, 1)
    home, own, other, foreign = (
        one.post("journal", {"text": "seen before"}).json()["journal_id"]
        for one in (cast.clara, cast.jade, cast.onyx, stranger.clara)
    )
    answer = put(cast, incident_id, 2, journal_refs=[home, own.upper(), other, foreign, "a b"])
    journal = {one for one in cited(answer) if one[0] == "journal_refs"}
    assert journal == {
        ("journal_refs", "journal", home),
        ("journal_refs", "journal", own),
        ("journal_refs", "agent", other),
        ("journal_refs", "agent", foreign),
        ("journal_refs", "agent", ""),  # a sentence is no name, and a ledger keeps none
    }


def test_tier_3_and_5_cite_what_they_were_decided_by(cast: Cast, incident_id: str) -> None:
    up_to(cast, incident_id, 5)
    third = cast.clara.get(f"incidents/{incident_id}/triage/3")
    content = third.json()["content"]
    assert cited(third) == {
        ("text", "text", incident_id),
        ("text", "scan", content["rule_set_version"]),
    }
    assert digests(third)["text", "text"] == content["text_sha256"] == sha(GOOD[3]["text"])
    fifth = cast.clara.get(f"incidents/{incident_id}/triage/5")
    assert cited(fifth) == {("eligible", "tier", "3"), ("eligible", "tier", "4")}
    assert fifth.json()["citations"][0]["content_sha256"] == digest_of(content)


def test_a_draft_is_cited_when_it_is_saved_and_kept_when_it_is_completed(
    cast: Cast, incident_id: str, report: Signal
) -> None:
    put(cast, incident_id, 1)
    first = patch(cast, incident_id, 2, stack_trace=TRACE)
    assert cited(first) == {("stack_trace", "signal", str(report.pk))}
    patch(cast, incident_id, 2, stack_trace="TypeError")
    second = patch(cast, incident_id, 2, git_rev="3f2a9bc")
    assert cited(second) == {
        ("stack_trace", "agent", ""),
        ("git_rev", "signal", str(report.pk)),
    }
    done = cast.clara.put(
        f"incidents/{incident_id}/triage/2", {"skipped": {"journal_refs": "none"}}
    )
    assert cited(done) == cited(second)
    assert Citation.objects.filter(tier=2).count() == 3


def test_a_refused_tier_reads_nothing(cast: Cast, incident_id: str) -> None:
    assert refused(put(cast, incident_id, 2)) == (409, "triage_tier_out_of_order")
    assert refused(put(cast, incident_id, 1, citations=[{"source": "signal"}])) == (
        400,
        "invalid_request",
    )
    assert not Citation.objects.exists()


def test_nobody_changes_what_was_read(cast: Cast, incident_id: str) -> None:
    put(cast, incident_id, 1)
    for change in (
        lambda: Citation.objects.update(source="signal"),
        lambda: Citation.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Citation.objects.filter(source="project").count() == 1


def test_no_words_of_the_report_stand_in_the_ledger(cast: Cast, incident_id: str) -> None:
    put(cast, incident_id, 1)
    put(cast, incident_id, 2, journal_refs=["the customer said: KeyError"])
    text = str(list(Citation.objects.values()))
    assert "KeyError" not in text
    assert "customer" not in text
