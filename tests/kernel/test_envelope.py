"""One shape of error for every way to go wrong on `/api/`, and the plain health pages."""

from typing import Any

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from kernel.errors import CATALOGUE
from tests.cast import Cast

pytestmark = pytest.mark.django_db

SECRET = "the text of an exception"


def check(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The envelope, complete, with a code of the catalogue."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert {"code", "message", "next_steps", "correlation_id"} <= set(error)
    assert set(error) <= {"code", "message", "next_steps", "correlation_id", "fields", "details"}
    assert error["code"] == code
    assert code in CATALOGUE
    assert error["message"]
    assert error["correlation_id"] == answer["X-Correlation-ID"]
    assert all({"label", "action"} <= set(step) for step in error["next_steps"])
    assert error["next_steps"]
    return dict(error)


@pytest.fixture
def anybody() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    "path",
    [
        "nowhere",
        "v1/nowhere",
        "v1/signals/",
        "v1/signals/not-a-uuid",
        "v1/signals/%00",
        "v1//signals",
    ],
)
def test_404_outside_our_views(anybody: Client, path: str) -> None:
    check(anybody.get(f"/api/{path}"), 404, "not_found")
    check(anybody.post(f"/api/{path}", b"{", content_type="text/plain"), 404, "not_found")


def test_404_inside(cast: Cast) -> None:
    for path in ("incidents/%00", "incidents/a%00b/status", "incidents/" + "x" * 4000):
        check(cast.jade.get(path), 404, "not_found")
    for tier in ("0", "6", "9" * 5000):
        answer = cast.clara.put(f"incidents/inc-2026-01-01-001/triage/{tier}", {})
        check(answer, 404, "not_found")


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "PUT", "TRACE", "PROPFIND"])
def test_405_names_what_is_allowed(cast: Cast, method: str) -> None:
    answer = cast.jade.request(method, "signals", {})
    check(answer, 405, "method_not_allowed")
    assert {"GET", "POST"} <= {name.strip() for name in answer["Allow"].split(",")}


def test_405_outside_our_views(anybody: Client) -> None:
    answer = anybody.post("/api/schema/")
    check(answer, 405, "method_not_allowed")
    assert "GET" in answer["Allow"]


def test_406(cast: Cast, anybody: Client) -> None:
    check(cast.jade.get("roster", accept="text/html"), 406, "not_acceptable")
    answer = anybody.get("/api/schema/", headers={"accept": "image/png"})
    check(answer, 406, "not_acceptable")
    for taken in ("application/json", "*/*", "text/html, application/*;q=0.1"):
        assert cast.jade.get("roster", accept=taken).status_code == 200


def test_400_names_the_parameters(cast: Cast) -> None:
    for query, name in (
        ("format=xml", "format"),
        ("tenant=elsewhere", "tenant"),
        ("identity=%00", "identity"),
        ("identity=a&identity=b", "identity"),
    ):
        error = check(cast.jade.get(f"roster?{query}"), 400, "invalid_request")
        assert list(error["fields"]) == [name]


def test_400_for_a_thousand_parameters(cast: Cast) -> None:
    query = "&".join(f"a{number}=1" for number in range(1500))
    check(cast.jade.get(f"roster?{query}"), 400, "invalid_request")


def test_400_for_a_host_that_is_not_ours(anybody: Client) -> None:
    answer = anybody.get("/api/v1/roster", headers={"host": "elsewhere.example"})
    check(answer, 400, "invalid_request")


def test_500_shows_nothing_of_what_failed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("bridge.api.views.roster", broken)
    answer = cast.jade.get("roster")
    check(answer, 500, "internal_error")
    assert SECRET not in answer.content.decode()


def test_500_outside_the_views_shows_nothing_either(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("access.api.views.AgentView.finalize_response", broken)
    answer = cast.jade.get("roster")
    check(answer, 500, "internal_error")
    assert SECRET not in answer.content.decode()


def test_503_when_the_database_is_busy(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def locked(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("bridge.api.views.send_signal", locked)
    body = {"to_identity": "Sage", "signal_type": "Question", "payload": "x"}
    check(cast.jade.post("signals", body), 503, "database_busy")


def test_503_when_it_is_busy_before_the_key_was_read(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def locked(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("access.api.authentication.authenticate_agent", locked)
    check(cast.jade.get("roster"), 503, "database_busy")


def test_head_is_guarded_as_get_is(cast: Cast) -> None:
    for path in ("phone-home/records", "phone-home/records?status=approved"):
        assert cast.jade.request("HEAD", path).status_code == 403
        assert cast.clara.request("HEAD", path).status_code == 200
    assert cast.jade.request("HEAD", "signals?box=sent").status_code == 200


def test_healthz_needs_no_database(
    anybody: Client, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with django_assert_num_queries(0):
        answer = anybody.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_readyz_names_what_is_not_ready(anybody: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert anybody.get("/readyz").json() == {
        "status": "ready",
        "database": "ok",
        "migrations": "ok",
        "broker": "ok",
    }
    MigrationRecorder.Migration.objects.filter(app="bridge", name="0002_guards").delete()

    def gone(*args: Any, **kwargs: Any) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr("prism_care.health.app.connection_for_write", gone)
    answer = anybody.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "not ready"
    assert answer.json()["broker"] == "not reachable"
    assert "migrate" in answer.json()["migrations"]


def test_metrics_count_the_rows(cast: Cast, anybody: Client) -> None:
    cast.jade.report()
    answer = anybody.get("/metrics")
    assert answer.status_code == 200
    assert 'prism_care_intake{status="received"} 1.0' in answer.content.decode()
    assert 'prism_care_signals{status="sent"} 1.0' in answer.content.decode()
