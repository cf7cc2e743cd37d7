"""A duty of the desk that nobody holds: said plainly, and nobody else waits for it."""

from collections.abc import Callable
from typing import Any

import pytest

from access.models import Persona, PersonaStamp
from access.services.seed_care import seed_care
from access.states import PersonaDuty, PersonaStatus
from incidents.models import Intake
from tests.cast import BY, Agent, Cast

pytestmark = pytest.mark.django_db


def revoke(agent: Agent) -> None:
    Persona.objects.filter(pk=agent.persona.pk).update(status=PersonaStatus.REVOKED)


def statuses(tenant: Cast) -> set[str]:
    found = Intake.objects.filter(tenant_id=tenant.home.tenant_id)
    return set(found.values_list("status", flat=True))


def test_an_incident_without_clara(cast: Cast, settings: Any) -> None:
    settings.DESK_MODE = "agents"
    intake_id = cast.jade.report()["intake_id"]
    revoke(cast.clara)
    verdict = {"classification": "incident", "rationale": "it crashes"}
    answer = cast.sage.post(f"intake/{intake_id}/classification", verdict)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (503, "desk_unstaffed")
    assert PersonaDuty.INCIDENT_MANAGER.label in error["message"]
    assert "seed_care" in error["next_steps"][0]["label"]
    assert statuses(cast) == {"received"}
    seed_care(home_pid=cast.home.pid, by=BY)
    assert cast.sage.post(f"intake/{intake_id}/classification", verdict).status_code == 200


@pytest.mark.parametrize("who", ["sage", "clara"])
def test_another_tenants_desk_goes_on(
    cast: Cast,
    stranger: Cast,
    sweep: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    who: str,
) -> None:
    monkeypatch.setattr("incidents.services.run_desk.BATCH", 2)
    for _ in range(3):
        cast.jade.report()
    stranger.jade.report()
    revoke(getattr(cast, who))
    sweep()
    assert (statuses(cast), statuses(stranger)) == ({"received"}, {"handed_off"})
    seed_care(home_pid=cast.home.pid, by=BY)
    sweep()
    sweep()
    assert statuses(cast) == {"handed_off"}


def test_seeding_seats_a_revoked_holder_again_and_writes_it_down(cast: Cast) -> None:
    revoke(cast.clara)
    seed_care(home_pid=cast.home.pid, by=BY)
    persona = Persona.objects.get(pk=cast.clara.persona.pk)
    stamp = PersonaStamp.objects.latest("id")
    assert (persona.status, persona.stamp) == ("active", stamp)
    assert (stamp.identity, stamp.before, stamp.after) == ("Clara", "bridge", "bridge")
