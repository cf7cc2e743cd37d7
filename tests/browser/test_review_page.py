"""The review page in a real browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from phonehome.models import PhoneHomeRecord, Review
from phonehome.services.reject_packet import reject_packet
from phonehome.services.revise_packet import revise_packet
from phonehome.services.write_revision import Content
from phonehome.states import PacketStatus, ReviewSurface
from tests.browser.conftest import Open
from tests.cast import BY, Cast
from tests.phonehome.packets import fresh

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.one_database,
]

LOOKS = (Path(__file__).parent / "looks.js").read_text()
PHONE = {"viewport": {"width": 390, "height": 844}}
HOSTILE = (
    "The worker on 10.4.17.23 stops, cc @octocat.\n\n"
    "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>\n\n"
    "![chart](https://img.example.net/x.png) <!-- unseen --> \u202etxt\n\n"
    "<p style='position:fixed'>over</p> <p id='approve-form'>x</p>\n\n"
    f"{'wide ' * 3}{'w' * 400}\n\n| a | b |\n|---|---|\n| {'t' * 200} | 2 |\n"
)
SignIn = Callable[..., Page]


def rewrite(record: PhoneHomeRecord, body: str = HOSTILE) -> PhoneHomeRecord:
    record = fresh(record)
    return revise_packet(
        record_id=record.pk,
        seen_digest=record.current.packet_sha256,
        content=Content(
            title="The worker stops", body_markdown=body, redaction_report={"status": "passed"}
        ),
        by=BY,
    )


def address(record: PhoneHomeRecord) -> str:
    return f"/console/review/{record.pk}/"


def test_by_keyboard_alone_from_the_list_to_the_approval(
    packet: PhoneHomeRecord, open_page: Open, sign_in: SignIn
) -> None:
    page = sign_in(open_page())
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address(packet)}")
    page.keyboard.press("a")
    assert Review.objects.count() == 0  # the key only moves the focus
    expect(page.get_by_role("button", name="Approve")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Approved.")
    assert Review.objects.get().operator_name == "frank"


def test_the_tabs_by_number_by_arrow_and_by_address(
    packet: PhoneHomeRecord, open_page: Open, sign_in: SignIn
) -> None:
    page = sign_in(open_page(), to=address(packet))
    panels = {name: page.get_by_role("tabpanel", name=name) for name in ("Preview", "Source")}
    expect(panels["Preview"]).to_be_visible()
    page.keyboard.press("2")
    expect(panels["Source"]).to_be_visible()
    expect(panels["Preview"]).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    expect(panels["Preview"]).to_be_visible()
    page.keyboard.press("4")
    expect(page.locator("#payload")).to_contain_text(packet.current.packet_sha256)
    page.goto(address(packet) + "#changes")
    page.reload()
    expect(page.locator("#changes")).to_be_visible()


def test_approving_is_closed_until_every_kept_value_is_ticked(
    packet: PhoneHomeRecord, open_page: Open, sign_in: SignIn
) -> None:
    rewrite(packet)
    page = sign_in(open_page(), to=address(packet))
    approve = page.get_by_role("button", name="Approve")
    expect(approve).to_be_disabled()
    page.get_by_role("checkbox", name="pii.ip_address").check()
    expect(approve).to_be_enabled()
    approve.click()
    expect(page.get_by_role("status")).to_contain_text("Approved.")
    assert Review.objects.get().acknowledged_fields == ["pii.ip_address"]


def test_hostile_text_does_nothing_and_hides_nothing(
    packet: PhoneHomeRecord, open_page: Open, sign_in: SignIn
) -> None:
    rewrite(packet)
    page = sign_in(open_page(), to=address(packet))
    assert page.evaluate("window.hacked") is None
    expect(page.locator("#preview img[src]")).to_have_count(0)
    expect(page.get_by_role("complementary")).to_contain_text("https://img.example.net/x.png")
    page.keyboard.press("2")
    expect(page.locator("#source .hidden-char")).to_have_text("U+202E")
    expect(page.locator("#source mark")).to_have_text("10.4.17.23")
    assert page.locator("form#approve-form").count() == 1


def test_rejecting_with_a_reason(packet: PhoneHomeRecord, open_page: Open, sign_in: SignIn) -> None:
    page = sign_in(open_page(), to=address(packet))
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    page.get_by_label("Reason, told to the reporter").select_option("already_known")
    page.get_by_label("Note, for Clara only").fill("See issue 7.")
    page.get_by_role("button", name="Reject it").click()
    expect(page.get_by_role("status")).to_contain_text("Rejected.")
    expect(page.locator("#state")).to_contain_text("See issue 7.")
    assert fresh(packet).status == PacketStatus.REJECTED


def test_editing_and_leaving_without_saving(
    packet: PhoneHomeRecord, open_page: Open, sign_in: SignIn
) -> None:
    page = sign_in(open_page(), to=address(packet))
    page.keyboard.press("e")
    page.get_by_label("Title").fill("A clearer title")
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_label("Title")).to_have_value("A clearer title")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save as revision 2").click()
    expect(page.get_by_role("status")).to_contain_text("Saved as revision 2.")
    page.keyboard.press("3")
    expect(page.locator("#changes tr.in")).to_contain_text("A clearer title")
    assert fresh(packet).current.body_markdown == packet.current.body_markdown


def test_a_decision_that_comes_too_late(
    packet: PhoneHomeRecord, stranger: Cast, open_page: Open, sign_in: SignIn
) -> None:
    page = sign_in(open_page(), to=address(packet))
    reject_packet(
        record_id=packet.pk,
        seen_digest=packet.current.packet_sha256,
        by=stranger.operator,
        surface=ReviewSurface.DASHBOARD,
        reason_code="not_clear",
    )
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This packet is not waiting any more")
    expect(page.locator("main")).to_contain_text("eve")
    assert page.evaluate(LOOKS) == []


def test_the_list_and_the_page_notice_what_changed(
    packet: PhoneHomeRecord, open_page: Open, sign_in: SignIn
) -> None:
    listing = sign_in(open_page())
    reading = sign_in(open_page(), to=address(packet))
    reading.get_by_text("Reject", exact=True).click()
    reading.get_by_label("Note, for Clara only").fill("half a thought")
    rewrite(packet)
    for page in (listing, reading):  # what the poll does every fifteen seconds
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(listing.get_by_role("link", name="The worker stops")).to_be_visible()
    expect(reading.locator("#moved")).to_be_visible()
    expect(reading.get_by_label("Note, for Clara only")).to_have_value("half a thought")


def test_without_javascript_everything_still_works(
    packet: PhoneHomeRecord, open_page: Open, sign_in: SignIn
) -> None:
    rewrite(packet)
    page = sign_in(open_page(java_script_enabled=False), to=address(packet))
    expect(page.locator("#preview")).to_be_visible()
    page.get_by_role("link", name="Source !").click()
    expect(page.locator("#source")).to_be_visible()
    expect(page.locator("#preview")).to_be_hidden()
    page.get_by_role("button", name="Approve").click()
    assert fresh(packet).status == PacketStatus.PENDING  # the browser asks for the tick
    page.get_by_role("checkbox", name="pii.ip_address").check()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_contain_text("Approved.")


@pytest.mark.parametrize(
    "options",
    [{}, {"color_scheme": "dark"}, PHONE, {**PHONE, "color_scheme": "dark"}],
    ids=["wide", "dark", "phone", "dark phone"],
)
def test_every_page_can_be_read(
    packet: PhoneHomeRecord, open_page: Open, sign_in: SignIn, options: dict[str, Any]
) -> None:
    rewrite(packet)
    page = open_page(**options)
    page.goto("/console/login/")
    assert page.evaluate(LOOKS) == []
    sign_in(page)
    assert page.evaluate(LOOKS) == []
    for query in ("", "#source", "#changes", "#payload", "?edit=1"):
        page.goto("/console/review/")
        page.goto(address(packet) + query)
        assert (query, page.evaluate(LOOKS)) == (query, [])
    page.goto(address(packet))
    for button in ("Approve", "Reject"):
        expect(page.get_by_text(button, exact=True)).to_be_in_viewport()
    page.get_by_text("Reject", exact=True).click()
    expect(page.get_by_role("button", name="Reject it")).to_be_in_viewport()


def test_the_browsing_pages_keep_to_their_policy(
    packet: PhoneHomeRecord, open_page: Open, sign_in: SignIn
) -> None:
    page = sign_in(open_page(), to="/admin/")
    for path in ("phonehome/phonehomerecord/", "incidents/incident/", "kernel/ledgerentry/"):
        page.goto(f"/admin/{path}")
        expect(page.get_by_role("table").first).to_be_visible()
    page.goto("/admin/phonehome/phonehomerecord/")
    page.get_by_role("link", name="Open the review page").click()
    page.wait_for_url(f"**{address(packet)}")
