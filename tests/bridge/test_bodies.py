"""What a body may say: nothing of who one is, and nothing that cannot be stored as it was."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.models import Signal
from kernel.canonical import digest_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db

BODY: dict[str, Any] = {"to_identity": "Sage", "signal_type": "Question", "payload": "text"}
FORGERIES = {
    "from": {"pid": "PID-PGR01", "identity": "Clara"},
    "from_identity": "Clara",
    "from_pid": "PID-PGR01",
    "tenant": "elsewhere",
    "tenant_id": "01890000-0000-7000-8000-000000000000",
    "persona_class": "bridge",
    "approved_by": "frank",
    "route": "same_project",
    "audit_id": None,
    "thread_id": "01890000-0000-7000-8000-000000000000",
    "signal_id": "01890000-0000-7000-8000-000000000000",
    "status": "answered",
    "intake_id": None,
    "created_at": "2020-01-01T00:00:00Z",
    "to_identity ": "Sage",
    "": "x",
    "__proto__": {},
}


@pytest.mark.parametrize("name", FORGERIES)
def test_an_unknown_field_is_refused_by_name(cast: Cast, name: str) -> None:
    answer = cast.jade.post("signals", {**BODY, name: FORGERIES[name]})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "invalid_request"
    assert list(error["fields"]) == [name]
    assert not Signal.objects.exists()


def test_on_every_endpoint_that_takes_a_body(cast: Cast) -> None:
    uid = "01890000-0000-7000-8000-000000000000"
    calls = [
        (cast.jade, "POST", "signals"),
        (cast.jade, "POST", "signals/batch"),
        (cast.jade, "POST", "redaction/scan"),
        (cast.sage, "POST", f"intake/{uid}/classification"),
        *((cast.clara, "PUT", f"incidents/inc-2026-01-01-001/triage/{t}") for t in range(1, 6)),
        (cast.clara, "POST", "phone-home/records"),
        (cast.clara, "PUT", f"phone-home/records/{uid}"),
        (cast.clara, "POST", f"phone-home/records/{uid}/withdraw"),
        (cast.clara, "POST", "phone-home"),
    ]
    for agent, method, path in calls:
        for name in ("from", "tenant", "persona_class", "approved_by"):
            answer = agent.request(method, path, {name: "x"}, **{"if-match": '"x"'})
            assert answer.status_code == 400, (path, answer.content)
            assert name in answer.json()["error"]["fields"]


def test_no_approval_comes_in_by_a_body(cast: Cast, settings: Any) -> None:
    """`approved_by` is known within `operator_review` only, where it is compared."""
    from tests.flow.test_agents_mode import staged

    record = staged(cast, settings)
    review = {"approved": True, "approved_by": "frank", "review_surface": "dashboard"}
    for extra in ({"operator_review": review}, {"status": "approved"}, {"approved": True}):
        body = {"title": "t", "body_markdown": "b", "redaction_report": {"status": "passed"}}
        path = f"phone-home/records/{record['record_id']}"
        match = {"if-match": f'"{record["packet_sha256"]}"'}
        assert cast.clara.put(path, {**body, **extra}, **match).status_code == 400
    assert cast.clara.get(path).json() == record


@pytest.mark.parametrize(
    "change",
    [
        {"signal_type": "question"},
        {"signal_type": 1},
        {"signal_type": ["Question"]},
        {"signal_type": None},
        {"payload": ""},
        {"payload": "   "},
        {"payload": {}},
        {"payload": []},
        {"payload": ["x"]},
        {"payload": 5},
        {"payload": None},
        {"payload": False},
        {"category": 5},
        {"category": "x" * 81},
        {"category": None},
        {"to_identity": 5},
        {"to_identity": True},
        {"to_identity": {"name": "Sage"}},
        {"to_identity": "x" * 81},
        {"to_identity": "   "},
        {"to_pid": 5},
        {"to_pid": ""},
        {"to_pid": "x" * 65},
    ],
    ids=str,
)
def test_a_value_of_another_form_is_refused_by_name(cast: Cast, change: dict[str, Any]) -> None:
    answer = cast.jade.post("signals", {**BODY, **change})
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["error"]["fields"]) == list(change)
    assert not Signal.objects.exists()


def test_a_missing_field_is_named(cast: Cast) -> None:
    for name in ("signal_type", "payload", "to_identity"):
        body = {key: value for key, value in BODY.items() if key != name}
        answer = cast.jade.post("signals", body)
        assert answer.status_code == 400
        assert list(answer.json()["error"]["fields"]) == [name]


_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-(2**53) + 1, 2**53 - 1)
    | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=8,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(payload=st.dictionaries(_text, _values, min_size=1, max_size=3))
def test_a_payload_keeps_its_digest_in_the_database(cast: Cast, payload: dict[str, Any]) -> None:
    """What the database hands back has the digest of what was sent, on both databases."""
    answer = cast.jade.post("signals", {**BODY, "payload": payload})
    assert answer.status_code == 201, answer.content
    signal = Signal.objects.get(pk=answer.json()["signal_id"])
    assert digest_of(signal.payload) == signal.payload_sha256 == digest_of(payload)


class TestBatch:
    def post(self, cast: Cast, *signals: Any) -> Any:
        return cast.jade.post("signals/batch", {"signals": list(signals)})

    def test_all_of_them(self, cast: Cast) -> None:
        answer = self.post(cast, *({**BODY, "payload": f"report {n}"} for n in range(100)))
        assert answer.status_code == 201
        payloads = [one["payload"] for one in answer.json()["results"]]
        assert payloads == [f"report {n}" for n in range(100)]
        inbox = [one for one in cast.sage.inbox(limit="200") if one["category"] != "storm"]
        assert [one["payload"] for one in inbox] == payloads

    def test_each_one_fails_alone(self, cast: Cast) -> None:
        answer = self.post(
            cast,
            BODY,
            {**BODY, "to_identity": "Nobody"},
            {**BODY, "from": "Clara"},
            {**BODY, "payload": ""},
            {**BODY, "to_identity": "*"},
            {},
            BODY,
        )
        assert answer.status_code == 207
        results = answer.json()["results"]
        assert [one.get("error", {}).get("code") for one in results] == [
            None,
            "bridge_target_not_found",
            "invalid_request",
            "invalid_request",
            "bridge_broadcast_refused",
            "invalid_request",
            None,
        ]
        assert results[2]["error"]["fields"] == {"from": ["This field is not known here."]}
        assert Signal.objects.count() == 2

    @pytest.mark.parametrize("entry", [5, "x", [BODY]], ids=repr)
    def test_an_entry_that_is_no_object_fails_alone(self, cast: Cast, entry: Any) -> None:
        answer = cast.jade.post("signals/batch", {"signals": [entry, BODY]})
        assert answer.status_code == 207
        refused, sent = answer.json()["results"]
        assert refused["error"]["code"] == "invalid_request"
        assert sent["status"] == "sent"

    @pytest.mark.parametrize(
        "signals", [[], [BODY] * 101, None, {}, "x", [None]], ids=lambda one: repr(one)[:20]
    )
    def test_a_list_of_another_form(self, cast: Cast, signals: Any) -> None:
        answer = cast.jade.post("signals/batch", {"signals": signals})
        assert answer.status_code == 400
        assert list(answer.json()["error"]["fields"]) == ["signals"]
        assert not Signal.objects.exists()
