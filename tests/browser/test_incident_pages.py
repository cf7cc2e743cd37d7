"""The list of incidents, the numbers and similar cases, in a real browser."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from incidents.models import Incident
from incidents.models.incident import LINKING_IDS
from kernel import clock
from tests.browser.conftest import Open
from tests.cast import Cast
from tests.incidents.rows import incident

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.one_database,
]

LOOKS = (Path(__file__).parent / "looks.js").read_text()
LIST, NUMBERS = "/console/incidents/", "/console/incidents/numbers/"
UNKNOWN = dict.fromkeys(LINKING_IDS, "not kept")
SignIn = Callable[..., Page]


@pytest.fixture
def cases(cast: Cast, settings: Any) -> list[Incident]:
    settings.DESK_MODE = "agents"
    made = []
    for number in range(24):
        at = clock.now() - timedelta(days=3 * number, hours=number)
        made.append(
            incident(
                cast.jade if number % 3 else cast.onyx,
                f"Bridge signals lost after {'a restart ' * (1 + number % 4)}of worker {number}",
                severity=("P0", "P1", "P2", "P3", "")[number % 5],
                scope=("mixed", "prism-product", "customer-internal")[number % 3],
                category=("data_loss", "routing_failure")[number % 2],
                status=("reported", "resolved")[number % 2],
                unknown=UNKNOWN,
                created_at=at,
                detected_at=at,
                acknowledged_at=at + timedelta(minutes=2 + number),
                triaged_at=at + timedelta(minutes=30 + 7 * number),
                resolved_at=at + timedelta(hours=3 + number) if number % 2 else None,
            )
        )
    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_fit_and_can_be_read(
    cases: list[Incident], open_page: Open, sign_in: SignIn, scheme: str, width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    sign_in(page, to=LIST)
    for address in (LIST, f"{LIST}?q=restart", NUMBERS, f"{LIST}{cases[0].pk}/"):
        page.goto(address)
        for table in page.get_by_text("Table", exact=True).all():
            table.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.evaluate(LOOKS) == [], address


def test_from_words_to_the_case_and_to_one_like_it(
    cases: list[Incident], open_page: Open, sign_in: SignIn
) -> None:
    page = sign_in(open_page(), to=LIST)
    page.get_by_label("Find", exact=True).fill(cases[5].incident_id)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=cases[5].title).click()
    page.wait_for_url(f"**{LIST}{cases[5].pk}/")
    page.locator(".rows.similar a").first.click()
    page.wait_for_url(f"**{LIST}*/")
    assert str(cases[5].pk) not in page.url


def test_a_drawing_shows_what_its_table_says(
    cases: list[Incident], open_page: Open, sign_in: SignIn
) -> None:
    page = sign_in(open_page(), to=NUMBERS)
    weeks = page.locator("#weeks")
    assert weeks.get_by_role("img").get_attribute("aria-label").startswith("Incidents per week: 24")
    pieces = weeks.locator("rect.piece").all()
    heights = [(piece.bounding_box() or {"height": 0})["height"] for piece in pieces]
    assert len(heights) >= 10
    assert min(heights) > 4
    with page.expect_download() as download:
        page.locator("#resolve").get_by_role("link", name="CSV").click()
    assert Path(download.value.path()).read_text().startswith("By,Of,Cases,Median")
