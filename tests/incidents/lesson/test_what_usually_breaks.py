"""Seed 002 §10, one test for each failure mode: the state cannot arise, neither over HTTP nor
through a service nor in the database. And the invariants of §9."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from incidents.models import LINKING_IDS, ContainmentAction, Incident
from incidents.states import IncidentStatus
from kernel.errors import CareError
from tests.cast import Cast
from tests.incidents.cases import LINKS
from tests.incidents.lesson.cases import ACTION, SECTIONS, Case, code, missing, ok
from tests.phonehome.attacks import refused, sql

pytestmark = pytest.mark.django_db

TABLE = "incidents_incident"
OVER = ("contained", "resolved", "closed")


def force(case: Case, status: str, closure: str = "") -> None:
    """As somebody with a shell would."""
    statement = f"UPDATE {TABLE} SET status = %s, closure = %s WHERE id = %s"
    assert sql(statement, status, closure, case.row.pk) == 1


def add(case: Case, **change: Any) -> Any:
    return case.clara.post(f"{case.path}/postmortem/corrective-actions", {**ACTION, **change})


class TestSection10:
    def test_the_incident_ticket_does_not_know_about_trace_and_session(self, cast: Cast) -> None:
        """What the report's payload says is kept when the case is opened; without it the case is
        not contained before somebody says the ids, or why nobody knows them."""
        payload = {"text": "It writes twice.", "trace_id": "tr-1", "session_id": "se-1"}
        known = Case(cast, payload)
        assert (known.row.trace_id, known.row.session_id) == ("tr-1", "se-1")
        assert known.events()[:3].count("reported") == 1

        case = Case(cast, "Another thing fails.").triage().stop()
        assert {"trace_id", "session_id"} <= set(missing(case.move("contained")))
        blank = {"trace_id": {"unknown": " "}, "session_id": {"unknown": ""}}
        assert code(case.clara.request("PATCH", case.path, blank)) == "invalid_request"
        for status in OVER:
            with refused():
                force(case, status, "waiver")
        assert case.row.status == "triaged"

    def test_the_side_effect_is_visible_but_the_principal_is_unclear(self, case: Case) -> None:
        case.triage().stop()
        others = {name: value for name, value in LINKS.items() if name != "tool_principal"}
        ok(case.clara.request("PATCH", case.path, others))
        assert missing(case.move("contained")) == ["tool_principal"]
        with refused():
            force(case, "contained")
        said = {"tool_principal": {"unknown": "The gateway kept no log before 9:14."}}
        ok(case.clara.request("PATCH", case.path, said))
        case.moved("contained")
        # Nor does it become unclear afterwards.
        for gone in ({"tool_principal": None}, {"trace_id": None}):
            answer = case.clara.request("PATCH", case.path, gone)
            assert code(answer) == "incident_links_missing"
        with refused():
            sql(f"UPDATE {TABLE} SET trace_id = '' WHERE id = %s", case.row.pk)

    def test_change_linkage_is_reconstructed_from_memory(self, case: Case) -> None:
        """Every link says who wrote it down and when, in a row that nobody can rewrite."""
        ok(case.clara.request("PATCH", case.path, {"change_id": "chg-1", "bundle_id": "b-1"}))
        ok(case.clara.request("PATCH", case.path, {"change_id": "chg-2"}))
        rows = list(case.row.timeline.filter(event="linked"))
        assert [row.detail["after"].get("change_id") for row in rows] == ["chg-1", "chg-2"]
        assert {row.actor for row in rows} == {"Clara@PID-PGR01"}
        with pytest.raises(DatabaseError), transaction.atomic():
            case.row.timeline.filter(event="linked").update(detail={})
        assert missing(case.triage().stop().move("contained"))[-1] == "idempotency_key"
        for name in ("bundle_id", "change_id", "rollout_wave"):
            others = {one: "x" for one in LINKING_IDS if one != name}
            Incident.objects.filter(pk=case.row.pk).update(**others, **{name: ""})
            assert missing(case.move("contained")) == [name]

    def test_the_postmortem_is_not_linked_to_a_corrective_artifact(self, case: Case) -> None:
        case.contained().moved("resolved")
        ok(case.clara.put(f"{case.path}/postmortem", SECTIONS))  # a text is not enough
        assert missing(case.move("closed")) == ["corrective_action"]
        with refused():
            force(case, "closed")
        action = ok(add(case), 201)
        case.moved("closed")
        path = f"{case.path}/postmortem/corrective-actions/{action['action_id']}"
        undo = case.clara.request("PATCH", path, {"state": "dropped", "note": "x"})
        assert code(undo) == "incident_lesson_needed"
        with refused():
            sql(f"UPDATE {TABLE} SET closure = '' WHERE id = %s", case.row.pk)

    def test_incidents_never_enter_eval_datasets_or_rollout_criteria(self, case: Case) -> None:
        """A closed case has an eval case whose digest its timeline holds, and until somebody has
        taken it in the checklist says no."""
        case.contained()
        ok(add(case), 201)
        case.moved("resolved", "closed")
        detail = case.row.timeline.get(event="closed").detail
        exported = ok(case.clara.get(f"{case.path}/eval-case"))
        assert detail["eval_case"] == exported["eval_id"]
        assert detail["eval_case_sha256"]
        sixth = ok(case.clara.get(f"{case.path}/checklist"))["questions"][5]
        assert sixth["answer"] == "no"
        assert [one["name"] for one in sixth["missing"]] == ["eval_dataset_update"]
        ok(add(case, kind="eval_dataset_update", ref=exported["eval_id"]), 201)
        assert ok(case.clara.get(f"{case.path}/checklist"))["questions"][5]["answer"] == "yes"

    def test_a_retired_path_remains_alive_after_a_supposedly_closed_incident(
        self, case: Case
    ) -> None:
        case.contained()
        plan = ok(add(case, kind="retirement_plan", ref="retire-ticket-write-v1"), 201)
        path = f"{case.path}/postmortem/corrective-actions/{plan['action_id']}"
        ok(case.clara.request("PATCH", path, {"state": "done"}))
        case.moved("resolved", "closed")
        Case(case.cast, "ticket_write_v1 answers again")
        assert case.row.status == "triaging"
        again = ok(case.clara.get(f"{case.path}/postmortem"))
        assert (again["status"], again["corrective_actions"][0]["state"]) == ("open", "open")


class TestSection9:
    def test_each_incident_has_a_stable_id(self, case: Case) -> None:
        before = case.incident_id
        case.contained().moved("resolved")
        assert case.row.incident_id == before
        refused_field = case.clara.request("PATCH", case.path, {"incident_id": "inc-1"})
        assert code(refused_field) == "invalid_request"
        other = Case(case.cast, "Another thing fails.")
        with refused():
            sql(f"UPDATE {TABLE} SET incident_id = %s WHERE id = %s", before, other.row.pk)

    @pytest.mark.parametrize("status", OVER)
    @pytest.mark.parametrize("name", LINKING_IDS)
    def test_no_link_is_left_out_in_the_database(self, case: Case, status: str, name: str) -> None:
        links = {**LINKS, name: ""}
        Incident.objects.filter(pk=case.row.pk).update(**links)
        with refused():
            force(case, status, "postmortem")
        Incident.objects.filter(pk=case.row.pk).update(unknown={name: "Nobody kept it."})
        force(case, status, "postmortem")
        assert case.row.status == status

    def test_closed_has_a_lesson_in_the_database(self, case: Case) -> None:
        Incident.objects.filter(pk=case.row.pk).update(**LINKS, status="resolved")
        with refused():
            force(case, "closed")
        with pytest.raises(IntegrityError), transaction.atomic():
            Incident.objects.filter(pk=case.row.pk).update(status=IncidentStatus.CLOSED)
        force(case, "closed", "waiver")

    def test_containment_actions_are_recorded_explicitly(self, case: Case) -> None:
        case.triage().link()
        assert missing(case.move("contained")) == ["containment_action"]
        body = {"action": "force_mandatory_approval"}
        ok(case.clara.post(f"{case.path}/containment-actions", body), 201)
        case.moved("contained")
        row = ContainmentAction.objects.get()
        assert (row.action, row.actor) == ("force_mandatory_approval", "Clara@PID-PGR01")
        for change in (
            lambda: ContainmentAction.objects.update(action="another"),
            lambda: ContainmentAction.objects.all()._raw_delete("default"),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()

    def test_the_postmortem_leads_to_lifecycle_updates(self, case: Case) -> None:
        case.contained()
        ok(add(case, kind="bundle", ref="bundle-2026-04-09-b", owner="platform-safety"), 201)
        ok(add(case, kind="retirement_plan", ref="retire-ticket-write-v1"), 201)
        link = ok(case.clara.get(f"{case.path}/postmortem-link"))
        assert link["corrective_actions"] == [
            {"bundle_id": "bundle-2026-04-09-b"},
            {"retirement_plan": "retire-ticket-write-v1"},
        ]
        assert link["owners"] == ["platform-safety", "platform-runtime"]
        assert link["status"] == "open"

    def test_a_service_is_no_way_around(self, case: Case) -> None:
        from incidents.services.move_incident import move_incident
        from tests.cast import BY

        for by in (BY, case.cast.operator):
            for to in OVER:
                with pytest.raises(CareError) as error:
                    move_incident(
                        incident_id=case.incident_id,
                        tenant_id=case.row.tenant_id,
                        to=to,
                        reason="because I may",
                        by=by,
                    )
                assert error.value.code == "incident_transition_refused"
        with pytest.raises(AttributeError):
            case.row.status = "closed"
