"""None of the customer's side leaves: staging, every edit, and the approval."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from kernel.models import LedgerEntry
from phonehome.models import CarveOutProof, PacketRevision, PhoneHomeRecord, Review
from phonehome.proving import standing_of
from tests.cast import Cast
from tests.phonehome.attacks import behind_the_triggers, refused, sql
from tests.phonehome.carving.cases import (
    CODE,
    LOG,
    OURS,
    SECTIONS,
    THEIRS,
    mixed_case,
    packet,
    section,
    stage,
    staged,
)
from tests.phonehome.console.conftest import Console, signed_in

pytestmark = pytest.mark.django_db


def revise(cast: Cast, record: dict[str, Any], **changes: Any) -> Any:
    etag = f'"{record["packet_sha256"]}"'
    path = f"phone-home/records/{record['record_id']}"
    return cast.clara.put(path, packet(**changes), **{"if-match": etag})


def console(cast: Cast, record: dict[str, Any]) -> Console:
    return Console(signed_in(cast.operator), PhoneHomeRecord.objects.get(pk=record["record_id"]))


def current(record: dict[str, Any]) -> PacketRevision:
    return PhoneHomeRecord.objects.get(pk=record["record_id"]).current


HIDDEN_IN = {
    "title": {"title": THEIRS},
    "body": {"sections": [*SECTIONS, section("More", "product", f"It said {THEIRS}")]},
    "quoted": {
        "sections": [*SECTIONS, section("More", "product", "> " + THEIRS.replace(" ", "\n> "))]
    },
    "a heading": {"sections": [*SECTIONS, section(THEIRS, "product", "See above.")]},
    "a label": {"labels": [THEIRS[:40]]},
    "artifact refs": {"local_artifact_refs": [THEIRS]},
    "redacted fields": {
        "redaction_report": {"status": "passed", "redacted_fields": [THEIRS.replace(".", "")]}
    },
}


@pytest.mark.parametrize("place", HIDDEN_IN)
def test_staging_is_refused_wherever_the_customers_words_stand(
    cast: Cast, settings: Any, place: str
) -> None:
    answer = stage(cast, settings, **HIDDEN_IN[place])
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, CODE)
    (found,) = error["details"]["overlaps"]
    assert found["section"] == "Their side"
    assert found["characters"] >= 24
    assert found["part"] in ("title", "body_markdown", "labels")
    assert error["fields"].keys() == {found["part"]}
    assert not PhoneHomeRecord.objects.exists()
    assert not PacketRevision.objects.exists()
    assert not CarveOutProof.objects.exists()
    trace = LedgerEntry.objects.get(action=f"refused.{CODE}")
    assert "Zanzibar" not in str(trace.data)


def test_the_refusal_says_where_the_words_stand(cast: Cast, settings: Any) -> None:
    answer = stage(cast, settings, title=f"500: {THEIRS}")
    (found,) = answer.json()["error"]["details"]["overlaps"]
    assert found["part"] == "title"
    assert f"500: {THEIRS}"[found["start"] : found["end"]].strip() == THEIRS
    assert found["excerpt"] == THEIRS


def test_what_stayed_behind_is_recorded_and_proved(cast: Cast, settings: Any) -> None:
    record = staged(cast, settings)
    proof = record["carve_out_proof"]
    assert (proof["window"], proof["sections"], proof["overlaps"]) == (24, 1, 0)
    assert proof["characters"] == len(THEIRS)
    assert proof["body_sha256"] == record["body_sha256"]
    assert proof["packet_sha256"] == record["packet_sha256"]
    assert THEIRS not in str(record)
    assert record["retained_sensitive_fields"] == []
    revision = current(record)
    assert section("Their side", "customer", THEIRS) in revision.sections
    standing = standing_of(revision, record["incident_id"])
    assert standing is not None
    assert standing.holds
    assert "1 section (52 characters) stayed behind" in standing.words


def test_the_approval_is_bound_to_the_same_digest_as_ever(cast: Cast, settings: Any) -> None:
    record = staged(cast, settings)
    page = console(cast, record)
    payload = page.open("?part=payload").content.decode()
    assert "Zanzibar" not in payload
    assert "proof" not in payload
    assert page.press("approve").status_code == 302
    assert Review.objects.get().packet_sha256 == record["packet_sha256"]


def test_text_that_our_own_headings_share_with_a_report_is_no_overlap(
    cast: Cast, settings: Any
) -> None:
    first = staged(cast, settings)
    quoted = first["body_markdown"].split("## Severity")[1]
    answer = revise(
        cast, first, sections=[SECTIONS[0], section("Quoted", "customer", f"## Severity{quoted}")]
    )
    assert answer.status_code == 200, answer.content


def test_an_edit_that_brings_customer_text_in_is_refused_and_kept_on_the_page(
    cast: Cast, settings: Any
) -> None:
    record = staged(cast, settings)
    page = console(cast, record)
    typed = f"## Summary\n\n{OURS}\n\n*{THEIRS.upper()}*"
    answer = page.press("edit", title="500", body_markdown=typed, labels="phone-home")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert CODE in text
    assert "Characters " in text
    assert THEIRS.upper() in text
    assert page.record.revision == 1


def test_an_edit_keeps_what_stayed_behind_with_its_text(cast: Cast, settings: Any) -> None:
    record = staged(cast, settings)
    page = console(cast, record)
    for number in (2, 3):
        page.press("edit", title="500", body_markdown=f"Edited {number}.", labels="")
        assert page.record.revision == number
        assert section("Their side", "customer", THEIRS) in page.record.current.sections
        assert page.record.current.carved_out == record["carved_out"]
    answer = page.press("edit", title="500", body_markdown=f"See {THEIRS}", labels="")
    assert answer.status_code == 422


@pytest.mark.parametrize("as_body", [True, False])
def test_leaving_the_customers_section_out_does_not_make_it_the_products(
    cast: Cast, settings: Any, as_body: bool
) -> None:
    record = staged(cast, settings)
    words = f"{OURS}\n\n{THEIRS}"
    changes = {"sections": [section("Summary", "product", words)]}
    if as_body:
        changes = {"body_markdown": words, "sections": []}
    answer = revise(cast, record, **changes)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, CODE)
    assert PacketRevision.objects.count() == 1


def test_a_new_cut_counts_when_both_sides_are_marked(cast: Cast, settings: Any) -> None:
    record = staged(
        cast, settings, sections=[SECTIONS[0], section("All", "customer", f"{LOG}\n\n{THEIRS}")]
    )
    recut = [
        SECTIONS[0],
        section("Log", "product", LOG),
        section("Their side", "customer", THEIRS),
    ]
    answer = revise(cast, record, sections=recut)
    assert answer.status_code == 200, answer.content
    assert LOG in answer.json()["body_markdown"]
    assert [one["name"] for one in answer.json()["carved_out"]] == ["Their side"]


def test_the_operator_is_told_what_a_new_cut_let_go(cast: Cast, settings: Any, capsys: Any) -> None:
    record = staged(cast, settings)
    page = console(cast, record)
    assert "would leave now" not in page.open().content.decode()
    recut = [section("Summary", "product", THEIRS), section("Other", "customer", LOG)]
    record = revise(cast, record, sections=recut).json()
    for _ in range(2):
        shown = page.open().content.decode()
        assert "Stayed behind in an earlier revision, and would leave now" in shown
        assert f"<q>{THEIRS}</q>" in shown
        page.press("edit", title="500", body_markdown=f"Again: {THEIRS}", labels="")
    call_command("review", "show", record["record_id"])
    assert f"earlier revision: {THEIRS}" in capsys.readouterr().out


def test_a_mixed_packet_without_a_customer_side_needs_its_own_tick(
    cast: Cast, settings: Any
) -> None:
    record = staged(cast, settings, sections=[], body_markdown=f"## Summary\n\n{OURS}")
    assert record["retained_sensitive_fields"] == ["carve_out.no_customer_side"]
    assert record["carve_out_proof"] is None
    page = console(cast, record)
    shown = page.open().content.decode()
    assert "nobody marked what is the customer" in shown
    refused_ = page.press("approve")
    assert refused_.status_code == 409
    assert "phone_home_sensitive_retention_unapproved" in refused_.content.decode()
    again = revise(cast, record)
    assert again.json()["retained_sensitive_fields"] == []
    assert page.press("approve").status_code == 302


def test_more_sections_than_a_page_shows_are_refused(cast: Cast, settings: Any) -> None:
    many = [section(f"Part {number}", "product", "x") for number in range(201)]
    answer = stage(cast, settings, sections=many)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")
    assert "sections" in answer.json()["error"]["fields"]


def test_a_product_case_needs_neither_sections_nor_a_tick(cast: Cast, settings: Any) -> None:
    incident_id = mixed_case(cast, settings, scope="prism-product")
    body = packet([], incident_id=incident_id, body_markdown=OURS)
    record = cast.clara.post("phone-home/records", body).json()
    assert record["retained_sensitive_fields"] == []
    assert record["carved_out"] == []


def test_an_approval_compares_again(cast: Cast, settings: Any) -> None:
    """A packet of before there was a check, as only the owner of the database can make it now."""
    record = staged(cast, settings)
    with behind_the_triggers():
        sections = [SECTIONS[0], section("Old", "customer", OURS)]
        PacketRevision.objects.filter(pk=current(record).pk).update(sections=sections)
    page = console(cast, record)
    assert "is not what was proved" in page.open().content.decode()
    answer = page.press("approve")
    assert answer.status_code == 422
    assert CODE in answer.content.decode()
    assert not Review.objects.exists()


def test_a_proof_is_never_changed_and_never_of_an_overlap(cast: Cast, settings: Any) -> None:
    record = staged(cast, settings)
    proof = CarveOutProof.objects.get()
    with refused():
        sql("UPDATE phonehome_carveoutproof SET sections = 5")
    with refused():
        sql("DELETE FROM phonehome_carveoutproof")
    values = {field.attname: getattr(proof, field.attname) for field in proof._meta.fields}
    del values["id"], values["uid"]
    with pytest.raises(IntegrityError), transaction.atomic():
        CarveOutProof.objects.create(**values)  # a second proof of one revision
    page = console(cast, record)
    page.press("edit", title="500", body_markdown="Edited.", labels="")
    bare = {**values, "revision_id": page.record.current.pk}
    with behind_the_triggers():
        CarveOutProof.objects.filter(revision=page.record.current).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        CarveOutProof.objects.create(**{**bare, "overlaps": 1})


def test_the_terminal_shows_the_proof(cast: Cast, settings: Any, capsys: Any) -> None:
    record = staged(cast, settings)
    call_command("review", "show", record["record_id"])
    said = capsys.readouterr().out
    assert "Carve-out   1 section (52 characters) stayed behind" in said
    assert "compared again now: it holds" in said
    assert "Zanzibar" not in said


def test_the_ledgers_are_whole_with_proofs_in_them(
    cast: Cast, settings: Any, sweep: Callable[[], None], capsys: Any
) -> None:
    staged(cast, settings)
    sweep()
    call_command("verify_ledgers")
    assert CarveOutProof.objects.count() == 1
