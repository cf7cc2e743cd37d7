"""The seed's two examples (seed 002 §3, §4), word for word, and variations of them."""

from typing import Any

from django.apps import apps
from hypothesis import strategies as st

from incidents.documents.emit import as_json, as_yaml
from incidents.documents.read import read_documents
from incidents.documents.shape import KIND_OF_ARTIFACT, SEV
from incidents.states import IncidentStatus

SEED_RECORD = """\
kind: incident_record
incident_id: inc-2026-04-09-001
title: "Unauthorized ticket_write path during onboarding run"
severity: sev2
status: contained
category: unauthorized_side_effect
detected_at: 2026-04-09T09:14:00Z
detected_by: automated_detection
agent_id: support-triage-ref
trace_id: trace-2026-04-09-001
session_id: session-2026-04-09-001
bundle_id: bundle-2026-04-07-a
change_id: chg-2026-04-07-001
rollout_wave: canary
tool_principal: svc-ticket-writer
approval_id: apr-2026-04-09-001
idempotency_key: ticket-req-2026-04-09-001
affected_surfaces:
  - approval_path
  - tool_gateway
  - rollout_gate
containment_actions:
  - force_mandatory_approval
  - disable_ticket_write_v1
owner: platform-operations
"""
SEED_LINK = """\
kind: incident_postmortem_link
incident_id: inc-2026-04-09-001
postmortem_id: pm-2026-04-09-001
corrective_actions:
  - change_id: chg-2026-04-09-003
  - bundle_id: bundle-2026-04-09-b
  - eval_dataset_update: eval-set-2026-04-09
  - retirement_plan: retire-ticket-write-v1
owners:
  - platform-safety
  - platform-runtime
status: open
"""
FORMS = {"yaml": as_yaml, "json": as_json}


def parsed(text: str) -> dict[str, Any]:
    documents, problems = read_documents(text.encode())
    assert problems == []
    return dict(documents[0].value)


def record(**changes: Any) -> dict[str, Any]:
    return {**parsed(SEED_RECORD), **changes}


def link(**changes: Any) -> dict[str, Any]:
    return {**parsed(SEED_LINK), **changes}


def rows_of_incidents() -> dict[str, int]:
    """How many rows each table of the app has."""
    models = apps.get_app_config("incidents").get_models()
    return {model._meta.label: model._default_manager.count() for model in models}


_ids = st.from_regex(r"[!-~]{1,200}", fullmatch=True)
_texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=80
).filter(lambda text: text.strip() != "")
_names = st.from_regex(r"[^\W_][\w.'@-]{0,40}( [\w.'@-]{1,20})?", fullmatch=True)
_slugs = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,40}", fullmatch=True)


def _fact(known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(known, st.none(), st.fixed_dictionaries({"unknown": _texts}))


def records(categories: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Any document of the form of an incident_record, as it would be exported."""
    return st.fixed_dictionaries(
        {
            "kind": st.just("incident_record"),
            "incident_id": st.dates().flatmap(
                lambda day: st.integers(1, 999_999).map(lambda n: f"inc-{day}-{n:03d}")
            ),
            "title": st.text(
                st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
                min_size=1,
                max_size=200,
            ).filter(lambda text: text.strip() != ""),
            "severity": st.sampled_from([*SEV.values(), None]),
            "status": st.sampled_from(IncidentStatus.values),
            "category": _fact(st.sampled_from(categories)),
            "detected_at": st.datetimes().map(lambda one: f"{one.isoformat()}Z"),
            "detected_by": _fact(_names),
            "agent_id": _fact(_names),
            **{
                name: _fact(_ids)
                for name in (
                    "trace_id",
                    "session_id",
                    "bundle_id",
                    "change_id",
                    "rollout_wave",
                    "tool_principal",
                    "approval_id",
                    "idempotency_key",
                )
            },
            "affected_surfaces": st.one_of(
                st.lists(_slugs, max_size=5, unique=True),
                st.fixed_dictionaries({"unknown": _texts}),
            ),
            "containment_actions": st.lists(_slugs, max_size=5),
            "owner": _fact(_names),
        }
    )


def links() -> st.SearchStrategy[dict[str, Any]]:
    """Any document of the form of an incident_postmortem_link."""
    action = st.sampled_from(sorted(KIND_OF_ARTIFACT)).flatmap(
        lambda key: st.fixed_dictionaries({key: _ids})
    )
    return st.fixed_dictionaries(
        {
            "kind": st.just("incident_postmortem_link"),
            "incident_id": st.just("inc-2026-04-09-001"),
            "postmortem_id": st.just("pm-2026-04-09-001"),
            "corrective_actions": st.lists(
                action, max_size=5, unique_by=lambda one: tuple(one.items())
            ),
            "owners": st.lists(_names, max_size=4, unique=True),
            "status": st.sampled_from(["open", "closed"]),
        }
    )
