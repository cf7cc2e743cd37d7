"""The tab "Triage" of a case."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from access.models import User
from incidents.models import Incident, TimelineEntry
from kernel.ids import new_id
from tests.cast import Cast
from tests.incidents.cases import opened
from tests.incidents.tiers import REPORT, patch, up_to

pytestmark = pytest.mark.django_db
HOSTILE = "<script>window.hacked = 1</script> \u202egnp.exe"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(incident: Incident) -> str:
    return f"/console/incidents/{incident.pk}/triage/"


@pytest.fixture
def case(cast: Cast, sweep: Callable[[], None]) -> Incident:
    """Triaged by the built-in desk."""
    cast.jade.report(REPORT)
    sweep()
    return Incident.objects.get()


@pytest.fixture
def operator(cast: Cast) -> Client:
    return signed_in(cast.operator)


def test_it_shows_the_tiers_and_why(operator: Client, case: Incident) -> None:
    answer = operator.get(page_of(case))
    text = answer.content.decode()
    assert answer.status_code == 200
    for words in (
        "All five tiers are complete",
        "The case may phone home",
        "privacy_gate_passed",
        "Scope prism-product concerns the product.",
        "system:desk",
        "What the server read",
        "A main function is down for the reporter",
        'aria-current="page">Triage',
    ):
        assert words in text, words
    assert text.count("Open this tier again") == 5


def test_a_case_that_nobody_began(cast: Cast, operator: Client, settings: Any) -> None:
    opened(cast, settings, REPORT)
    text = operator.get(page_of(Incident.objects.get())).content.decode()
    assert "Tier 1 is next" in text
    assert text.count("not begun") == 5
    assert "Open this tier again" not in text


def test_what_agents_write_is_inert(cast: Cast, operator: Client, settings: Any) -> None:
    incident_id = opened(cast, settings, REPORT)
    up_to(cast, incident_id, 2, tier_2={"stack_trace": HOSTILE, "journal_refs": ["<b>"]})
    patch(cast, incident_id, 4, note=HOSTILE)
    cast.clara.post(f"incidents/{incident_id}/triage/2/reopen", {"reason": HOSTILE})
    text = operator.get(page_of(Incident.objects.get())).content.decode()
    assert "<script>window" not in text
    assert "<b>" not in text
    assert "\u202e" not in text
    assert text.count("&lt;script&gt;window.hacked") == 3


def test_an_operator_opens_a_tier_again(cast: Cast, operator: Client, case: Incident) -> None:
    answer = operator.post(page_of(case), {"tier": "4", "reason": "The scope is wrong."})
    assert (answer.status_code, answer["Location"]) == (302, page_of(case))
    after = Incident.objects.get()
    assert (after.status, after.eligible) == ("triaging", None)
    assert TimelineEntry.objects.get(event="triage_reopened").actor == "frank"
    text = operator.get(page_of(case)).content.decode()
    assert "Tier 4 is next" in text
    assert "Open again: The scope is wrong." in text
    assert "Whether the case may phone home is not decided" in text


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"tier": "4", "reason": " "}, 400, "invalid_request"),
        ({"tier": "6", "reason": "x"}, 409, "triage_tier_out_of_order"),
        ({"tier": "four", "reason": "x"}, 409, "triage_tier_out_of_order"),
        ({"reason": "x"}, 409, "triage_tier_out_of_order"),
    ],
    ids=str,
)
def test_a_refusal_is_shown_with_what_was_written(
    operator: Client, case: Incident, form: dict[str, str], status: int, code: str
) -> None:
    answer = operator.post(page_of(case), form)
    text = answer.content.decode()
    assert answer.status_code == status
    assert f"<code>{code}</code>" in text
    assert "Nothing was changed" in text
    assert Incident.objects.get().status == "triaged"


def test_who_may_look_and_who_may_open(cast: Cast, case: Incident) -> None:
    path = page_of(case)
    assert Client().get(path).status_code == 302
    visitor = User.objects.create_user("vera", is_staff=True)
    assert signed_in(visitor).get(path).status_code == 403
    visitor.user_permissions.add(Permission.objects.get(codename="view_incident"))
    reader = signed_in(User.objects.get(pk=visitor.pk))
    page = reader.get(path)
    assert page.status_code == 200
    assert b"Open this tier again" not in page.content
    assert reader.post(path, {"tier": "4", "reason": "x"}).status_code == 403
    assert Incident.objects.get().status == "triaged"
    assert (
        signed_in(cast.operator).get(path.replace(str(case.pk), str(new_id()))).status_code == 404
    )


def test_a_form_from_elsewhere_is_refused(cast: Cast, case: Incident) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.operator)
    assert client.post(page_of(case), {"tier": "4", "reason": "x"}).status_code == 403
    assert Incident.objects.get().status == "triaged"
