"""One stream per case: everything that happened, in order, once, never edited."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from incidents.models import Incident, TimelineEntry
from incidents.states import EventKind
from incidents.stream import CHUNK
from incidents.timeline import note_aside
from phonehome.models import PhoneHomeRecord
from phonehome.services.approve_packet import approve_packet
from phonehome.states import ReviewSurface
from tests.cast import BY, Agent, Cast

pytestmark = pytest.mark.django_db

LINES = {"accept": "application/x-ndjson"}


def open_case(cast: Cast, sweep: Callable[[], None]) -> Incident:
    """A case that the built-in desk triaged and staged."""
    cast.jade.report("prism_signal crashes with KeyError: 'pid' on bootstrap")
    sweep()
    return Incident.objects.get(tenant_id=cast.home.tenant_id)


def lines_of(agent: Agent, incident: Incident, query: str = "") -> list[dict[str, Any]]:
    answer = agent.get(f"incidents/{incident.incident_id}/timeline{query}", **LINES)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/x-ndjson"
    whole = b"".join(answer.streaming_content)
    assert whole.endswith(b"\n") or not whole
    return [json.loads(line) for line in whole.splitlines()]


def pages_of(agent: Agent, incident: Incident, query: str = "limit=3") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    url = f"/api/v1/incidents/{incident.incident_id}/timeline?{query}"
    while url:
        answer = agent.get(url.split("/api/v1/")[1])
        assert answer.status_code == 200, answer.content
        found += answer.json()["results"]
        url = answer.json()["next"]
    return found


def events(entries: list[dict[str, Any]]) -> list[str]:
    return [one["event"] for one in entries]


def test_a_whole_case_is_told_once_and_in_order(
    cast: Cast, sweep: Callable[[], None], settings: Any, tmp_path: Path
) -> None:
    settings.PHONE_HOME_FOLDER = tmp_path
    incident = open_case(cast, sweep)
    record = PhoneHomeRecord.objects.get()
    approve_packet(
        record_id=record.pk,
        seen_digest=record.current.packet_sha256,
        by=cast.operator,
        surface=ReviewSurface.DASHBOARD,
    )
    for _ in range(3):
        sweep()
    told = lines_of(cast.clara, incident)
    assert events(told) == [
        "message",  # the report
        "reported",
        "message",  # Sage hands it to Clara
        "message",  # and says so to Jade
        "classified",
        "triage_tier_1_completed",
        "triage_tier_2_completed",
        "scanned",
        "triage_tier_3_completed",
        "triage_tier_4_completed",
        "triage_tier_5_completed",
        "triaged",
        "packet_staged",
        "packet_approved",
        "shipping_attempt",
        "shipping_attempt",
        "shipping_attempt",
        "issue_filed",
        "message",  # Clara hears of it
        "message",  # and Jade
    ]
    attempts = [
        (one["detail"]["number"], one["detail"]["phase"], one["detail"]["outcome"])
        for one in told
        if one["event"] == "shipping_attempt"
    ]
    assert attempts == [(1, "claimed", ""), (1, "creating", ""), (1, "settled", "created")]
    said = [
        (one["detail"]["direction"], one["detail"]["sender"], one["detail"]["recipient"])
        for one in told
        if one["event"] == "message"
    ]
    assert said == [
        ("from_reporter", "reporter", "intake_desk"),
        ("internal", "intake_desk", "incident_manager"),
        ("to_reporter", "intake_desk", "reporter"),
        ("internal", "shipping", "incident_manager"),
        ("to_reporter", "incident_manager", "reporter"),
    ]
    assert [one["at"] for one in told] == sorted(one["at"] for one in told)
    assert len({one["uid"] for one in told}) == len(told)
    # A stream is read by many: it holds nothing of what the customer wrote.
    assert "bootstrap" not in json.dumps(told)


def test_pages_and_json_lines_say_the_same(cast: Cast, sweep: Callable[[], None]) -> None:
    incident = open_case(cast, sweep)
    lines = lines_of(cast.clara, incident)
    assert lines == pages_of(cast.clara, incident)
    kinds = {one["kind"] for one in lines}
    assert kinds >= {"message", "triage", "scan", "packet"}
    for kind in EventKind.values:
        chosen = [one for one in lines if one["kind"] == kind]
        assert lines_of(cast.clara, incident, f"?kind={kind}") == chosen
        assert pages_of(cast.clara, incident, f"kind={kind}&limit=2") == chosen


def test_a_part_of_the_stream_by_time(
    cast: Cast, sweep: Callable[[], None], time_machine: Any
) -> None:
    time_machine.move_to("2026-04-09T09:00:00+00:00", tick=False)
    incident = open_case(cast, sweep)
    time_machine.move_to("2026-04-09T12:00:00+00:00", tick=False)
    note_aside(incident, "reporter_unreachable", by=BY, outcome="filed")
    late = lines_of(cast.clara, incident, "?since=2026-04-09T12:00:00Z")
    assert events(late) == ["reporter_unreachable"]
    early = lines_of(cast.clara, incident, "?until=2026-04-09T14:00:00%2B02:00")
    assert "reporter_unreachable" not in events(early)
    assert len(early) + len(late) == len(lines_of(cast.clara, incident))


@pytest.mark.parametrize(
    "query",
    [
        "kind=gossip",
        "since=yesterday",
        "since=2026-04-09T09:14:00",
        "until=2026-13-01T00:00:00Z",
        "since=9999-12-31T23:59:59-14:00",
        "until=0001-01-01T00:00:00%2B14:00",
        "cursor=cD1ub25l",
        "limit=0",
        "what=1",
    ],
)
def test_what_cannot_be_asked(cast: Cast, sweep: Callable[[], None], query: str) -> None:
    incident = open_case(cast, sweep)
    answer = cast.clara.get(f"incidents/{incident.incident_id}/timeline?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")
    assert list(answer.json()["error"]["fields"]) == [query.split("=")[0]]


def test_a_long_stream_is_read_in_parts(
    cast: Cast, sweep: Callable[[], None], django_assert_num_queries: Any
) -> None:
    incident = open_case(cast, sweep)
    before = incident.timeline.count()
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            tenant_id=incident.tenant_id,
            incident=incident,
            event="shipping_attempt",
            actor="system:shipping",
            detail={"number": number},
        )
        for number in range(2 * CHUNK)
    )
    answer = cast.clara.get(f"incidents/{incident.incident_id}/timeline", **LINES)
    stream = iter(answer.streaming_content)
    with django_assert_num_queries(1):
        for _ in range(CHUNK):
            next(stream)
    assert CHUNK + sum(1 for _ in stream) == before + 2 * CHUNK


def test_the_stream_is_for_clara_alone(
    cast: Cast, stranger: Cast, sweep: Callable[[], None]
) -> None:
    incident = open_case(cast, sweep)
    path = f"incidents/{incident.incident_id}/timeline"
    for agent in (cast.jade, cast.onyx, cast.sage):
        assert agent.get(path).status_code == 403
        assert agent.get(path, **LINES).status_code == 403
        body = {"entry": str(incident.timeline.all()[0].uid), "text": "no"}
        assert agent.post(f"{path}/corrections", body).status_code == 403
    for answer in (
        stranger.clara.get(path),
        stranger.clara.get(path, **LINES),
        cast.clara.get("incidents/inc-1999-01-01-001/timeline"),
    ):
        assert answer.status_code == 404
        assert json.loads(answer.content)["error"]["code"] == "not_found"


def test_talk_in_the_thread_is_part_of_it_and_other_talk_is_not(
    cast: Cast, sweep: Callable[[], None]
) -> None:
    incident = open_case(cast, sweep)
    assert incident.intake is not None
    first = str(incident.intake.signal_id)
    question = {"in_reply_to": first, "signal_type": "Question", "payload": "which version?"}
    asked = cast.clara.post("signals", question).json()
    answered = {"in_reply_to": asked["signal_id"], "signal_type": "Answer", "payload": "1.4.0"}
    cast.jade.post("signals", answered)
    before = len(lines_of(cast.clara, incident))
    cast.onyx.report("How do I configure the bridge?")
    cast.jade.report("Where are the docs?")
    told = lines_of(cast.clara, incident)
    assert len(told) == before
    question_entry, answer_entry = told[-2:]
    assert question_entry["detail"]["signal_id"] == asked["signal_id"]
    assert question_entry["sentence"] == "Question from incident manager to reporter."
    assert answer_entry["detail"]["payload_sha256"] not in ("", None)
    assert answer_entry["actor"] == "Jade@PID-DPA01"
    assert "1.4.0" not in json.dumps(told)


def test_talk_without_a_case_asks_one_cheap_question(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    from bridge.models import Signal
    from incidents.thread import note_delivered

    report = cast.jade.report("How do I configure the bridge?")
    reply = {"in_reply_to": report["signal_id"], "signal_type": "Answer", "payload": "So."}
    reply_id = cast.sage.post("signals", reply).json()["signal_id"]
    opening, answer = Signal.objects.get(pk=report["signal_id"]), Signal.objects.get(pk=reply_id)
    with django_assert_max_num_queries(0):
        note_delivered(opening)
    with django_assert_max_num_queries(1):
        note_delivered(answer)


@pytest.mark.parametrize("change", ["UPDATE {} SET event = 'gossip'", "DELETE FROM {}"])
def test_no_entry_is_edited_or_erased(cast: Cast, sweep: Callable[[], None], change: str) -> None:
    incident = open_case(cast, sweep)
    before = lines_of(cast.clara, incident)
    table = TimelineEntry._meta.db_table
    refused = pytest.raises(DatabaseError, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))
    entry = incident.timeline.all()[0]
    entry.event = "gossip"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        incident.timeline.all()._raw_delete("default")
    assert lines_of(cast.clara, incident) == before


def test_a_repeat_brings_its_thread_along_once(
    cast: Cast, sweep: Callable[[], None], settings: Any
) -> None:
    settings.DESK_MODE = "agents"
    fault = "prism_signal crashes with KeyError: 'pid' after {} tries"
    verdict = {"classification": "incident", "rationale": "It breaks."}
    enhancement = {"classification": "enhancement", "rationale": "A wish after all."}
    first = cast.jade.report(fault.format(3))
    cast.sage.post(f"intake/{first['intake_id']}/classification", verdict)
    again = cast.jade.report(fault.format(17))
    cast.sage.post(f"intake/{again['intake_id']}/classification", verdict)
    for later in (enhancement, verdict):
        path = f"intake/{again['intake_id']}/reclassification"
        answer = cast.sage.post(path, later)
        assert answer.status_code in (200, 201), answer.content
    incident = Incident.objects.get()
    told = lines_of(cast.clara, incident)
    assert events(told).count("report_joined") == 2
    signals = [one["detail"]["signal_id"] for one in told if one["event"] == "message"]
    assert first["signal_id"] in signals
    assert again["signal_id"] in signals
    assert len(signals) == len(set(signals))
