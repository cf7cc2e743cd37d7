"""The demo's tenant: made once, repeated without harm."""

import pytest
from django.contrib.auth import get_user_model

from access.models import AgentKey
from access.services.authenticate_agent import authenticate_agent
from access.services.revoke_agent_key import revoke_agent_key
from kernel.principals import SystemPrincipal
from prism_care.demo.data import make_demo_data

pytestmark = pytest.mark.django_db


def test_the_first_time_makes_a_working_key_and_a_password() -> None:
    data = make_demo_data()
    agent = authenticate_agent(data.agent_key)
    assert (agent.pid, agent.identity, agent.is_home) == ("PID-DPA01", "Jade", False)
    assert get_user_model().objects.get(username="operator").check_password(data.password)


def test_the_second_time_keeps_key_and_password() -> None:
    first = make_demo_data()
    second = make_demo_data(known_key=first.agent_key)
    assert second.agent_key == first.agent_key
    assert second.password == ""
    assert get_user_model().objects.get(username="operator").check_password(first.password)
    assert AgentKey.objects.count() == 1


def test_a_key_that_is_no_longer_good_is_replaced() -> None:
    first = make_demo_data()
    revoke_agent_key(
        key_id=first.agent_key.split("_")[1], by=SystemPrincipal("test"), reason="lost"
    )
    second = make_demo_data(known_key=first.agent_key)
    assert second.agent_key != first.agent_key
    authenticate_agent(second.agent_key)


def test_a_key_of_somebody_else_is_not_taken_for_jades() -> None:
    assert make_demo_data(known_key="prc_nonsense").agent_key != "prc_nonsense"
