"""The carve-out page in a browser without JavaScript: every button, who may press it, and races."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from access.models import User
from kernel.models import LedgerEntry
from phonehome.models import CarveOutProof, PacketRevision, PhoneHomeRecord
from phonehome.states import PacketStatus
from tests.cast import Cast
from tests.phonehome.carving.cases import (
    CODE,
    LOG,
    OURS,
    SECTIONS,
    THEIRS,
    mixed_case,
    packet,
    section,
    staged,
)
from tests.phonehome.console.conftest import Console, signed_in

pytestmark = pytest.mark.django_db

_FIELD = re.compile(r'<input type="hidden" name="(section_\w+|digest)" value="([^"]*)"')
_RESULT = re.compile(r'id="result-digest">(\w+)<')


class Table(Console):
    """The page and the form on it: what was posted last is what is on the screen."""

    def __init__(self, client: Client, record: PhoneHomeRecord) -> None:
        super().__init__(client, record)
        self.review_url = self.url
        self.url += "carve-out/"
        self.answer = self.open()

    @property
    def text(self) -> str:
        return str(self.answer.content.decode())

    @property
    def sections(self) -> list[dict[str, str]]:
        found: dict[str, list[str]] = {}
        for name, value in _FIELD.findall(self.text):
            found.setdefault(name, []).append(unescape(value))
        columns = (found.get(f"section_{one}", []) for one in ("name", "side", "text"))
        return [section(*one) for one in zip(*columns, strict=True)]

    def push(self, do: str, query: str = "", **changes: Any) -> Any:
        """Press a button of the form as it is on the screen."""
        found: dict[str, list[str]] = {}
        for name, value in _FIELD.findall(self.text):
            found.setdefault(name, []).append(unescape(value).replace("\n", "\r\n"))
        title = re.search(r'name="title" value="([^"]*)"', self.text)
        form = {"title": unescape(title[1]) if title else "", **found, "do": do, **changes}
        answer = self.client.post(self.url + query, form)
        if not query:
            self.answer = answer
        return answer


TwoParts = f"{LOG}\n\n{THEIRS}"


@pytest.fixture
def record(cast: Cast, settings: Any) -> dict[str, Any]:
    cut = [*SECTIONS[:2], section("Their side", "customer", TwoParts)]
    return staged(cast, settings, sections=cut)


@pytest.fixture
def table(cast: Cast, record: dict[str, Any]) -> Table:
    return Table(signed_in(cast.operator), PhoneHomeRecord.objects.get(pk=record["record_id"]))


def names(table: Table, side: str) -> list[str]:
    return [one["name"] for one in table.sections if one["side"] == side]


def test_the_sides_stand_beside_each_other(table: Table, record: dict[str, Any]) -> None:
    assert table.answer.status_code == 200
    assert names(table, "product") == ["Summary", "Symptom record"]
    assert names(table, "customer") == ["Their side"]
    assert table.digest in table.text
    assert "No 24 characters in a row" in table.text
    assert "<script>" not in table.text
    assert " style=" not in table.text
    review = table.client.get(table.review_url).content.decode()
    assert f'href="{table.url}"' in review
    assert "Compared again now: it holds." in review


def test_a_section_is_moved_split_and_saved(table: Table, record: dict[str, Any]) -> None:
    table.push("split:2:1")
    assert [one["text"] for one in table.sections[2:]] == [LOG, THEIRS]
    table.push("product:2")
    assert names(table, "product") == ["Summary", "Symptom record", "Their side"]
    table.push("up:2")
    table.push("up:1")
    assert names(table, "product")[0] == "Their side"
    table.push("down:0")
    assert names(table, "product") == ["Summary", "Their side", "Symptom record"]
    shown = _RESULT.search(table.text)
    assert PacketRevision.objects.count() == 1  # nothing is written by moving
    answer = table.push("save")
    assert (answer.status_code, answer["Location"]) == (302, table.review_url)
    revision = table.record.current
    assert (revision.number, revision.author) == (2, "frank")
    assert shown is not None
    assert revision.packet_sha256 == shown[1]
    assert LOG in revision.body_markdown
    assert "Zanzibar" not in revision.body_markdown
    assert [one["characters"] for one in revision.carved_out] == [len(THEIRS)]
    assert CarveOutProof.objects.get(revision=revision).characters == len(THEIRS)
    assert revision.title == record["title"]
    assert revision.labels == record["labels"]
    assert "Saved as revision 2" in table.client.get(table.review_url).content.decode()


def test_saving_without_a_move_keeps_the_very_same_body(
    table: Table, record: dict[str, Any]
) -> None:
    table.push("save")
    revision = table.record.current
    assert revision.number == 2
    assert revision.body_markdown == record["body_markdown"]
    assert revision.carved_out == record["carved_out"]


def test_what_stands_on_both_sides_is_marked_and_not_saved(table: Table) -> None:
    table.push("split:2:1")
    table.push("product:2", title=f"500: {THEIRS}")
    assert "1 stretch stands on both sides" in table.text
    assert table.text.split('id="result"')[0].count('<mark class="overlap">') == 1
    answer = table.push("save")
    assert answer.status_code == 422
    assert CODE in table.text
    assert f"500: {THEIRS}" in table.text
    assert names(table, "product")[-1] == "Their side"  # nothing of the cut is lost
    assert table.record.revision == 1
    trace = LedgerEntry.objects.get(action=f"refused.{CODE}")
    assert "Zanzibar" not in str(trace.data)


def test_overlaps_are_marked_on_both_sides(cast: Cast, settings: Any, table: Table) -> None:
    copied = [*table.sections, section("Copy", "product", f"They say: {THEIRS}")]
    form = {f"section_{one}": [each[one] for each in copied] for one in ("name", "side", "text")}
    table.push("show", **form)
    before, result = table.text.split('id="result"')
    assert before.count('<mark class="overlap">') == 2
    assert before.count("1 on both sides") == 2
    assert '<mark class="overlap">' in result
    assert "from <em>Their side</em>" in result


def test_the_live_part_is_what_the_page_would_show_and_writes_nothing(table: Table) -> None:
    part = table.push("product:2", query="?part=body").content.decode()
    table.push("product:2")
    digest = _RESULT.search(table.text)
    assert digest is not None
    assert f">{digest[1]}<" in part
    assert part.count("data-text") == 3
    assert "<html" not in part
    assert PacketRevision.objects.count() == 1


def test_no_product_side_makes_no_packet(table: Table) -> None:
    table.push("customer:0")
    table.push("customer:0")
    assert names(table, "product") == []
    assert "These sections make no packet." in table.text
    answer = table.push("save")
    assert answer.status_code == 400
    assert table.record.revision == 1


def test_everything_may_be_found_to_be_the_products_with_a_tick(table: Table) -> None:
    table.push("product:2")
    assert "needs an acknowledgement" in table.text
    table.push("save")
    revision = table.record.current
    assert revision.carved_out == []
    assert revision.retained_sensitive_fields == ["carve_out.no_customer_side"]
    assert not CarveOutProof.objects.filter(revision=revision).exists()


def test_a_body_edited_as_a_whole_is_parted_at_its_headings(table: Table) -> None:
    page = Console(table.client, table.record)
    source = table.record.current.source_body.replace("It began", "Edited: it began")
    page.press("edit", title="500", body_markdown=source, labels="phone-home")
    table.answer = table.open()
    assert [one["name"] for one in table.sections] == ["Summary", "Symptom record", "Their side"]
    table.push("customer:0")
    table.push("save")
    body = table.record.current.body_markdown
    assert OURS not in body
    assert "Edited: it began" in body
    assert body.count("## Redaction report summary") == 1
    assert table.record.current.labels == ["phone-home"]


def test_a_body_of_long_and_many_headings_can_be_cut(table: Table) -> None:
    page = Console(table.client, table.record)
    heads = [*(f"## H{at}\n\ntext {at}" for at in range(210)), "## " + "x" * 150 + "\n\nlast"]
    page.press("edit", title="500", body_markdown="\n\n".join(heads[::-1]), labels="")
    table.answer = table.open()
    assert table.push("customer:1").status_code == 200
    assert len(table.sections) == 200
    assert table.push("save").status_code == 302
    body = table.record.current.body_markdown
    assert "last" in body
    assert "text 0\n" in body


def test_the_note_of_the_desk_survives_a_new_cut(
    cast: Cast, sweep: Callable[[], None], settings: Any
) -> None:
    cast.jade.report(f"There is a bug in our own importer, it is ours. {OURS}")
    sweep()
    row = PhoneHomeRecord.objects.get()
    assert row.current.scope == "mixed"
    assert "## Clara classification note" in row.current.source_body
    table = Table(signed_in(cast.operator), row)
    assert "Clara classification note" not in [one["name"] for one in table.sections]
    table.push("save")
    assert table.record.current.source_body == row.current.source_body


def test_a_race_is_lost_with_everything_kept(cast: Cast, table: Table, stranger: Cast) -> None:
    table.push("split:2:1")
    Console(signed_in(stranger.operator), table.record).press(
        "edit", title="Another title", body_markdown="Shorter.", labels=""
    )
    table.push("product:2")  # looking at it again does not make it a change of the new revision
    answer = table.push("save")
    assert answer.status_code == 409
    assert "changed while you read it" in table.text
    assert "Another title" in table.text
    assert LOG in table.text.split("What you wrote")[1]
    assert table.record.revision == 2


def test_a_packet_that_was_decided_is_shown_and_cannot_be_cut(table: Table) -> None:
    Console(table.client, table.record).press("reject", reason_code="not_clear")
    shown = table.open().content.decode()
    assert THEIRS in shown
    assert "cannot be cut anew" in shown
    assert 'name="do"' not in shown
    answer = table.push("save")
    assert answer.status_code == 409
    assert table.record.status == PacketStatus.REJECTED
    assert table.record.revision == 1


def test_saving_voids_an_approval(table: Table) -> None:
    Console(table.client, table.record).press("approve")
    assert table.record.status == PacketStatus.APPROVED
    table.answer = table.open()
    table.push("save")
    assert table.record.status == PacketStatus.PENDING


def test_a_case_of_the_product_alone_has_no_carve_out(cast: Cast, settings: Any) -> None:
    incident_id = mixed_case(cast, settings, scope="prism-product")
    body = packet([SECTIONS[0]], incident_id=incident_id)
    made = cast.clara.post("phone-home/records", body).json()
    table = Table(signed_in(cast.operator), PhoneHomeRecord.objects.get(pk=made["record_id"]))
    assert table.answer.status_code == 404
    assert "Only a mixed case has a carve-out" in table.text
    assert "carve-out/" not in table.client.get(table.review_url).content.decode()


@pytest.mark.parametrize("do", ["show", "product:2", "split:2:1", "save"])
def test_only_who_may_review_may_look_or_cut(table: Table, do: str) -> None:
    table.client = Client()
    answer = table.push(do)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/console/login/")
    visitor = signed_in(User.objects.create_user("vera", is_staff=True))
    assert visitor.get(table.url).status_code == 403
    refused = visitor.post(table.url, {"do": do})
    assert refused.status_code == 403
    assert THEIRS not in refused.content.decode()
    assert table.record.revision == 1


def test_a_form_from_elsewhere_does_nothing(cast: Cast, table: Table) -> None:
    table.client = Client(enforce_csrf_checks=True)
    table.client.force_login(cast.operator)
    assert table.push("save").status_code == 403
    assert table.record.revision == 1


FORGED: dict[str, dict[str, Any]] = {
    "no section of that number": {"do": "product:9"},
    "not a number": {"do": "up:x"},
    "a number of 5,000 digits": {"do": f"split:0:{'9' * 5_000}"},
    "a section of 5,000 digits": {"do": f"up:{'9' * 5_000}"},
    "a NUL in the title": {"title": "500\x00"},
    "a NUL in a name": {"section_name": ["Summary\x00", "x", "Their side"]},
    "a NUL in what stays behind": {"section_text": ["x", "y", "z\x00"]},
    "a NUL in the digest": {"digest": "\x00"},
    "a side of its own": {"section_side": ["product", "both", "customer"]},
    "a side missing": {"section_side": ["product"]},
    "no name": {"section_name": ["Summary", " ", "Their side"]},
    "a long name": {"section_name": ["Summary", "x" * 101, "Their side"]},
    "a long text": {"section_text": ["x", "x", "x" * 150_000]},
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_form_is_refused_with_a_page(table: Table, forged: str) -> None:
    changes = dict(FORGED[forged])
    answer = table.push(changes.pop("do", "save"), **changes)
    assert answer.status_code == 400
    assert "invalid_request" in table.text
    assert table.record.revision == 1


def test_hostile_text_is_shown_and_does_nothing(cast: Cast, settings: Any) -> None:
    hostile = "<script>alert(1)</script></pre></textarea>\u202e<img src=x onerror=alert(1)>"
    made = staged(
        cast, settings, sections=[*SECTIONS, section("<b>x</b>", "customer", f"{hostile}\n\ny")]
    )
    table = Table(signed_in(cast.operator), PhoneHomeRecord.objects.get(pk=made["record_id"]))
    assert "<script>" not in table.text
    assert "<b>x</b>" not in table.text
    assert "U+202E" in table.text
    assert table.sections[-1]["text"] == f"{hostile}\n\ny"
