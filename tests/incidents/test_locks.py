"""Locks leave room for rows that refer to what is locked: two verbs never wait in a circle."""

from typing import Any

import pytest

from incidents.models import Incident
from tests.cast import Cast, a_fault
from tests.incidents.cases import opened
from tests.incidents.test_joining import at_once
from tests.incidents.tiers import REPORT, put

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


def test_taken_back_while_clara_works(cast: Cast, settings: Any) -> None:
    """The one holds the report and wants its case, the other holds the case and refers to the
    report. Both go through, or the tier finds the case withdrawn."""
    for _ in range(ROUNDS):
        incident_id = opened(cast, settings, {**REPORT, "text": a_fault()})
        intake_id = Incident.objects.get(incident_id=incident_id).intake_id
        results = at_once(
            lambda: ("w", cast.jade.post(f"intake/{intake_id}/withdraw").status_code),  # noqa: B023
            lambda: ("t", put(cast, incident_id, 1).status_code),  # noqa: B023
        )
        statuses = dict(results)
        assert statuses["w"] == 200
        assert statuses["t"] in (200, 409)
