"""The carve-out page in a real browser: drag, keys, the live body, what is unsaved."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from phonehome.models import PhoneHomeRecord
from phonehome.services.revise_packet import revise_packet
from phonehome.services.write_revision import Content
from tests.browser.conftest import Open
from tests.cast import BY, Cast
from tests.phonehome.carving.cases import LOG, SECTIONS, THEIRS, section, staged
from tests.phonehome.packets import fresh

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.one_database,
]

LOOKS = (Path(__file__).parent / "looks.js").read_text()
PHONE = {"viewport": {"width": 390, "height": 844}}
SignIn = Callable[..., Page]


@pytest.fixture
def record(cast: Cast, settings: Any) -> PhoneHomeRecord:
    cut = [
        *SECTIONS[:2],
        section("Their log", "customer", LOG),
        section("Their side", "customer", f"{THEIRS}\n\nIt reads invoices at night."),
    ]
    made = staged(cast, settings, sections=cut)
    return PhoneHomeRecord.objects.get(pk=made["record_id"])


@pytest.fixture
def table(record: PhoneHomeRecord, open_page: Open, sign_in: SignIn) -> Page:
    return sign_in(open_page(), to=address(record))


def address(record: PhoneHomeRecord) -> str:
    return f"/console/review/{record.pk}/carve-out/"


def names(page: Page, side: str) -> list[str]:
    return page.locator(f"[data-side={side}] .section h3").all_inner_texts()


def test_a_section_is_dragged_over_and_the_body_follows(
    table: Page, record: PhoneHomeRecord
) -> None:
    body = table.locator("#result .markdown")
    expect(body).not_to_contain_text(LOG)
    table.get_by_role("heading", name="Their log").drag_to(
        table.locator("[data-side=product]"), target_position={"x": 60, "y": 60}
    )
    expect(body).to_contain_text(LOG)
    assert names(table, "product") == ["Their log", "Summary", "Symptom record"]
    expect(table.get_by_role("status")).to_contain_text("Their log is on the product side now.")
    expect(table.locator("[data-side=customer] .count")).to_have_text("1")
    digest = table.locator("#result-digest").inner_text()
    table.get_by_role("button", name="Save as revision 2").click()
    expect(table.get_by_role("status")).to_contain_text("Saved as revision 2.")
    assert fresh(record).current.packet_sha256 == digest


def test_by_keyboard_alone(table: Page, record: PhoneHomeRecord) -> None:
    table.get_by_role("listitem", name="Their log").focus()
    table.keyboard.press("ArrowLeft")
    assert names(table, "product") == ["Summary", "Symptom record", "Their log"]
    table.keyboard.press("Alt+ArrowUp")
    assert names(table, "product") == ["Summary", "Their log", "Symptom record"]
    expect(table.get_by_role("listitem", name="Their log")).to_be_focused()
    expect(table.locator("#result .markdown")).to_contain_text(LOG)
    table.keyboard.press("Alt+ArrowDown")
    table.keyboard.press("ArrowRight")
    assert names(table, "product") == ["Summary", "Symptom record"]
    expect(table.locator("#result .markdown")).not_to_contain_text(LOG)
    table.get_by_role("button", name="Move Symptom record to the customer side").press("Enter")
    expect(table.locator("#result .markdown")).not_to_contain_text("It began after")
    table.get_by_role("button", name="Save as revision 2").press("Enter")
    expect(table.get_by_role("status")).to_contain_text("Saved as revision 2.")
    assert "It began after" not in fresh(record).current.body_markdown


def test_an_overlap_lights_up_on_both_sides_as_it_is_typed(
    table: Page, record: PhoneHomeRecord
) -> None:
    table.get_by_label("Title").fill(f"500 since {THEIRS}")
    expect(table.locator("#result")).to_contain_text("1 stretch stands on both sides")
    expect(table.locator("#verdict")).to_have_text("1 on both sides")
    expect(table.locator("[data-side=customer] mark")).to_have_text(THEIRS)
    table.get_by_role("button", name="Save as revision 2").click()
    expect(table.get_by_role("alert")).to_contain_text("phone_home_carve_out_overlap")
    expect(table.get_by_label("Title")).to_have_value(f"500 since {THEIRS}")
    assert fresh(record).revision == 1
    table.get_by_label("Title").fill("500")
    expect(table.locator("#result")).to_contain_text("No 24 characters in a row")


def test_only_the_newest_answer_is_shown(table: Page) -> None:
    asked: list[str] = []
    table.on("request", lambda one: asked.append(one.url) if "part=body" in one.url else None)
    card = table.get_by_role("listitem", name="Their log")
    card.focus()
    for key in ("ArrowLeft", "ArrowRight") * 5:
        table.keyboard.press(key)
    table.keyboard.press("ArrowLeft")
    expect(table.locator("#result .markdown")).to_contain_text(LOG)
    expect(table.locator("#result")).not_to_have_attribute("aria-busy", "true")
    assert 1 <= len(asked) < 6


def test_splitting_counts_as_a_change_and_keeps_what_was_moved(
    table: Page, record: PhoneHomeRecord
) -> None:
    table.get_by_role("listitem", name="Their log").focus()
    table.keyboard.press("ArrowLeft")
    table.get_by_role("button", name="Split Their side after paragraph 1").click()
    expect(table.locator("[data-side=customer] .section")).to_have_count(2)
    assert names(table, "product")[-1] == "Their log"
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    table.once("dialog", stay)
    table.get_by_role("listitem", name="Their side").last.click()
    table.get_by_role("link", name="Cancel").click()
    expect(table.locator("[data-side=customer] .section")).to_have_count(2)
    assert asked == ["beforeunload"]


def test_leaving_without_a_change_asks_nothing(table: Page, record: PhoneHomeRecord) -> None:
    table.get_by_role("listitem", name="Their log").focus()
    table.keyboard.press("ArrowLeft")
    table.keyboard.press("ArrowRight")
    table.keyboard.press("Alt+ArrowUp")
    table.get_by_role("link", name="Cancel").click()
    table.wait_for_url(f"**/console/review/{record.pk}/")


def test_a_change_by_somebody_else_is_told_and_nothing_is_lost(
    table: Page, record: PhoneHomeRecord
) -> None:
    table.get_by_role("listitem", name="Their log").focus()
    table.keyboard.press("ArrowLeft")
    revise_packet(
        record_id=record.pk,
        seen_digest=record.current.packet_sha256,
        content=Content(
            title="Theirs", body_markdown="Shorter.", redaction_report={"status": "passed"}
        ),
        by=BY,
    )
    table.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(table.locator("#moved")).to_be_visible()
    assert names(table, "product")[-1] == "Their log"
    table.get_by_role("button", name="Save as revision 2").click()
    expect(table.get_by_role("heading", level=1)).to_have_text(
        "The packet changed while you read it"
    )
    assert table.evaluate(LOOKS) == []


def test_without_javascript_everything_still_works(
    record: PhoneHomeRecord, open_page: Open, sign_in: SignIn
) -> None:
    page = sign_in(open_page(java_script_enabled=False), to=address(record))
    page.get_by_role("button", name="Split Their side after paragraph 1").click()
    page.get_by_role("button", name="Move Their side to the product side").last.click()
    expect(page.locator("#result .markdown")).to_contain_text("It reads invoices at night.")
    page.get_by_role("button", name="Save as revision 2").click()
    expect(page.get_by_role("status")).to_contain_text("Saved as revision 2.")


@pytest.mark.parametrize(
    "options",
    [{}, {"color_scheme": "dark"}, PHONE, {**PHONE, "color_scheme": "dark"}],
    ids=["wide", "dark", "phone", "dark phone"],
)
def test_the_page_can_be_read(
    record: PhoneHomeRecord, open_page: Open, sign_in: SignIn, options: dict[str, Any]
) -> None:
    page = sign_in(open_page(**options), to=address(record))
    assert page.evaluate(LOOKS) == []
    page.get_by_label("Title").fill(f"500 since {THEIRS}")
    expect(page.locator("#result")).to_contain_text("stands on both sides")
    assert page.evaluate(LOOKS) == []
    expect(page.get_by_role("button", name="Save as revision 2")).to_be_in_viewport()
    page.get_by_role("button", name="Move Their side to the product side").click()
    expect(page.locator("#result .markdown")).to_contain_text(THEIRS)
    assert page.evaluate(LOOKS) == []
