"""What the list and the review page show."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kernel import clock
from kernel.canonical import sha256_hex
from phonehome.models import PhoneHomeRecord
from tests.cast import Cast
from tests.phonehome.console.conftest import Console, rewritten, signed_in

pytestmark = pytest.mark.django_db

LIST = "/console/review/"
STRICT = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "require-trusted-types-for 'script'",
}


def test_an_empty_list_says_what_happens_next(cast: Cast) -> None:
    page = signed_in(cast.operator).get(LIST).content.decode()
    assert "Nothing waits for you." in page
    assert "filed to a folder, not to GitHub" in page


def test_the_list_shows_what_waits(console: Console) -> None:
    page = console.client.get(LIST).content.decode()
    record = console.record
    for text in (
        f'href="{console.url}"',
        record.current.title,
        record.incident.incident_id,
        "PID-DPA01",
        "private",
        "23 h 59 min left",
    ):
        assert text in page


def test_the_list_answers_a_poll_only_when_something_changed(
    console: Console, time_machine: Any
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    first = console.client.get(f"{LIST}?part=queue")
    assert "<html" not in first.content.decode()
    headers = {"If-None-Match": first["ETag"]}
    again = console.client.get(f"{LIST}?part=queue", headers=headers)
    assert again.status_code == 304
    assert again.content == b""
    console.press("reject", reason_code="not_clear")
    changed = console.client.get(f"{LIST}?part=queue", headers=headers)
    assert changed.status_code == 200
    assert "rejected" in changed.content.decode()


def test_a_filed_packet_is_shown_with_where_it_went(
    console: Console, sweep: Callable[[], None], settings: Any, tmp_path: Path
) -> None:
    settings.PHONE_HOME_FOLDER = tmp_path
    console.press("approve")
    sweep()
    for page in (console.client.get(LIST).content.decode(), console.open().content.decode()):
        assert "filed to folder, not to GitHub" in page
        assert "Issue #1" in page
        assert 'href="folder:' not in page


def test_the_list_needs_few_queries_however_long_it_is(
    console: Console, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(9):
        console.client.get(LIST)


def test_the_page_needs_few_queries(console: Console, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(15):
        console.open()


@pytest.mark.parametrize("address", [LIST, None])
def test_pages_allow_nothing_inline_and_nothing_from_elsewhere(
    console: Console, address: str | None
) -> None:
    answer = console.client.get(address or console.url)
    policy = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
    assert policy >= STRICT
    page = answer.content.decode()
    assert "<script>" not in page
    assert " style=" not in page
    assert "no-store" in answer["Cache-Control"]


def test_the_page_shows_everything_that_would_leave(console: Console) -> None:
    revision = console.record.current
    page = console.open().content.decode()
    assert console.record.marker in page
    assert revision.packet_sha256 in page
    for label in revision.labels:
        assert f"<li>{label}</li>" in page
    assert "Signals are lost after a restart of the bridge." in page


def test_the_payload_is_the_bytes_under_the_digest(console: Console) -> None:
    answer = console.open("?part=payload")
    assert sha256_hex(answer.content) == console.digest
    assert "attachment" in answer["Content-Disposition"]


def test_hostile_text_is_shown_and_does_nothing(console: Console, packet: PhoneHomeRecord) -> None:
    rewritten(
        packet,
        "<script>alert(1)</script><img src=x onerror=alert(1)>\n\n"
        '<form action="/x"><input name="digest" value="0"></form>\n\n'
        "![chart](https://img.example.net/x.png) <!-- unseen --> \u202etxt\n\n"
        '<p style="position:fixed">over</p>\n\n</pre></textarea></div>',
        title="<b>bold</b>\u200b title",
    )
    page = console.open().content.decode()
    assert "<script>" not in page
    assert "<img src=" not in page.replace('<img src="/static/', "")
    assert "onerror=alert(1)>" not in page
    assert 'style="' not in page
    assert page.count('name="digest" value="0"') == 0
    assert "https://img.example.net/x.png" in page
    assert "U+202E" in page
    assert 'class="comment"' in page
    assert "<b>bold</b>" not in page
    edit = console.open("?edit=1").content.decode()
    assert "</pre></textarea></div>" not in edit


def test_a_change_is_shown_against_the_revision_before(
    console: Console, packet: PhoneHomeRecord
) -> None:
    rewritten(packet, "The bridge loses signals.", title="A clearer title")
    page = console.open().content.decode()
    assert '<tr class="in"' in page
    assert "A clearer title" in page


def test_the_state_part_tells_when_the_page_is_out_of_date(console: Console) -> None:
    before = console.open("?part=state").content.decode()
    console.press("approve")
    after = console.open("?part=state").content.decode()
    assert 'data-state="pending_operator_review/' in before
    assert 'data-state="approved/' in after
