"""The guard: a table of who may do what; deny by default."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from access import policy
from access.principals import AgentPrincipal
from access.services.authenticate_agent import authenticate_agent
from kernel.errors import CareError
from kernel.principals import Anonymous, SystemPrincipal
from tests.cast import Agent, Cast

pytestmark = pytest.mark.django_db

EVERYBODY = {
    "bridge.signal.send",
    "bridge.signal.read",
    "bridge.roster.read",
    "incidents.intake.read",
    "incidents.intake.answer_back",
    "incidents.rubric.read",
    "incidents.incident.read",
    "incidents.artifact.read",
    "incidents.artifact.write",
    "redaction.scan",
}
SAGE = EVERYBODY | {"incidents.intake.classify", "incidents.storm.release"}
# What Clara does and an operator may do where no Clara sits at the desk.
CASE_WORK = {
    "incidents.triage.reopen",
    "incidents.incident.link",
    "incidents.incident.contain",
    "incidents.incident.move",
    "incidents.postmortem.write",
    "incidents.documents.read",
    "incidents.timeline.correct",
    "incidents.deadline.pause",
    "phonehome.packet.revise",
}
CLARA = (
    EVERYBODY
    | CASE_WORK
    | {
        "incidents.incident.triage",
        "phonehome.packet.read",
        "phonehome.packet.stage",
        "phonehome.packet.withdraw",
        "phonehome.packet.ship",
    }
)
FOR_PEOPLE = {
    "incidents.case.view",
    "incidents.incident.waive",
    "phonehome.packet.view",
    "phonehome.packet.decide",
}


def principal(agent: Agent) -> AgentPrincipal:
    return authenticate_agent(agent.token)


def allowed(who: Any) -> set[str]:
    return {action for action in policy.RULES if policy.allow(who, action).allowed}


def test_what_agents_may_do(cast: Cast) -> None:
    assert allowed(principal(cast.jade)) == EVERYBODY
    assert allowed(principal(cast.sage)) == SAGE
    assert allowed(principal(cast.clara)) == CLARA


def test_no_agent_and_no_part_of_the_product_decides(cast: Cast) -> None:
    for who in (principal(cast.clara), principal(cast.sage), SystemPrincipal("desk")):
        for action in FOR_PEOPLE:
            with pytest.raises(CareError) as caught:
                policy.require(who, action)
            assert caught.value.code == "operator_required"


def test_an_operator_decides_and_works_on_cases_but_is_no_agent(cast: Cast) -> None:
    assert allowed(cast.operator) >= FOR_PEOPLE | CASE_WORK
    assert not allowed(cast.operator) & (CLARA - CASE_WORK)


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_an_operator_who_is_none_any_more(cast: Cast, change: dict[str, bool]) -> None:
    for name, value in change.items():
        setattr(cast.operator, name, value)
    assert allowed(cast.operator) == set()


def test_staff_without_the_permission_decides_nothing(cast: Cast) -> None:
    cast.operator.groups.clear()
    assert allowed(type(cast.operator).objects.get(pk=cast.operator.pk)) == set()


def test_nobody_may_do_nothing() -> None:
    assert allowed(Anonymous()) == set()
    with pytest.raises(AttributeError):
        policy.allow(AnonymousUser(), "bridge.signal.send")


def test_an_action_without_a_rule_is_a_mistake_of_ours(cast: Cast) -> None:
    with pytest.raises(KeyError):
        policy.allow(principal(cast.clara), "phonehome.packet.approve_everything")
