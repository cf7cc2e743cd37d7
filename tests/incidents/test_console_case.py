"""The operator's pages of a case."""

import html
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from access.models import User
from incidents.console.timeline import SHOWN
from incidents.events import kind_of
from incidents.models import Incident
from incidents.states import EventKind
from incidents.timeline import note_aside
from phonehome.models import PhoneHomeRecord
from tests.cast import BY, Cast

pytestmark = pytest.mark.django_db

NOBODY = "0190b0c0-0000-7000-8000-000000000000"
HOSTILE = "<script>window.hacked = 1</script> fails \u202egnp.exe with KeyError: 'pid'"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def reported(cast: Cast, sweep: Callable[[], None], text: str) -> Incident:
    cast.jade.report(text)
    sweep()
    return Incident.objects.get()


def test_what_a_report_hides_is_shown_and_runs_nothing(
    cast: Cast, sweep: Callable[[], None]
) -> None:
    incident = reported(cast, sweep, f"prism_signal crashes: {HOSTILE}")
    page = signed_in(cast.operator).get(f"/console/incidents/{incident.pk}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "<script>window" not in text
    assert "&lt;script&gt;window.hacked" in text
    assert "\u202e" not in text
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in text


def test_a_case_is_for_operators_with_the_permission(cast: Cast, sweep: Callable[[], None]) -> None:
    incident = reported(cast, sweep, "prism_signal crashes with KeyError")
    path = f"/console/incidents/{incident.pk}/"
    assert Client().get(path).status_code == 302
    visitor = User.objects.create_user("vera", is_staff=True)
    assert signed_in(visitor).get(path).status_code == 403


def test_the_case_page_leads_to_its_packet_and_back(cast: Cast, sweep: Callable[[], None]) -> None:
    incident = reported(cast, sweep, "prism_signal crashes with KeyError: 'pid' on bootstrap")
    client = signed_in(cast.operator)
    record = PhoneHomeRecord.objects.get()
    case_url, review_url = f"/console/incidents/{incident.pk}/", f"/console/review/{record.pk}/"
    case = client.get(case_url).content.decode()
    assert f'href="{review_url}"' in case
    assert "pending operator review" in case
    assert incident.intake is not None
    assert f"/admin/bridge/signal/?q={incident.intake.signal_id}" in case
    review = client.get(review_url).content.decode()
    assert f'href="{case_url}"' in review
    for url in re.findall(r'href="(/(?:admin|console)/[^"]*)"', case):
        assert client.get(url).status_code == 200, url


def test_an_imported_case_has_no_reporter_and_no_thread(cast: Cast) -> None:
    incident = Incident.objects.create(
        tenant_id=cast.home.tenant_id,
        incident_id="inc-2026-04-09-001",
        origin="import",
        project=cast.home,
        title="Unauthorized ticket_write path",
        report="",
    )
    note_aside(incident, "imported", by=BY, document="incident_record", status="reported")
    client = signed_in(cast.operator)
    case = client.get(f"/console/incidents/{incident.pk}/")
    assert case.status_code == 200
    assert "imported into PID-PGR01" in case.content.decode()
    assert "What was said" not in case.content.decode()
    told = client.get(f"/console/incidents/{incident.pk}/timeline/")
    assert "Its incident record was imported, reported." in told.content.decode()


class TestTimelinePage:
    @pytest.fixture
    def case(self, cast: Cast, sweep: Callable[[], None]) -> Incident:
        return reported(cast, sweep, "prism_signal crashes with KeyError: 'pid' on bootstrap")

    @pytest.fixture
    def client(self, cast: Cast) -> Client:
        return signed_in(cast.operator)

    def url(self, case: Incident, query: str = "") -> str:
        return f"/console/incidents/{case.pk}/timeline/{query}"

    def test_it_tells_everything_in_order(self, client: Client, case: Incident) -> None:
        page = client.get(self.url(case)).content.decode()
        at = [page.index(f'id="e-{entry.uid}"') for entry in case.timeline.order_by("id")]
        assert at == sorted(at)
        assert "Question from reporter to intake desk." in page
        assert "Tier 5, output discipline, is complete." in page

    @pytest.mark.parametrize("kind", EventKind.values)
    def test_a_kind_alone(self, client: Client, case: Incident, kind: str) -> None:
        page = client.get(self.url(case, f"?kind={kind}")).content.decode()
        shown = set(re.findall(r'id="e-([0-9a-f-]{36})"', page))
        expected = {str(one.uid) for one in case.timeline.all() if kind_of(one.event) == kind}
        assert shown == expected
        assert bool(expected) != ("Nothing of this kind has happened." in page)

    @pytest.mark.parametrize("query", ["?kind=gossip", "?entry=1", f"?entry={NOBODY}"])
    def test_a_wrong_address_says_so(self, client: Client, case: Incident, query: str) -> None:
        answer = client.get(self.url(case, query))
        assert answer.status_code == 400
        assert "invalid_request" in answer.content.decode()

    def test_a_long_stream_comes_in_pages(self, client: Client, case: Incident) -> None:
        for number in range(SHOWN + 30):
            note_aside(case, "shipping_attempt", by=BY, number=number, phase="claimed")
        seen: list[str] = []
        url = self.url(case)
        while url:
            page = client.get(url).content.decode()
            seen += re.findall(r'<li id="e-([0-9a-f-]{36})"', page)
            further = re.search(r'rel="next" href="(\?[^"]+)"', page)
            url = self.url(case, html.unescape(further[1])) if further else ""
        assert seen == [str(one.uid) for one in case.timeline.order_by("id")]
        newest = client.get(self.url(case, "?newest=1")).content.decode()
        assert re.findall(r'<li id="e-([0-9a-f-]{36})"', newest) == seen[-SHOWN:]

    def test_its_queries_do_not_grow(
        self, client: Client, case: Incident, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(150):
            note_aside(case, "shipping_attempt", by=BY, number=number, phase="claimed")
        with django_assert_max_num_queries(8):
            client.get(self.url(case))
        with django_assert_max_num_queries(20):
            client.get(f"/console/incidents/{case.pk}/")

    def test_an_operator_corrects_and_nothing_is_struck_out(
        self, client: Client, case: Incident, cast: Cast
    ) -> None:
        wrong = case.timeline.order_by("id")[1]
        form = client.get(self.url(case, f"?entry={wrong.uid}&correct={wrong.uid}"))
        assert "What is right instead" in form.content.decode()
        text = "Seen on <b>Monday</b> \u202etxt"
        answer = client.post(self.url(case), {"entry": str(wrong.uid), "text": text}, follow=True)
        page = answer.content.decode()
        correction = case.timeline.get(event="corrected")
        assert correction.actor == cast.operator.label
        assert f'id="e-{wrong.uid}"' in page
        assert f'href="#e-{correction.uid}"' in page
        assert f'href="#e-{wrong.uid}"' in page
        assert "Seen on &lt;b&gt;Monday" in page
        assert "\u202e" not in page

    def test_a_refused_correction_keeps_what_was_typed(
        self, client: Client, case: Incident
    ) -> None:
        wrong = case.timeline.order_by("id")[1]
        for body, typed in (
            ({"entry": str(wrong.uid), "text": "x" * 1001}, "x" * 1001),
            ({"entry": str(uuid4()), "text": "y"}, ""),
            ({"text": "z"}, ""),
        ):
            answer = client.post(self.url(case), body)
            assert answer.status_code == 400
            page = answer.content.decode()
            assert 'id="refusal"' in page
            assert typed in page
        assert not case.timeline.filter(event="corrected").exists()

    def test_who_may_only_look_gets_no_form(self, case: Incident) -> None:
        visitor = User.objects.create_user("vera", is_staff=True)
        visitor.user_permissions.add(Permission.objects.get(codename="view_incident"))
        client = signed_in(visitor)
        wrong = case.timeline.order_by("id")[1]
        page = client.get(self.url(case, f"?correct={wrong.uid}")).content.decode()
        assert "Correct this entry" not in page
        assert "What is right instead" not in page
        answer = client.post(self.url(case), {"entry": str(wrong.uid), "text": "x"})
        assert answer.status_code == 403
        assert not case.timeline.filter(event="corrected").exists()

    def test_the_file_holds_what_the_api_says(
        self, client: Client, case: Incident, cast: Cast
    ) -> None:
        answer = client.get(f"/console/incidents/{case.pk}/timeline.jsonl")
        assert answer["Content-Disposition"] == (
            f'attachment; filename="{case.incident_id}-timeline.jsonl"'
        )
        assert b"".join(answer.streaming_content) == b"".join(
            cast.clara.get(
                f"incidents/{case.incident_id}/timeline", accept="application/x-ndjson"
            ).streaming_content
        )
