"""The demo's tenant: a desk, a customer project with an agent, an operator."""

import secrets
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import transaction

from access.services.authenticate_agent import authenticate_agent
from access.services.create_operator import create_operator
from access.services.issue_agent_key import issue_agent_key
from access.services.register_persona import register_persona
from access.services.register_project import register_project
from access.services.seed_care import seed_care
from kernel.errors import CareError
from kernel.principals import SystemPrincipal

HOME = "PID-PGR01"
CUSTOMER = "PID-DPA01"
AGENT = "Jade"
OPERATOR = "operator"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class DemoData:
    """`agent_key` works now. `password` is empty unless the operator was just made."""

    agent_key: str
    password: str


@transaction.atomic
def make_demo_data(*, known_key: str = "") -> DemoData:
    """Make what is missing; safe to repeat. `known_key` is kept where it is still good."""
    by = SystemPrincipal("demo_data")
    seed_care(home_pid=HOME, by=by)
    project, _ = register_project(pid=CUSTOMER, by=by, name="Demo customer")
    persona, _ = register_persona(project=project, identity=AGENT, by=by)
    password = ""
    if not get_user_model().objects.filter(username=OPERATOR).exists():
        password = _new_password()
        create_operator(name=OPERATOR, password=password, by=by)
    if known_key and _is_good(known_key):
        return DemoData(known_key, password)
    _, agent_key = issue_agent_key(persona=persona, by=by)
    return DemoData(agent_key, password)


def _is_good(key: str) -> bool:
    try:
        agent = authenticate_agent(key)
    except CareError:
        return False
    return (agent.pid, agent.identity) == (CUSTOMER, AGENT)


def _new_password() -> str:
    """Four groups of five letters and digits that are hard to misread: 99 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
