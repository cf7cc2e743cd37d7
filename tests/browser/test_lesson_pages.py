"""The Lesson and the Checklist of a case in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.test_case_pages import HOSTILE, LOOKS, PHONE
from tests.cast import Cast
from tests.incidents.lesson.cases import ACTION, SECTIONS, Case, ok

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.one_database,
]
SignIn = Callable[..., Page]


@pytest.fixture
def case(cast: Cast, settings: Any) -> Case:
    settings.DESK_MODE = "agents"
    return Case(cast).contained()


def tab(case: Case, name: str) -> str:
    return f"/console/incidents/{case.row.pk}/{name}/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
def test_nothing_on_them_runs_overflows_or_hides(
    case: Case, open_page: Open, sign_in: SignIn, size: dict[str, Any], scheme: str
) -> None:
    ok(case.clara.put(f"{case.path}/postmortem", {**SECTIONS, "impact": HOSTILE[:2000]}))
    path = f"{case.path}/postmortem/corrective-actions"
    action = ok(case.clara.post(path, {**ACTION, "owner": "a-team-with-a-long-name" * 8}), 201)
    change = {"state": "dropped", "note": HOSTILE[:900]}
    ok(case.clara.request("PATCH", f"{path}/{action['action_id']}", change))
    ok(case.clara.post(path, {**ACTION, "ref": "chg-" + "x" * 190}), 201)
    page = sign_in(open_page(color_scheme=scheme, **size), to=tab(case, "lesson"))
    for name in ("lesson", "checklist"):
        page.goto(tab(case, name))
        page.locator("summary").evaluate_all(
            "all => all.forEach((one) => one.parentElement.open = true)"
        )
        assert page.evaluate(LOOKS) == [], name
        assert page.evaluate("window.hacked") is None


def test_an_operator_writes_the_lesson_and_closes_the_case(
    case: Case, open_page: Open, sign_in: SignIn
) -> None:
    page = sign_in(open_page(), to=tab(case, "lesson"))
    page.get_by_text("Write a new version").click()
    for label in ("Summary", "Impact", "What worked", "What did not work"):
        page.get_by_label(label, exact=True).fill(f"{label} in a few words.")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_role("status")).to_contain_text("Saved as version 2")
    expect(page.get_by_role("article")).to_contain_text("Impact in a few words.")

    page.locator("summary", has_text="Add a corrective action").click()
    page.get_by_label("Its id").fill("chg-2026-04-09-003")
    page.get_by_label("Owner", exact=True).fill("platform-runtime")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("status")).to_contain_text("chg-2026-04-09-003 is linked")

    page.get_by_role("link", name="Checklist").click()
    for label, state in (("Mark as resolved", "resolved"), ("Close the case", "closed")):
        card = page.locator("details", has=page.get_by_role("button", name=label))
        page.locator("summary", has_text=label).click()
        card.get_by_label("Why").fill("Seen to it.")
        card.get_by_role("button", name=label).click()
        expect(page.get_by_role("status")).to_contain_text(f"The case is {state}")
    assert case.row.status == "closed"
