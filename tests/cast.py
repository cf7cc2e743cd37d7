"""A small cast with roles, made by the product's own services."""

import json
import secrets
from dataclasses import dataclass
from importlib import import_module
from string import ascii_lowercase
from typing import Any

from django.apps import apps
from django.test import Client

from access.models import Persona, Project, User
from access.services.create_operator import create_operator
from access.services.issue_agent_key import issue_agent_key
from access.services.register_persona import register_persona
from access.services.register_project import register_project
from access.services.seed_care import seed_care
from kernel.principals import SystemPrincipal

BY = SystemPrincipal("tests")
PASSWORD = "a long pass phrase of the tests"


@dataclass
class Agent:
    """An agent with a key, speaking HTTP."""

    persona: Persona
    token: str

    @property
    def pid(self) -> str:
        return self.persona.project.pid

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        names = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        names.setdefault("HTTP_AUTHORIZATION", f"Bearer {self.token}")
        return Client(raise_request_exception=False).generic(
            method,
            f"/api/v1/{path}",
            data=body if isinstance(body, bytes) else json_bytes(body),
            content_type="application/json",
            **names,
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.request("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.request("POST", path, {} if body is None else body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.request("PUT", path, body, **headers)

    def report(self, payload: Any = None, **more: Any) -> Any:
        """Ask Sage, about another fault each time unless told what; the signal as answered."""
        body = {
            "to_identity": "Sage",
            "signal_type": "Question",
            "payload": a_fault() if payload is None else payload,
            **more,
        }
        response = self.post("signals", body)
        assert response.status_code == 201, response.content
        return response.json()

    def inbox(self, **query: str) -> list[dict[str, Any]]:
        text = "&".join(f"{name}={value}" for name, value in query.items())
        response = self.get(f"signals?{text}")
        assert response.status_code == 200, response.content
        return list(response.json()["results"])


@dataclass
class Cast:
    """One tenant: the desk, a customer project with Jade, another with Onyx, an operator."""

    home: Project
    sage: Agent
    clara: Agent
    jade: Agent
    onyx: Agent
    operator: User


def a_fault() -> str:
    """Another fault of the product each time: a repeated one joins the case that is open."""
    word = "".join(secrets.choice(ascii_lowercase) for _ in range(9))
    return f"prism_signal crashes: KeyError in the {word} handler"


def json_bytes(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


def agent(project: Project, identity: str, **options: Any) -> Agent:
    persona, _ = register_persona(project=project, identity=identity, by=BY)
    _, token = issue_agent_key(persona=persona, by=BY, **options)
    return Agent(persona, token)


def refill_first_rows() -> None:
    """What a migration filled: a transactional test before may have emptied its tables."""
    if not apps.get_model("incidents", "Category").objects.exists():
        import_module("incidents.migrations.0004_guards_and_first_rows").fill(apps, None)


def make_cast(tenant: str = "default", operator: str = "frank") -> Cast:
    refill_first_rows()
    desk = seed_care(home_pid="PID-PGR01", tenant_slug=tenant, by=BY)
    crawl, _ = register_project(pid="PID-DPA01", tenant_slug=tenant, by=BY)
    other, _ = register_project(pid="PID-XYZ02", tenant_slug=tenant, by=BY)
    user, _ = create_operator(name=operator, password=PASSWORD, by=BY)
    return Cast(
        home=desk.home,
        sage=agent(desk.home, "Sage"),
        clara=agent(desk.home, "Clara"),
        jade=agent(crawl, "Jade"),
        onyx=agent(other, "Onyx"),
        operator=user,
    )
