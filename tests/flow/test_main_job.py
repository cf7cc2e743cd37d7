"""The main job in one process: report to issue to answer (architecture.md, steps 1 to 8)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from access.models import Persona
from access.states import PersonaStatus
from phonehome.models import PhoneHomeRecord
from phonehome.services.approve_packet import approve_packet
from phonehome.states import PacketStatus, ReviewSurface
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_report_becomes_one_issue_and_the_reporter_hears_of_it(
    cast: Cast, sweep: Callable[[], None], settings, tmp_path: Path
) -> None:
    settings.PHONE_HOME_FOLDER = tmp_path
    signal = cast.jade.report("prism_signal crashes with KeyError: 'pid' on bootstrap")
    sweep()
    record = PhoneHomeRecord.objects.get()
    assert record.status == PacketStatus.PENDING
    approve_packet(
        record_id=record.pk,
        seen_digest=record.current.packet_sha256,
        by=cast.operator,
        surface=ReviewSurface.DASHBOARD,
    )
    sweep()
    sweep()
    files = list(tmp_path.glob("*/issues/*.md"))
    assert len(files) == 1
    assert record.current.body_markdown.encode() in files[0].read_bytes()
    answers = [one for one in cast.jade.inbox() if one["signal_type"] == "Answer"]
    assert len(answers) == 1
    assert answers[0]["in_reply_to"] == signal["signal_id"]
    assert "filed as issue #1" in answers[0]["payload"]["text"]
    status = cast.jade.get(f"incidents/{record.incident.incident_id}/status").json()
    assert status["issue"] == {"number": 1, "state": "open"}


def test_a_reporter_that_is_gone_does_not_hold_up_the_case(
    cast: Cast, sweep: Callable[[], None], settings: Any, tmp_path: Path
) -> None:
    settings.PHONE_HOME_FOLDER = tmp_path
    cast.jade.report("prism_signal crashes with KeyError: 'pid' on bootstrap")
    sweep()
    Persona.objects.filter(pk=cast.jade.persona.pk).update(status=PersonaStatus.REVOKED)
    record = PhoneHomeRecord.objects.get()
    approve_packet(
        record_id=record.pk,
        seen_digest=record.current.packet_sha256,
        by=cast.operator,
        surface=ReviewSurface.DASHBOARD,
    )
    sweep()
    record = PhoneHomeRecord.objects.get()
    assert record.status == PacketStatus.SHIPPED
    assert record.cross_linked_at is not None
    assert record.incident.timeline.filter(event="reporter_unreachable").exists()
