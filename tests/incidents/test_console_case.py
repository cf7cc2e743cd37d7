"""The operator's pages of a case."""

from collections.abc import Callable

import pytest
from django.test import Client

from access.models import User
from incidents.models import Incident
from tests.cast import Cast

pytestmark = pytest.mark.django_db

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
