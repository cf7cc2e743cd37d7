"""A case's pages in a real browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from incidents.models import Incident
from incidents.services.correct_timeline import correct_timeline
from tests.browser.conftest import Open
from tests.cast import BY, Cast
from tests.phonehome.packets import approved_packet, carry

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.one_database,
]

LOOKS = (Path(__file__).parent / "looks.js").read_text()
PHONE = {"viewport": {"width": 390, "height": 844}}
HOSTILE = (
    "prism_signal crashes with KeyError: 'pid' <script>window.hacked = 1</script>"
    f"<img src=x onerror='window.hacked = 1'> \u202etxt {'w' * 300}"
)
SignIn = Callable[..., Page]


@pytest.fixture
def case(cast: Cast) -> Incident:
    """A filed case with a hostile text and a correction."""
    record = approved_packet(cast)
    carry(record)
    incident = record.incident
    Incident.objects.filter(pk=incident.pk).update(title=HOSTILE[:200], report=HOSTILE)
    correct_timeline(
        incident_id=incident.incident_id,
        tenant_id=incident.tenant_id,
        entry=incident.timeline.order_by("id")[1].uid,
        text=HOSTILE,
        by=BY,
    )
    return Incident.objects.get(pk=incident.pk)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
def test_nothing_on_them_runs_overflows_or_hides(
    case: Incident, open_page: Open, sign_in: SignIn, size: dict[str, object], scheme: str
) -> None:
    page = sign_in(open_page(color_scheme=scheme, **size), to=f"/console/incidents/{case.pk}/")
    for tab in ("Case", "Timeline"):
        page.get_by_role("navigation", name="Pages of this case").get_by_role(
            "link", name=tab, exact=True
        ).click()
        expect(page.get_by_role("link", name=tab, exact=True)).to_have_attribute(
            "aria-current", "page"
        )
        assert page.evaluate(LOOKS) == []
        assert page.evaluate("window.hacked") is None
        assert page.locator("[onerror], main script").count() == 0


def test_by_kind_to_a_correction(case: Incident, open_page: Open, sign_in: SignIn) -> None:
    page = sign_in(open_page(), to=f"/console/incidents/{case.pk}/timeline/")
    page.get_by_role("link", name="Issue", exact=True).click()
    entry = case.timeline.get(event="issue_filed")
    expect(page.locator(".stream > li")).to_have_count(1)
    page.locator(".stream summary").click()
    page.get_by_role("link", name="Correct this entry").click()
    page.get_by_label("What is right instead").fill("It was filed twice by hand before.")
    page.get_by_role("button", name="Correct by a later entry").click()
    expect(page.get_by_role("status")).to_contain_text("Corrected")
    page.locator(f"#e-{entry.uid}").get_by_role("link", name="Corrected by a later entry").click()
    correction = case.timeline.filter(event="corrected").latest("id")
    expect(page.locator(f"#e-{correction.uid}")).to_be_in_viewport()
    expect(page.locator(f"#e-{correction.uid}")).to_contain_text("It was filed twice by hand")


def test_on_a_phone_the_tab_of_the_page_is_in_sight(
    case: Incident, open_page: Open, sign_in: SignIn
) -> None:
    page = sign_in(open_page(**PHONE), to=f"/console/incidents/{case.pk}/deadlines/")
    expect(page.locator(".tabs a[aria-current=page]")).to_be_in_viewport(ratio=0.9)
