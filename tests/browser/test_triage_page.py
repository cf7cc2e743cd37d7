"""The tab "Triage" in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from incidents.models import Incident
from incidents.services.run_desk import run_desk
from tests.browser.conftest import Open
from tests.browser.test_case_pages import HOSTILE, LOOKS, PHONE
from tests.cast import Cast
from tests.incidents.tiers import REPORT, patch

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.one_database,
]
SignIn = Callable[..., Page]


@pytest.fixture
def case(cast: Cast) -> Incident:
    """Triaged by the desk."""
    run_desk(cast.jade.report(REPORT)["intake_id"])
    return Incident.objects.get()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
def test_nothing_on_it_runs_overflows_or_hides(
    cast: Cast,
    case: Incident,
    open_page: Open,
    sign_in: SignIn,
    size: dict[str, Any],
    scheme: str,
) -> None:
    reopened = cast.clara.post(
        f"incidents/{case.incident_id}/triage/4/reopen", {"reason": HOSTILE[:300]}
    )
    assert reopened.status_code == 200, reopened.content
    patch(cast, case.incident_id, 4, note=HOSTILE)
    page = sign_in(
        open_page(color_scheme=scheme, **size), to=f"/console/incidents/{case.pk}/triage/"
    )
    page.locator("summary").evaluate_all(
        "all => all.forEach((one) => one.parentElement.open = true)"
    )
    assert page.evaluate(LOOKS) == []
    assert page.evaluate("window.hacked") is None


def test_a_tier_is_opened_with_the_keyboard(
    case: Incident, open_page: Open, sign_in: SignIn
) -> None:
    page = sign_in(open_page(), to=f"/console/incidents/{case.pk}/triage/")
    tier = page.locator("section", has=page.locator("#tier-5"))
    tier.get_by_text("Open this tier again").press("Enter")
    tier.get_by_label("Why").fill("The summary is wrong.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Tier 5 and those above it are open again")
    expect(tier).to_contain_text("Open again: The summary is wrong.")
