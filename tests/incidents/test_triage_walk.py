"""A random walk over what moves a triage: what must always hold, holds after each step."""

import random
from typing import Any

import pytest

from incidents.citations import text_digest
from incidents.models import Incident, TriageTier
from incidents.states import TierState
from tests.cast import Cast
from tests.incidents.cases import opened
from tests.incidents.tiers import GOOD, REPORT, patch, put

pytestmark = pytest.mark.django_db
STEPS = 60


def one_step(chance: random.Random, cast: Cast, incident_id: str) -> Any:
    """Something that an agent may try, sensible or not; the answer."""
    tier = chance.choice([1, 2, 3, 4, 5, 5])
    change: dict[str, Any] = {}
    if tier == 4:
        change = {"scope": chance.choice(["prism-product", "mixed", "customer-internal"])}
    if tier == 5:
        change = {"eligible": chance.random() < 0.7}
    if tier == 3 and chance.random() < 0.3:
        change = {"text": f"another text {chance.random()}"}
    match chance.randrange(10):
        case 0:
            path = f"incidents/{incident_id}/triage/{tier}/reopen"
            return cast.clara.post(path, {"reason": "looked again"})
        case 1:
            text = chance.choice(["one text", "another text", REPORT["text"]])
            return cast.clara.put(f"incidents/{incident_id}/text", {"text": text})
        case 2:
            fields = {**GOOD[tier], **change}
            name = chance.choice(sorted(fields))
            return patch(cast, incident_id, tier, **{name: fields[name]})
        case 3:
            return cast.clara.put(f"incidents/{incident_id}/triage/{tier}", change)
        case 4:
            Incident.objects.update(text=chance.choice(["", "written behind the desk's back"]))
            return put(cast, incident_id, 5, eligible=change.get("eligible", True))
    waiting = TriageTier.objects.filter(state=TierState.COMPLETE).values_list("tier", flat=True)
    following = next((number for number in GOOD if number not in set(waiting)), 5)
    return put(cast, incident_id, following, **(change if following == tier else {}))


def check(incident: Incident) -> None:
    rows = {row.tier: row for row in TriageTier.objects.all()}
    complete = {number for number, row in rows.items() if row.state == TierState.COMPLETE}
    assert complete == set(range(1, len(complete) + 1)), "a tier stands on one that is open"
    triaged = incident.status == "triaged"
    assert triaged == (len(complete) == 5)
    assert triaged == (incident.eligible is not None)
    if triaged:
        assert rows[5].content["eligible"] == incident.eligible
        assert rows[5].content["eligibility"]["eligible"] == incident.eligible
        assert not (incident.eligible and incident.scope == "customer-internal")
        assert rows[5].content["eligibility"]["inputs"]["scope"] == incident.scope
    for row in rows.values():
        if row.state == TierState.COMPLETE:
            assert row.completed_by
            assert set(row.fields) >= {"text"} if row.tier == 3 else row.fields
            assert row.reopened_because == ""


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_tried_the_tiers_stand_on_each_other(
    cast: Cast, settings: Any, seed: int
) -> None:
    chance = random.Random(seed)
    incident_id = opened(cast, settings, REPORT)
    seen, codes = set(), set()
    for _ in range(STEPS):
        was_triaged = Incident.objects.get().status == "triaged"
        answer = one_step(chance, cast, incident_id)
        assert answer.status_code in (200, 400, 409), answer.content
        incident = Incident.objects.get()
        check(incident)
        if incident.status == "triaged" and not was_triaged:
            scanned = TriageTier.objects.get(tier=3).content["text_sha256"]
            assert scanned == text_digest(incident.case_text)
        seen.add(incident.status)
        if answer.status_code == 409:
            codes.add(answer.json()["error"]["code"])
    assert {"triaging", "triaged"} <= seen
    assert "triage_tier_out_of_order" in codes
