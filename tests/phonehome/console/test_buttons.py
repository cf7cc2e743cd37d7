"""Every button of the review page: who may press it, and what it does."""

import pytest
from django.test import Client

from kernel.models import LedgerEntry
from phonehome.models import Review, Shipment
from phonehome.states import PacketStatus
from tests.cast import PASSWORD, Cast
from tests.phonehome.console.conftest import HOST_ADDRESS, Console, rewritten, signed_in

pytestmark = pytest.mark.django_db

BUTTONS = {
    "approve": {},
    "reject": {"reason_code": "already_known"},
    "request_changes": {"notes": "Name the version."},
    "edit": {"title": "T", "body_markdown": "B", "labels": "phone-home"},
    "retry": {},
}
EVERY_BUTTON = pytest.mark.parametrize("action", BUTTONS)


@EVERY_BUTTON
def test_a_stranger_is_sent_to_sign_in(stranger_at_the_door: Console, action: str) -> None:
    answer = stranger_at_the_door.press(action, **BUTTONS[action])
    assert answer.status_code == 302
    assert answer["Location"].startswith("/console/login/?next=/console/review/")
    assert stranger_at_the_door.record.status == PacketStatus.PENDING
    assert stranger_at_the_door.record.revision == 1


@EVERY_BUTTON
def test_staff_without_the_permission_are_refused_and_written_down(
    visitor: Console, action: str
) -> None:
    answer = visitor.press(action, **BUTTONS[action])
    assert answer.status_code == 403
    assert "You may not do that" in answer.content.decode()
    assert visitor.record.status == PacketStatus.PENDING
    trace = LedgerEntry.objects.get(action="refused.operator_required")
    assert trace.actor_label == "vera"


@EVERY_BUTTON
def test_looking_changes_nothing(console: Console, action: str) -> None:
    before = LedgerEntry.objects.count()
    for query in ("", "?edit=1", f"?action={action}&digest={console.digest}"):
        assert console.open(query).status_code == 200
    assert console.record.status == PacketStatus.PENDING
    assert not Review.objects.exists()
    assert LedgerEntry.objects.count() == before


@EVERY_BUTTON
def test_a_form_from_elsewhere_does_nothing(cast: Cast, console: Console, action: str) -> None:
    console.client = Client(enforce_csrf_checks=True)
    console.client.force_login(cast.operator)
    answer = console.press(action, **BUTTONS[action], csrfmiddlewaretoken="x" * 64)
    assert answer.status_code == 403
    assert "no longer valid" in answer.content.decode()
    assert console.record.status == PacketStatus.PENDING


@pytest.mark.parametrize("action", ["approve", "reject", "request_changes", "edit"])
def test_a_decision_about_an_earlier_revision_is_not_taken(
    console: Console, packet: object, action: str
) -> None:
    seen = console.digest
    rewritten(packet, "Another text.", title="Another title")
    answer = console.press(action, **{**BUTTONS[action], "digest": seen})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "changed while you read it" in page
    assert "Another title" in page
    assert console.record.status == PacketStatus.PENDING
    assert console.record.revision == 2


def test_approving_writes_the_review_and_the_shipment(console: Console, cast: Cast) -> None:
    answer = console.press("approve", notes="Read twice.")
    assert answer.status_code == 302
    assert answer["Location"] == console.url
    review = Review.objects.get()
    assert (review.operator, review.surface) == (cast.operator, "dashboard")
    assert review.notes == "Read twice."
    assert review.packet_sha256 == console.digest
    assert Shipment.objects.filter(review=review).exists()
    after = console.open().content.decode()
    assert "Approved." in after
    assert 'value="approve"' not in after


def test_a_second_press_says_that_it_is_done_already(console: Console) -> None:
    console.press("approve")
    answer = console.press("approve")
    assert answer.status_code == 409
    assert "You have decided this already" in answer.content.decode()
    assert Review.objects.count() == Shipment.objects.count() == 1


def test_the_page_of_a_lost_race_names_who_was_first(console: Console, stranger: Cast) -> None:
    other = Console(signed_in(stranger.operator), console.record)
    other.press("reject", reason_code="not_clear", notes="Which version?")
    answer = console.press("approve")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "eve" in page
    assert "rejected" in page
    assert console.record.status == PacketStatus.REJECTED


@pytest.mark.usefixtures("keeping")
def test_every_kept_value_needs_its_own_tick(console: Console) -> None:
    page = console.open().content.decode()
    kept = console.record.current.retained_sensitive_fields
    assert len(kept) == 1
    assert f'name="ack" value="{kept[0]}"' in page
    refused = console.press("approve", ack=["pii.phone"])
    assert refused.status_code == 409
    assert "phone_home_sensitive_retention_unapproved" in refused.content.decode()
    assert console.record.status == PacketStatus.PENDING
    assert console.press("approve", ack=kept).status_code == 302
    assert Review.objects.get().acknowledged_fields == kept


def test_rejecting_keeps_the_reason_and_the_note(console: Console) -> None:
    answer = console.press("reject", reason_code="already_known", notes="See issue 7.")
    assert answer.status_code == 302
    review = Review.objects.get()
    assert (review.decision, review.reason_code) == ("rejected", "already_known")
    assert "See issue 7." in console.open().content.decode()


def test_a_rejection_without_a_reason_says_so_and_keeps_the_note(console: Console) -> None:
    answer = console.press("reject", reason_code="", notes="my long note")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "reason_code" in page
    assert "my long note" in page
    assert console.record.status == PacketStatus.PENDING


def test_changes_are_asked_for_with_a_note(console: Console) -> None:
    assert console.press("request_changes", notes=" ").status_code == 400
    assert console.press("request_changes", notes="Name the version.").status_code == 302
    assert console.record.status == PacketStatus.CHANGES_REQUESTED


def test_an_edit_without_a_change_keeps_the_very_same_body(console: Console) -> None:
    before = console.record.current
    answer = console.press(
        "edit",
        title=before.title,
        # As a browser sends it.
        body_markdown=before.source_body.replace("\n", "\r\n"),
        labels="\r\n".join(before.labels),
    )
    after = console.record.current
    assert answer.status_code == 302
    assert after.number == 2
    assert after.body_markdown == before.body_markdown
    assert after.labels == before.labels
    assert after.author == "frank"


def test_an_edit_that_removes_a_kept_value_needs_no_tick_any_more(
    console: Console, keeping: object
) -> None:
    kept = console.record.current
    assert kept.retained_sensitive_fields
    console.press("edit", title=kept.title, body_markdown="The worker stops.", labels="bug")
    edited = console.record.current
    assert edited.retained_sensitive_fields == []
    assert edited.labels == ["bug"]
    assert HOST_ADDRESS not in edited.body_markdown
    assert console.press("approve").status_code == 302


def test_an_edit_that_is_refused_keeps_what_was_typed(console: Console) -> None:
    token = "ghp_" + "aB3dE5gH7j" * 3 + "kLmN4p"
    answer = console.press("edit", title="New", body_markdown=f"see {token}", labels="a, b")
    page = answer.content.decode()
    assert answer.status_code in (400, 422)
    assert f"see {token}" in page
    assert "a, b" in page
    assert console.record.revision == 1


def test_an_edit_of_an_approved_packet_voids_the_approval(console: Console) -> None:
    console.press("approve")
    page = console.open("?edit=1").content.decode()
    assert "the approval of revision 1 is void" in page
    console.press("edit", title="T", body_markdown="B", labels="")
    assert console.record.status == PacketStatus.PENDING
    assert Shipment.objects.get().state == "cancelled"


def test_what_stayed_behind_survives_an_operators_edit(console: Console, packet: object) -> None:
    sections = [
        {"name": "Summary", "side": "product", "text": "It stops."},
        {"name": "Customer", "side": "customer", "text": "Their own words."},
    ]
    rewritten(packet, "", sections=sections)
    carved = console.record.current.carved_out
    assert [one["name"] for one in carved] == ["Customer"]
    console.press("edit", title="T", body_markdown="B", labels="")
    assert console.record.current.carved_out == carved


def test_there_is_nothing_to_retry_in_a_packet_that_waits(console: Console) -> None:
    answer = console.press("retry")
    assert answer.status_code == 409
    assert "phone_home_not_retryable" in answer.content.decode()


@pytest.mark.parametrize("action", ["", "withdraw", "APPROVE", "approve\x00"])
def test_an_unknown_action_is_refused_with_a_page(console: Console, action: str) -> None:
    answer = console.press(action)
    assert answer.status_code == 400
    assert "invalid_request" in answer.content.decode()
    assert console.record.status == PacketStatus.PENDING


@pytest.mark.parametrize("digest", ["", "short", "g" * 64, "é" * 64, "\x00" * 64])
def test_no_digest_or_a_wrong_one_decides_nothing(console: Console, digest: str) -> None:
    answer = console.press("approve", digest=digest)
    assert answer.status_code in (400, 409)
    assert not Review.objects.exists()


def test_a_packet_that_is_not_there(console: Console) -> None:
    console.url = "/console/review/00000000-0000-7000-8000-000000000000/"
    assert console.open().status_code == 404
    assert console.press("approve", digest="a" * 64).status_code == 404


def test_other_methods_are_not_taken(console: Console) -> None:
    assert console.client.put(console.url).status_code == 405
    assert console.client.delete("/console/review/").status_code == 405
    assert console.client.post("/console/review/", {}).status_code == 405


def test_a_form_that_is_too_large_is_refused_with_a_page(console: Console) -> None:
    answer = console.press("edit", title="T", body_markdown="x" * 3_000_000, labels="")
    assert answer.status_code in (400, 413)
    assert "<h1" in answer.content.decode()
    assert console.record.revision == 1


def test_a_body_over_githubs_limit_is_refused_and_kept(console: Console) -> None:
    text = "words " * 11_000
    answer = console.press("edit", title="T", body_markdown=text, labels="")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "65536" in page.replace(",", "")
    assert text.strip() in page
    assert console.record.revision == 1


def test_signing_in_leads_to_the_page_that_was_asked_for(console: Console, cast: Cast) -> None:
    client = Client()
    login = client.get(console.url)["Location"]
    wrong = client.post(login, {"username": "frank", "password": "wrong", "next": console.url})
    assert wrong.status_code == 403
    assert "is wrong" in wrong.content.decode()
    right = client.post(login, {"username": "frank", "password": PASSWORD, "next": console.url})
    assert right["Location"] == console.url


def test_too_many_wrong_tries_close_a_name_for_a_while(cast: Cast) -> None:
    client = Client()
    for _ in range(10):
        client.post("/console/login/", {"username": "frank", "password": "wrong"})
    answer = client.post("/console/login/", {"username": "frank", "password": PASSWORD})
    assert answer.status_code == 429
    assert "Too many wrong tries" in answer.content.decode()
    assert "_auth_user_id" not in client.session
