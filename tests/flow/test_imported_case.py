"""An imported case goes the whole way though nobody of ours reported it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from bridge.models import Signal
from incidents.documents.emit import as_yaml
from incidents.models import Incident
from incidents.services.import_documents import import_documents
from phonehome.models import PhoneHomeRecord
from phonehome.services.approve_packet import approve_packet
from phonehome.states import ReviewSurface
from tests.cast import BY, Cast
from tests.flow.test_agents_mode import triage
from tests.incidents.documents import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast) -> str:
    text = as_yaml(record(status="reported", severity=None, containment_actions=[]))
    import_documents(data=text.encode(), tenant_id=cast.home.tenant_id, by=BY)
    return Incident.objects.get().incident_id


@pytest.mark.parametrize("mode", ["agents", "assist", "auto"])
def test_it_waits_for_clara_and_the_sweep_leaves_it_alone(
    cast: Cast, settings: Any, sweep: Callable[[], None], case: str, mode: str
) -> None:
    settings.DESK_MODE = mode
    for _ in range(2):
        sweep()
    assert Incident.objects.get().status == "reported"
    assert not Signal.objects.filter(recipient=cast.jade.persona).exists()


def test_it_is_triaged_reviewed_filed_contained_and_closed(
    cast: Cast, settings: Any, sweep: Callable[[], None], tmp_path: Any, case: str
) -> None:
    settings.DESK_MODE, settings.PHONE_HOME_FOLDER = "agents", tmp_path
    triage(cast, case)
    answer = cast.clara.post(
        "phone-home/records",
        {
            "incident_id": case,
            "title": "ticket_write runs without approval",
            "sections": [{"name": "Summary", "side": "product", "text": "It ran."}],
            "redaction_report": {"status": "passed", "redacted_fields": []},
        },
    )
    assert answer.status_code == 201, answer.content
    packet = PhoneHomeRecord.objects.get()
    operator = Client()
    operator.force_login(cast.operator)
    page = operator.get(f"/console/review/{packet.pk}/")
    assert page.status_code == 200
    assert "imported into PID-PGR01" in page.content.decode()
    approve_packet(
        record_id=packet.pk,
        seen_digest=packet.current.packet_sha256,
        by=cast.operator,
        surface=ReviewSurface.DASHBOARD,
    )
    sweep()
    incident = Incident.objects.get()
    assert incident.issue_number is not None
    cast.clara.post(f"incidents/{case}/containment-actions", {"action": "disable_ticket_write"})
    action = {"kind": "change", "ref": "chg-1", "owner": "platform-safety"}
    answer = cast.clara.post(f"incidents/{case}/postmortem/corrective-actions", action)
    assert answer.status_code == 201, answer.content
    for to in ("contained", "resolved", "closed"):
        answer = cast.clara.post(f"incidents/{case}/transitions", {"to": to, "reason": "done"})
        assert answer.status_code == 200, answer.content
    link = cast.clara.get(f"incidents/{case}/postmortem-link").json()
    assert link["corrective_actions"] == [{"change_id": "chg-1"}]
    assert cast.clara.get(f"incidents/{case}/record").json()["status"] == "closed"
    sweep()
    status = cast.clara.get(f"incidents/{case}/status").json()
    assert (status["status"], status["next_update_due_at"]) == ("closed", None)
