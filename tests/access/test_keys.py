"""Agent keys: every way not to be let in looks the same; the key alone says who one is."""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from access.models import AgentKey
from access.services.issue_agent_key import issue_agent_key
from access.services.revoke_agent_key import revoke_agent_key
from access.states import PersonaStatus, Scope
from kernel import clock
from kernel.errors import CareError
from tests.cast import BY, Agent, Cast

pytestmark = pytest.mark.django_db


def refusal(answer: Any) -> dict[str, Any]:
    """The body without what differs from one request to the next."""
    assert answer.status_code == 401, answer.content
    error = answer.json()["error"]
    error.pop("correlation_id")
    return dict(error)


def key_of(agent: Agent) -> AgentKey:
    return AgentKey.objects.get(persona=agent.persona)


def test_a_key_is_stored_hashed(cast: Cast) -> None:
    _, key_id, secret = cast.jade.token.split("_")
    row = key_of(cast.jade)
    assert row.key_id == key_id
    assert row.secret_sha256 == hashlib.sha256(secret.encode()).hexdigest()
    stored = str([getattr(row, field.attname) for field in row._meta.fields])
    assert secret not in stored
    assert re.fullmatch(r"prc_[a-z0-9]{12}_[0-9a-f]{64}", cast.jade.token)


@pytest.fixture
def unusable(cast: Cast) -> dict[str, str]:
    """One token for each reason not to let it in."""
    unknown_id = f"prc_{'a' * 12}_{secrets.token_hex(32)}"
    tokens = {"unknown": unknown_id, "wrong secret": cast.jade.token[:-64] + secrets.token_hex(32)}
    for reason in ("revoked", "expired", "persona revoked"):
        persona = cast.jade.persona if reason != "persona revoked" else cast.onyx.persona
        key, token = issue_agent_key(persona=persona, by=BY)
        if reason == "revoked":
            revoke_agent_key(key_id=key.key_id, by=BY, reason="lost")
        elif reason == "expired":
            AgentKey.objects.filter(pk=key.pk).update(expires_at=clock.now())
        tokens[reason] = token
    cast.onyx.persona.status = PersonaStatus.REVOKED
    cast.onyx.persona.save()
    return tokens


def test_every_unusable_key_gets_the_same_answer(cast: Cast, unusable: dict[str, str]) -> None:
    answers = [
        refusal(cast.jade.get("roster", authorization=f"Bearer {token}"))
        for token in unusable.values()
    ]
    assert answers[0]["code"] == "key_invalid"
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer prc_",
        "Bearer prc_short_secret",
        "Bearer prc_AAAAAAAAAAAA_" + "0" * 64,
        "Bearer " + "x" * 8000,
        "Bearer é",
        "Bearer prc_a' OR 1=1 --_",
        "Basic amFkZTpzZWNyZXQ=",
        "Token {token}",
        "{token}",
        "Bearer {token}0",
        "Bearer {token} {token}",
        "Bearer {token}, Bearer {token}",
        "Bearer\t{token}",
    ],
)
def test_a_header_of_another_form(cast: Cast, header: str) -> None:
    answer = cast.jade.get("roster", authorization=header.format(token=cast.jade.token))
    assert refusal(answer)["code"] == "key_invalid"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_no_key_at_all(cast: Cast) -> None:
    answer = Client().get("/api/v1/roster")
    assert refusal(answer)["code"] == "authentication_required"
    assert refusal(cast.jade.get("roster", authorization=""))["code"] == "authentication_required"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_schemes_case_does_not_matter(cast: Cast, scheme: str) -> None:
    answer = cast.jade.get("roster", authorization=f"{scheme} {cast.jade.token}")
    assert answer.status_code == 200


def test_an_operators_session_opens_no_agent_endpoint(cast: Cast, client: Client) -> None:
    client.force_login(cast.operator)
    for path in ("roster", "signals", "intake", "incidents", "phone-home/records"):
        answer = client.get(f"/api/v1/{path}")
        assert refusal(answer)["code"] == "authentication_required"
        assert "Set-Cookie" not in answer


def test_an_agents_key_opens_no_page_of_the_operators(cast: Cast) -> None:
    for path in ("/console/review/", "/admin/"):
        answer = Client().get(path, headers={"authorization": f"Bearer {cast.clara.token}"})
        assert answer.status_code == 302
        assert "login" in answer["Location"]


def test_a_revoked_key_is_refused_from_the_next_request_on(cast: Cast) -> None:
    assert cast.jade.get("roster").status_code == 200
    revoke_agent_key(key_id=key_of(cast.jade).key_id, by=BY, reason="lost")
    assert refusal(cast.jade.get("roster"))["code"] == "key_invalid"
    revoke_agent_key(key_id=key_of(cast.jade).key_id, by=BY, reason="again")


def test_a_key_lives_until_it_expires(cast: Cast) -> None:
    AgentKey.objects.filter(persona=cast.jade.persona).update(
        expires_at=clock.now() + timedelta(seconds=60)
    )
    assert cast.jade.get("roster").status_code == 200


ENDPOINTS = {
    Scope.SIGNALS: [("GET", "signals"), ("POST", "signals"), ("GET", "roster"), ("HEAD", "roster")],
    Scope.INCIDENTS: [("GET", "intake"), ("GET", "incidents")],
    Scope.REDACTION: [("POST", "redaction/scan")],
    Scope.PHONE_HOME: [("GET", "phone-home/records"), ("POST", "phone-home")],
}


@pytest.mark.parametrize("missing", ENDPOINTS)
def test_a_key_without_the_scope(cast: Cast, missing: Scope) -> None:
    """Clara has every right; a key of hers has only the scopes it was issued with."""
    others = [scope for scope in Scope.values if scope != missing]
    _, token = issue_agent_key(persona=cast.clara.persona, by=BY, scopes=others)
    clara = Agent(cast.clara.persona, token)
    for scope, calls in ENDPOINTS.items():
        for method, path in calls:
            answer = clara.request(method, path, None if method in ("GET", "HEAD") else {})
            if scope == missing:
                assert answer.status_code == 403
                if method != "HEAD":
                    assert answer.json()["error"]["code"] == "key_scope_missing"
            else:
                assert answer.status_code in (200, 400)


@pytest.mark.parametrize("days", [0, -1, 3651, 99_999_999_999])
def test_a_life_that_is_none(cast: Cast, days: int) -> None:
    with pytest.raises(CareError) as caught:
        issue_agent_key(persona=cast.jade.persona, by=BY, days=days)
    assert list(caught.value.fields or {}) == ["days"]


def test_use_is_noted_but_not_with_every_request(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    cast.jade.get("roster")
    first = key_of(cast.jade).last_used_at
    assert first is not None
    with django_assert_num_queries(2):  # the key, the roster
        cast.jade.get("roster")
    assert key_of(cast.jade).last_used_at == first
