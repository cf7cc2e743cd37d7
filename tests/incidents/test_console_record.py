"""The operator's pages of the record, the taxonomy and the import."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access.models import User
from incidents.models import Category, ContainmentAction, Incident, TimelineEntry
from kernel.models import LedgerEntry
from tests.cast import Cast
from tests.incidents.cases import LINKS, contained_in_database, opened
from tests.incidents.documents import SEED_LINK, SEED_RECORD, rows_of_incidents

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def operator(cast: Cast) -> Client:
    return signed_in(cast.operator)


@pytest.fixture
def case(cast: Cast, settings: Any) -> Incident:
    return Incident.objects.get(incident_id=opened(cast, settings, {"text": "x", **LINKS}))


def upload(client: Client, text: str, **fields: str) -> Any:
    file = SimpleUploadedFile("incident.yaml", text.encode())
    return client.post(
        "/console/incidents/import/",
        {"file": file, "tenant": "default", "action": "import", **fields},
    )


class TestTheRecord:
    def test_it_shows_every_fact_as_it_is(self, operator: Client, case: Incident) -> None:
        Incident.objects.update(unknown={"bundle_id": "it predates bundles"}, bundle_id="")
        ContainmentAction.objects.create(
            tenant_id=case.tenant_id, incident=case, action="stop_it", actor="Clara@PID-PGR01"
        )
        page = operator.get(f"/console/incidents/{case.pk}/record/")
        text = page.content.decode()
        assert page.status_code == 200
        assert "trace-2026-04-09-001" in text
        assert "it predates bundles" in text
        assert "not known yet" in text
        assert "stop_it" in text
        assert "there is no postmortem yet" in text

    def test_a_fact_is_set_marked_unknown_and_cleared(
        self, operator: Client, case: Incident
    ) -> None:
        url = f"/console/incidents/{case.pk}/record/"
        for sent in (
            {"action": "set", "field": "owner", "value": "platform operations"},
            {"action": "set", "field": "affected_surfaces", "value": "a_path, a_gate"},
            {"action": "unknown", "field": "bundle_id", "reason": "it predates bundles"},
            {"action": "clear", "field": "trace_id"},
        ):
            assert operator.post(url, sent).status_code == 302
        incident = Incident.objects.get()
        assert incident.owner == "platform operations"
        assert incident.affected_surfaces == ["a_path", "a_gate"]
        assert incident.unknown == {"bundle_id": "it predates bundles"}
        assert incident.trace_id == ""
        assert set(TimelineEntry.objects.filter(event="linked").values_list("actor")) == {
            ("frank",)
        }

    def test_an_action_is_written_down(self, operator: Client, case: Incident) -> None:
        sent = {"action": "contain", "contain": "disable_ticket_write_v1", "detail": "everywhere"}
        operator.post(f"/console/incidents/{case.pk}/record/", sent)
        row = ContainmentAction.objects.get()
        assert (row.action, row.detail, row.actor) == (
            "disable_ticket_write_v1",
            "everywhere",
            "frank",
        )

    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            ({"action": "set", "field": "category", "value": "made_up"}, 400),
            ({"action": "set", "field": "trace_id", "value": "two words"}, 400),
            ({"action": "set", "field": "status", "value": "closed"}, 400),
            ({"action": "unknown", "field": "trace_id", "reason": ""}, 400),
            ({"action": "clear", "field": "trace_id"}, 409),
            ({"action": "contain", "contain": "two words"}, 400),
            ({"action": "approve"}, 400),
            ({}, 400),
        ],
    )
    def test_a_refusal_says_why_and_keeps_what_was_typed(
        self, operator: Client, case: Incident, sent: dict[str, str], status: int
    ) -> None:
        contained_in_database(case.incident_id)
        before = Incident.objects.values().get()
        page = operator.post(f"/console/incidents/{case.pk}/record/", sent)
        text = page.content.decode()
        assert page.status_code == status
        assert "Nothing was changed" in text
        for name in ("value", "contain"):
            assert sent.get(name, "") in text
        assert Incident.objects.values().get() == before

    def test_the_documents_are_downloaded(self, operator: Client, case: Incident) -> None:
        upload(operator, f"{SEED_RECORD}---\n{SEED_LINK}")
        imported = Incident.objects.get(origin="import")
        base = f"/console/incidents/{imported.pk}/record/"
        for name, text in (
            ("incident_record", SEED_RECORD),
            ("incident_postmortem_link", SEED_LINK),
        ):
            answer = operator.get(f"{base}{name}.yaml")
            assert answer.content.decode() == text
            assert "attachment" in answer["Content-Disposition"]
            assert operator.get(f"{base}{name}.json").json()["incident_id"] == "inc-2026-04-09-001"
        assert operator.get(f"{base}incident_record.csv").status_code == 404
        assert operator.get(f"{base}passwords.yaml").status_code == 404
        missing = f"/console/incidents/{case.pk}/record/incident_postmortem_link.yaml"
        assert operator.get(missing).status_code == 404


class TestTheTaxonomy:
    URL = "/console/incidents/categories/"

    def test_a_category_is_added_retired_and_used_again(self, operator: Client) -> None:
        sent = {"name": "billing", "meaning": "About money.", "tenant": "default"}
        assert operator.post(self.URL, {"action": "add", **sent}).status_code == 302
        operator.post(self.URL, {"action": "retire", **sent})
        assert Category.objects.get(name="billing").retired_at is not None
        assert "retired" in operator.get(self.URL).content.decode()
        operator.post(self.URL, {"action": "add", **sent})
        category = Category.objects.get(name="billing")
        assert (category.retired_at, category.created_by) == (None, "frank")
        facts = LedgerEntry.objects.filter(action__startswith="incidents.category.")
        assert [one.action.split(".")[-1] for one in facts] == ["added", "retired", "added"]

    @pytest.mark.parametrize(
        "sent",
        [
            {"action": "add", "name": "Two Words", "meaning": "x", "tenant": "default"},
            {"action": "add", "name": "billing", "meaning": " ", "tenant": "default"},
            {"action": "add", "name": "data_loss", "meaning": "x", "tenant": "default"},
            {"action": "add", "name": "billing", "meaning": "x", "tenant": "nobody"},
            {"action": "retire", "name": "nothing", "tenant": "default"},
            {"action": "drop", "name": "data_loss", "tenant": ""},
        ],
    )
    def test_what_makes_no_sense_is_refused(self, operator: Client, sent: dict[str, str]) -> None:
        before = Category.objects.count()
        page = operator.post(self.URL, sent)
        assert page.status_code in (400, 404)
        assert "Nothing was changed" in page.content.decode()
        assert Category.objects.count() == before


class TestTheImport:
    def test_a_file_is_checked_then_taken_and_is_here(self, operator: Client) -> None:
        before = rows_of_incidents()
        page = upload(operator, SEED_RECORD, action="check").content.decode()
        assert "The file is good" in page
        assert rows_of_incidents() == before
        assert "New: inc-2026-04-09-001" in upload(operator, SEED_RECORD).content.decode()
        assert "unchanged: inc-2026-04-09-001" in upload(operator, SEED_RECORD).content.decode()
        action = ContainmentAction.objects.first()
        assert action is not None
        assert action.actor == "import:frank"

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (SEED_RECORD.replace("sev2", "P2"), "line 4, severity"),
            ("#" * (256 * 1024 + 1), "larger than 256 KiB"),
            ("a: &a [*a]", "line 1, a"),
        ],
    )
    def test_a_bad_file_is_named_line_by_line(self, operator: Client, text: str, said: str) -> None:
        before = rows_of_incidents()
        page = upload(operator, text)
        assert page.status_code == 400
        assert said in page.content.decode()
        assert rows_of_incidents() == before

    def test_no_file_and_no_tenant(self, operator: Client) -> None:
        url = "/console/incidents/import/"
        assert operator.post(url, {"tenant": "default"}).status_code == 400
        assert upload(operator, SEED_RECORD, tenant="nobody").status_code == 400
        assert not Incident.objects.exists()


PAGES = ("/console/incidents/categories/", "/console/incidents/import/")


@pytest.mark.parametrize("send", ["get", "post"])
def test_the_pages_are_for_operators_with_the_permission(
    cast: Cast, case: Incident, send: str
) -> None:
    visitor = signed_in(User.objects.create_user("vera", is_staff=True))
    before = Category.objects.count()
    record = f"/console/incidents/{case.pk}/record/"
    for path in (*PAGES, record, f"{record}incident_record.yaml"):
        sent = {"action": "add", "name": "mine", "meaning": "x", "tenant": "default"}
        refused = getattr(visitor, send)(path, sent)
        if "yaml" in path and send == "post":
            assert refused.status_code == 405
            continue
        assert refused.status_code == 403, path
        assert getattr(Client(), send)(path, sent).status_code == 302
    assert Category.objects.count() == before


def test_imported_cases_show_on_every_page(
    cast: Cast, operator: Client, sweep: Callable[[], None]
) -> None:
    """Nobody of ours reported them, and nothing may stumble over that."""
    upload(operator, f"{SEED_RECORD}---\n{SEED_LINK}")
    incident = Incident.objects.get()
    sweep()
    listed = operator.get("/console/incidents/").content.decode()
    assert incident.incident_id in listed
    page = operator.get(f"/console/incidents/{incident.pk}/").content.decode()
    tabs = {part.split('"')[0] for part in page.split('href="')[1:]}
    for path in sorted(tabs):
        if path.startswith(f"/console/incidents/{incident.pk}/"):
            assert operator.get(path).status_code == 200, path
    for path in ("incident", "timelineentry", "postmortem"):
        assert operator.get(f"/admin/incidents/{path}/").status_code in (200, 404)
    assert operator.get(f"/admin/incidents/incident/{incident.pk}/change/").status_code == 200
