"""The browsing pages of incidents: they lead to the case, and cost the same however many."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from incidents import models
from incidents.models import Incident
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

BROWSED = (
    models.Storm,
    models.Citation,
    models.Category,
    models.ContainmentAction,
    models.CorrectiveAction,
    models.Postmortem,
    models.PostmortemVersion,
    models.Waiver,
    models.Deadline,
    models.DeadlinePause,
    models.Escalation,
    models.Intake,
    models.Incident,
)


def address(model: Any, page: str, *arguments: Any) -> str:
    return reverse(f"admin:incidents_{model._meta.model_name}_{page}", args=arguments)


@pytest.fixture
def browser(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


def reports(cast: Cast, sweep: Callable[[], None], *faults: str) -> None:
    for fault in faults:
        cast.jade.report(f"prism_signal crashes with {fault} on bootstrap")
    sweep()


@pytest.mark.parametrize("model", BROWSED, ids=lambda model: model.__name__)
def test_a_list_costs_the_same_however_long(
    model: Any,
    browser: Client,
    cast: Cast,
    sweep: Callable[[], None],
    django_assert_max_num_queries: Any,
) -> None:
    reports(cast, sweep, "KeyError", "ValueError", "OSError")
    with django_assert_max_num_queries(12):
        answer = browser.get(address(model, "changelist"))
    assert answer.status_code == 200


def test_from_the_report_and_the_record_to_the_case(
    browser: Client, cast: Cast, sweep: Callable[[], None]
) -> None:
    reports(cast, sweep, "KeyError")
    incident = Incident.objects.get()
    case = f'href="/console/incidents/{incident.pk}/"'
    for url in (
        address(models.Incident, "changelist"),
        address(models.Incident, "change", incident.pk),
        address(models.Intake, "changelist"),
        address(models.Intake, "change", incident.intake_id),
        address(models.Citation, "changelist"),
        address(models.Deadline, "changelist"),
    ):
        assert case in browser.get(url).content.decode(), url
