"""The built-in desk's own carve-out: what repeats the customer's words stays behind."""

from collections.abc import Callable

import pytest

from incidents.models import Incident, TimelineEntry
from phonehome.models import PhoneHomeRecord
from phonehome.proving import standing_of
from phonehome.services.stage_desk_case import LEFT_TO_CLARA
from tests.cast import Cast
from tests.phonehome.carving.cases import OURS

pytestmark = pytest.mark.django_db

THEIRS = "The nightly ledger importer of Zanzibar Foods skipped batch 17."


def reported(cast: Cast, sweep: Callable[[], None], text: str) -> Incident:
    cast.jade.report(text)
    sweep()
    incident = Incident.objects.get()
    assert incident.scope == "mixed"
    return incident


def test_a_mixed_report_is_staged_with_its_proof(cast: Cast, sweep: Callable[[], None]) -> None:
    incident = reported(cast, sweep, f"There is a bug in our own importer. {THEIRS}\n\n{OURS}")
    revision = PhoneHomeRecord.objects.get().current
    assert OURS in revision.body_markdown
    assert "Zanzibar" not in f"{revision.title} {revision.body_markdown}"
    standing = standing_of(revision, incident.incident_id)
    assert standing is not None
    assert standing.holds


def test_a_product_paragraph_that_repeats_the_customers_words_moves(
    cast: Cast, sweep: Callable[[], None]
) -> None:
    repeated = f"prism_signal says: {THEIRS}"
    reported(cast, sweep, f"There is a bug in our own importer. {THEIRS}\n\n{OURS}\n\n{repeated}")
    revision = PhoneHomeRecord.objects.get().current
    assert OURS in revision.body_markdown
    assert "Zanzibar" not in f"{revision.title} {revision.body_markdown}"
    behind = " ".join(one["text"] for one in revision.sections if one["side"] == "customer")
    assert behind.count(THEIRS) == 2


def test_what_cannot_be_parted_is_left_to_clara(cast: Cast, sweep: Callable[[], None]) -> None:
    incident = reported(
        cast,
        sweep,
        f"There is a bug in our own importer. {THEIRS}\n\nprism_signal says: {THEIRS}",
    )
    assert not PhoneHomeRecord.objects.exists()
    entry = TimelineEntry.objects.get(incident=incident, event=LEFT_TO_CLARA)
    assert "Zanzibar" not in str(entry.detail)
    (task,) = [one for one in cast.clara.inbox() if one["category"] == "phone-home"]
    assert task["payload"]["incident_id"] == incident.incident_id
    sweep()
    assert TimelineEntry.objects.filter(event=LEFT_TO_CLARA).count() == 1
