"""A case that came as a document has no report and no reporter; it is triaged like any other."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from incidents.models import Incident
from tests.cast import Cast
from tests.incidents.documents import SEED_RECORD
from tests.incidents.tiers import GOOD, put, states, triage

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident_id(cast: Cast, tmp_path: Path) -> str:
    """The seed's own example, open again."""
    path = tmp_path / "record.yaml"
    path.write_text(SEED_RECORD)
    call_command("incident", "import", str(path), "--pid", "PID-DPA01")
    incident_id = Incident.objects.get().incident_id
    answer = cast.clara.post(
        f"incidents/{incident_id}/transitions", {"to": "triaging", "reason": "it showed again"}
    )
    assert answer.status_code == 200, answer.content
    return incident_id


def test_it_goes_through_all_five_tiers(cast: Cast, incident_id: str) -> None:
    assert states(cast, incident_id) == ["not_begun"] * 5
    for number in GOOD:
        answer = put(cast, incident_id, number)
        assert answer.status_code == 200, answer.content
    assert Incident.objects.get().status == "triaged"
    sources = {
        (one["field"], one["source"])
        for tier in triage(cast, incident_id)["tiers"]
        for one in tier["citations"]
    }
    assert ("env", "text") in sources
    assert ("stack_trace", "agent") in sources
    assert not any(source == "signal" for _, source in sources)
    assert cast.jade.inbox() == []


def test_it_is_opened_again_and_shown(cast: Cast, incident_id: str) -> None:
    for number in GOOD:
        put(cast, incident_id, number)
    text = {"text": "what happened, in Clara's words"}
    assert cast.clara.put(f"incidents/{incident_id}/text", text).status_code == 200
    assert states(cast, incident_id)[2:] == ["reopened"] * 3
    client = Client()
    client.force_login(cast.operator)
    page = client.get(f"/console/incidents/{Incident.objects.get().pk}/triage/")
    assert page.status_code == 200
    assert b"Tier 3 is next" in page.content
