"""The verb takes back what a record shows, and an Idempotency-Key as every creating call."""

from typing import Any

import pytest

from tests.cast import Cast
from tests.phonehome.packets import approved_packet, carry

pytestmark = pytest.mark.django_db


def call_for(cast: Cast) -> dict[str, Any]:
    record = approved_packet(cast)
    carry(record)
    seen = cast.clara.get(f"phone-home/records/{record.pk}").json()
    return {
        "pid": seen["pid"],
        "incident_id": seen["incident_id"],
        "severity": seen["severity"],
        "scope": seen["scope"],
        "kind": seen["kind"],
        "title": seen["title"],
        "body_markdown": seen["body_markdown"],
        "redaction_report": seen["redaction_report"],
        "operator_review": seen["operator_review"],
    }


def test_the_records_own_review_is_taken_back(cast: Cast, outbox: Any) -> None:
    answer = cast.clara.post("phone-home", call_for(cast))
    assert answer.status_code == 201, answer.content
    assert answer.json()["status"] == "created"


@pytest.mark.parametrize("change", [{"packet_sha256": "0" * 64}, {"revision": 2}])
def test_a_review_of_something_else_is_refused(
    cast: Cast, outbox: Any, change: dict[str, Any]
) -> None:
    call = call_for(cast)
    call["operator_review"] |= change
    answer = cast.clara.post("phone-home", call)
    assert answer.json()["error"]["code"] == "phone_home_operator_review_required"


def test_a_key_replays_the_first_answer_and_takes_no_other_body(cast: Cast, outbox: Any) -> None:
    call = call_for(cast)
    first = cast.clara.post("phone-home", call, idempotency_key="k-1")
    again = cast.clara.post("phone-home", call, idempotency_key="k-1")
    other = cast.clara.post("phone-home", call | {"dry_run": True}, idempotency_key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert other.json()["error"]["code"] == "idempotency_key_reused"
