"""SPEC-115 §Failure Modes: every code by name, in the verb's own failure shape."""

from pathlib import Path
from typing import Any

import pytest

from phonehome.services import phone_home
from tests.cast import Cast
from tests.phonehome.packets import (
    approve,
    approved_packet,
    attempts_of,
    carry,
    revised,
    staged_packet,
)
from tests.phonehome.scripted_transport import ScriptedTransport
from tests.phonehome.verb import RETURN_FIELDS, call_of, filed_packet
from tests.standins.github import GitHubStandIn
from tests.standins.programs import require_program

pytestmark = pytest.mark.django_db
SENSITIVE = "Mail from somebody@corp-name.com was lost."


@pytest.fixture(autouse=True)
def _do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone_home, "WAIT_SECONDS", 0.0)


def assert_fails(cast: Cast, call: dict[str, Any], code: str, http: int) -> dict[str, Any]:
    """The verb fails with `code`, twice alike, and nothing was filed for it."""
    answers = [cast.clara.post("phone-home", call) for _ in range(2)]
    bodies = [answer.json() for answer in answers]
    assert [answer.status_code for answer in answers] == [http, http], bodies
    body: dict[str, Any] = bodies[0]
    assert [one["error"]["code"] for one in bodies] == [code, code]
    assert body["status"] == "failed"
    assert set(body) >= RETURN_FIELDS
    assert body["error"]["message"]
    assert body["error"]["next_steps"]
    return body


def test_phone_home_scope_rejected(cast: Cast, outbox: Path) -> None:
    record = approved_packet(cast)
    call = call_of(record, scope="customer-internal")

    assert_fails(cast, call, "phone_home_scope_rejected", 422)
    assert_fails(cast, {**call, "dry_run": True}, "phone_home_scope_rejected", 422)


@pytest.mark.parametrize(
    "report",
    [None, {"status": "pending"}, {"status": "failed"}, {"status": "passed", "body_sha256": "x"}],
)
def test_phone_home_redaction_required(cast: Cast, outbox: Path, report: Any) -> None:
    record = approved_packet(cast)

    assert_fails(
        cast, call_of(record, redaction_report=report), "phone_home_redaction_required", 422
    )


REVIEWS = {
    "missing": None,
    "not approved": {"approved": False, "approved_by": "frank"},
    "by nobody": {"approved": True},
    "by somebody else": {"approved": True, "approved_by": "eve"},
    "on another surface": {"approved": True, "approved_by": "frank", "review_surface": "cli"},
    "at another time": {
        "approved": True,
        "approved_by": "frank",
        "approved_at": "2020-01-01T00:00:00Z",
    },
}


@pytest.mark.parametrize("review", REVIEWS)
def test_phone_home_operator_review_required(cast: Cast, outbox: Path, review: str) -> None:
    record = approved_packet(cast)

    call = call_of(record, operator_review=REVIEWS[review])

    assert_fails(cast, call, "phone_home_operator_review_required", 409)


@pytest.mark.parametrize("field", ["title", "body_markdown", "severity", "scope", "labels"])
def test_phone_home_operator_review_required_for_other_content(
    cast: Cast, outbox: Path, field: str
) -> None:
    record = approved_packet(cast)
    value = {"severity": "P0", "scope": "mixed", "labels": ["docs"]}.get(field, "Something else")
    call = call_of(record, redaction_report={"status": "passed"}, **{field: value})

    body = assert_fails(cast, call, "phone_home_operator_review_required", 409)

    assert field in body["error"]["message"]


def test_phone_home_operator_review_required_after_an_edit(cast: Cast, outbox: Path) -> None:
    record = approved_packet(cast)
    call = call_of(record)
    revised(record, title="A better title")

    assert_fails(cast, call, "phone_home_operator_review_required", 409)


def test_phone_home_sensitive_retention_unapproved(cast: Cast, outbox: Path) -> None:
    """The report keeps a field that the operator did not tick."""
    record = staged_packet(cast, body=SENSITIVE)
    assert record.current.retained_sensitive_fields
    record = approve(record, cast)
    report = {"status": "passed", "retained_sensitive_fields": ["hostname.of.a.customer"]}

    assert_fails(
        cast,
        call_of(record, redaction_report=report),
        "phone_home_sensitive_retention_unapproved",
        409,
    )


def test_acknowledged_retention_is_filed(cast: Cast, outbox: Path) -> None:
    record = approve(staged_packet(cast, body=SENSITIVE), cast)
    carry(record)
    kept = record.current.retained_sensitive_fields
    report = {"status": "passed", "retained_sensitive_fields": kept}

    answer = cast.clara.post("phone-home", call_of(record, redaction_report=report))

    assert answer.status_code == 201
    assert "ack-retained-sensitive" in record.reviews.get().notes


def test_phone_home_duplicate(cast: Cast, outbox: Path) -> None:
    """A success here: `duplicate` with the first issue's address, `error` null."""
    record = filed_packet(cast)
    first = cast.clara.post("phone-home", call_of(record)).json()

    answer = cast.clara.post("phone-home", call_of(record))

    assert (answer.status_code, answer.json()["status"]) == (200, "duplicate")
    assert answer.json()["issue_url"] == first["issue_url"]
    assert answer.json()["error"] is None


def test_phone_home_issue_create_failed(cast: Cast, scripted: ScriptedTransport) -> None:
    from phonehome.transports.base import ISSUE_CREATE_FAILED, Retry, TransportError

    record = approved_packet(cast)
    refusal = TransportError(ISSUE_CREATE_FAILED, "GitHub refused the request.", Retry.NEEDS_FIX)
    scripted.fail_next("create", refusal)
    carry(record)

    assert_fails(cast, call_of(record), "phone_home_issue_create_failed", 502)
    assert scripted.issues() == []


@pytest.fixture
def through_gh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    require_program("gh")
    settings.GITHUB_TRANSPORT = "gh"
    with GitHubStandIn(tmp_path / "hub") as hub:
        for name, value in hub.gh_environment().items():
            monkeypatch.setenv(name, value)
        yield hub


@pytest.mark.parametrize(
    ("trouble", "code", "http"),
    [
        ("repo_missing", "phone_home_repo_access_denied", 502),
        ("403", "phone_home_repo_access_denied", 502),
        ("401", "phone_home_auth_required", 503),
        ("logged out", "phone_home_auth_required", 503),
        ("no gh", "phone_home_transport_unavailable", 503),
    ],
)
def test_failures_of_the_preflight(
    cast: Cast,
    through_gh: GitHubStandIn,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    trouble: str,
    code: str,
    http: int,
) -> None:
    record = approved_packet(cast)
    if trouble == "logged out":
        monkeypatch.delenv("GH_TOKEN")
        monkeypatch.setenv("GH_CONFIG_DIR", str(tmp_path / "empty"))
    elif trouble == "no gh":
        monkeypatch.setenv("PATH", str(tmp_path))
    else:
        through_gh.inject(trouble)

    carry(record)

    assert_fails(cast, call_of(record), code, http)
    assert attempts_of(record) == ["failed"]
    assert through_gh.issues() == []


def test_success_through_gh(cast: Cast, through_gh: GitHubStandIn) -> None:
    record = filed_packet(cast)

    answer = cast.clara.post("phone-home", call_of(record)).json()

    (issue,) = through_gh.issues()
    assert answer["transport"] == "gh_cli"
    assert (answer["issue_url"], answer["issue_number"]) == (issue["html_url"], 1)
