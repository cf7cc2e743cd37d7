"""The operator's page of storms."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from incidents.models import Intake, Storm
from kernel.ids import new_id
from kernel.models import LedgerEntry
from tests.cast import Cast, a_fault

pytestmark = pytest.mark.django_db
PATH = "/console/incidents/storms/"


@pytest.fixture
def storm(cast: Cast, settings: Any) -> Storm:
    settings.INTAKE_STORM_REPORTS = 1
    for _ in range(4):
        cast.jade.report(a_fault())
    return Storm.objects.get()


def operator(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


def test_it_shows_what_is_held_and_lets_it_go(
    cast: Cast, storm: Storm, sweep: Callable[[], None]
) -> None:
    client = operator(cast)
    text = client.get(PATH).content.decode()
    assert "Jade" in text
    assert "3 different" in text
    assert "prism_signal" not in text
    done = client.post(PATH, {"storm": str(storm.pk)}, follow=True)
    assert done.status_code == 200
    assert "Nothing is held." in done.content.decode()
    storm.refresh_from_db()
    assert storm.released_by == cast.operator.label
    sweep()
    assert not Intake.objects.filter(status__in=["held", "received"]).exists()
    entry = LedgerEntry.objects.get(action="incidents.storm.released")
    assert (entry.actor_kind, entry.data) == ("operator", {"reports": 3, "different": 3})


def test_a_refusal_is_shown_with_its_code(cast: Cast, storm: Storm) -> None:
    client = operator(cast)
    assert client.post(PATH, {"storm": str(storm.pk)}).status_code == 302
    for given, status, code in (
        ({"storm": str(storm.pk)}, 409, "intake_storm_over"),
        ({"storm": str(new_id())}, 404, "not_found"),
        ({"storm": "x"}, 400, "invalid_request"),
        ({}, 400, "invalid_request"),
    ):
        answer = client.post(PATH, given)
        assert answer.status_code == status
        assert code in answer.content.decode()


def test_who_may_look_and_who_may_release(cast: Cast, storm: Storm) -> None:
    assert Client().get(PATH).status_code == 302
    cast.operator.user_permissions.clear()
    cast.operator.groups.clear()
    cast.operator.is_superuser = False
    cast.operator.save()
    client = operator(cast)
    assert client.get(PATH).status_code == 403
    cast.operator.user_permissions.add(Permission.objects.get(codename="view_incident"))
    assert client.get(PATH).status_code == 200
    assert client.post(PATH, {"storm": str(storm.pk)}).status_code == 403
    storm.refresh_from_db()
    assert storm.released_at is None


def test_a_form_needs_its_token(cast: Cast, storm: Storm) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.operator)
    assert client.post(PATH, {"storm": str(storm.pk)}).status_code == 403
    storm.refresh_from_db()
    assert storm.released_at is None
