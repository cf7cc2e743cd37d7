"""`manage.py review`: the same decisions as the console, with a password on standard input."""

import io
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from kernel.models import LedgerEntry
from phonehome.models import PhoneHomeRecord, Review
from phonehome.services.carry_shipment import ship_now
from phonehome.services.revise_packet import revise_packet
from phonehome.services.write_revision import Content
from phonehome.states import PacketStatus
from tests.cast import BY, PASSWORD, Cast
from tests.phonehome.packets import fresh, shipment_of, staged_packet

pytestmark = pytest.mark.django_db
Review_ = Callable[..., str]


@pytest.fixture
def packet(cast: Cast) -> PhoneHomeRecord:
    return staged_packet(cast)


@pytest.fixture
def review(monkeypatch: pytest.MonkeyPatch) -> Review_:
    """Run `manage.py review …`; what it wrote."""

    def run(*arguments: Any, stdin: str = f"{PASSWORD}\n") -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        out = io.StringIO()
        call_command("review", *map(str, arguments), stdout=out)
        return out.getvalue()

    return run


def credentials(record: PhoneHomeRecord, name: str = "frank") -> tuple[str, ...]:
    return ("--digest", fresh(record).current.packet_sha256, "--as", name, "--password-stdin")


def rewrite(record: PhoneHomeRecord, body: str, title: str = "Signals are lost") -> None:
    revise_packet(
        record_id=record.pk,
        seen_digest=fresh(record).current.packet_sha256,
        content=Content(title=title, body_markdown=body, redaction_report={"status": "passed"}),
        by=BY,
    )


@pytest.mark.usefixtures("db")
def test_an_empty_list(review: Review_) -> None:
    assert "Nothing waits" in review("list")
    assert json.loads(review("list", "--json")) == []


def test_the_list_for_people_and_for_scripts(review: Review_, packet: PhoneHomeRecord) -> None:
    assert str(packet.pk) in review("list")
    (row,) = json.loads(review("list", "--json"))
    revision = packet.current
    assert row["record_id"] == str(packet.pk)
    assert row["status"] == "pending_operator_review"
    assert row["packet_sha256"] == revision.packet_sha256
    assert row["body_markdown"] == revision.body_markdown
    assert set(row) >= {
        "revision", "title", "labels", "repo", "repo_visibility", "incident_id", "severity",
        "scope", "kind", "review_due_at", "retained_sensitive_fields", "findings", "issue_url",
        "issue_number",
    }  # fmt: skip
    assert json.loads(review("show", packet.pk, "--json")) == row


def test_what_is_decided_leaves_the_list_and_stays_readable(
    review: Review_, packet: PhoneHomeRecord
) -> None:
    review("approve", packet.pk, *credentials(packet))
    assert json.loads(review("list", "--json")) == []
    (row,) = json.loads(review("list", "--all", "--json"))
    assert row["status"] == json.loads(review("show", packet.pk, "--json"))["status"] == "approved"


def test_show_cuts_nothing_and_obeys_nothing(review: Review_, packet: PhoneHomeRecord) -> None:
    long_line = "x" * 5_000
    rewrite(packet, f"{long_line}\n\u202etxt\u200b \x9b2J\n \u2502 end", title="T\u202eitle")
    shown = review("show", packet.pk)
    assert long_line in shown
    assert "T<U+202E>itle" in shown
    assert "<U+202E>txt<U+200B> <U+009B>2J" in shown
    assert not any(code in shown for code in ("\u202e", "\u200b", "\x9b", "\x1b"))
    assert packet.marker in shown


def test_show_says_how_each_kept_value_is_acknowledged(
    review: Review_, packet: PhoneHomeRecord
) -> None:
    rewrite(packet, "The worker on 10.4.17.23 stops.")
    (kept,) = fresh(packet).current.retained_sensitive_fields
    assert f"--ack {kept}" in review("show", packet.pk)
    row = json.loads(review("show", packet.pk, "--json"))
    (finding,) = row["findings"]
    text = f"{row['title']}\n{row['body_markdown']}"
    assert text[finding["start"] : finding["end"]] == "10.4.17.23"
    assert "10.4.17.23" not in finding["sample"]


def test_approving(review: Review_, packet: PhoneHomeRecord, cast: Cast) -> None:
    assert "approved" in review("approve", packet.pk, *credentials(packet), "--notes", "Fine.")
    row = Review.objects.get()
    assert (row.operator, row.surface, row.notes) == (cast.operator, "cli", "Fine.")


def test_approving_needs_each_kept_value(review: Review_, packet: PhoneHomeRecord) -> None:
    rewrite(packet, "The worker on 10.4.17.23 stops.")
    (kept,) = fresh(packet).current.retained_sensitive_fields
    with pytest.raises(CommandError, match="phone_home_sensitive_retention_unapproved"):
        review("approve", packet.pk, *credentials(packet))
    review("approve", packet.pk, *credentials(packet), "--ack", kept)
    assert Review.objects.get().acknowledged_fields == [kept]


def test_a_wrong_password_decides_nothing_and_leaves_a_trace(
    review: Review_, packet: PhoneHomeRecord
) -> None:
    for name, password in (("frank", "wrong"), ("nobody", PASSWORD), ("frank", "")):
        with pytest.raises(CommandError, match="operator_credentials_wrong"):
            review("approve", packet.pk, *credentials(packet, name), stdin=f"{password}\n")
    assert fresh(packet).status == PacketStatus.PENDING
    traces = LedgerEntry.objects.filter(action="refused.operator_credentials_wrong")
    assert [one.data["operator"] for one in traces] == ["frank", "nobody", "frank"]


def test_a_digest_of_another_revision_decides_nothing(
    review: Review_, packet: PhoneHomeRecord
) -> None:
    seen = credentials(packet)
    rewrite(packet, "Another text.")
    with pytest.raises(CommandError, match="phone_home_packet_changed"):
        review("approve", packet.pk, *seen)
    trace = LedgerEntry.objects.get(action="refused.phone_home_packet_changed")
    assert trace.actor_label == "frank"
    assert not Review.objects.exists()


def test_rejecting_with_a_reason(review: Review_, packet: PhoneHomeRecord) -> None:
    review("reject", packet.pk, *credentials(packet), "--reason", "Not ours.")
    row = Review.objects.get()
    assert (row.decision, row.reason_code, row.notes) == ("rejected", "other", "Not ours.")


def test_asking_for_changes(review: Review_, packet: PhoneHomeRecord) -> None:
    review("changes", packet.pk, *credentials(packet), "--notes", "Name the version.")
    assert fresh(packet).status == PacketStatus.CHANGES_REQUESTED


def test_editing_with_a_file(review: Review_, packet: PhoneHomeRecord, tmp_path: Path) -> None:
    file = tmp_path / "body.md"
    file.write_text("Clearer words.\n")
    answer = review(
        "edit", packet.pk, *credentials(packet), "--title", "Clearer", "--body-file", file
    )
    revision = fresh(packet).current
    assert (revision.number, revision.title) == (2, "Clearer")
    assert revision.body_markdown.startswith("Clearer words.\n")
    assert revision.labels == packet.current.labels
    assert revision.packet_sha256 in answer


def test_editing_with_standard_input_behind_the_password(
    review: Review_, packet: PhoneHomeRecord
) -> None:
    stdin = f"{PASSWORD}\nFrom a pipe.\n"
    review("edit", packet.pk, *credentials(packet), "--body-file", "-", stdin=stdin)
    assert fresh(packet).current.source_body == "From a pipe.\n"


def test_editing_in_the_editor(
    review: Review_, packet: PhoneHomeRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    editor = tmp_path / "editor"
    editor.write_text(f'#!/bin/sh\nls -l "$1" > {seen}\necho "One line more." >> "$1"\n')
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("VISUAL", str(editor))
    before = packet.current.source_body
    review("edit", packet.pk, *credentials(packet))
    assert fresh(packet).current.source_body == f"{before}One line more.\n"
    listed = seen.read_text().split()
    assert listed[0].startswith("-rw-------")
    assert not os.path.exists(listed[-1])


@pytest.mark.parametrize("editor", ["false", "/nowhere/editor", "unbalanced '", "true"])
def test_an_editor_that_fails_or_changes_nothing_makes_no_revision(
    review: Review_, packet: PhoneHomeRecord, monkeypatch: pytest.MonkeyPatch, editor: str
) -> None:
    monkeypatch.setenv("VISUAL", editor)
    with pytest.raises(CommandError, match=r"changed|cannot be run"):
        review("edit", packet.pk, *credentials(packet))
    assert fresh(packet).revision == 1


def test_a_body_file_that_cannot_be_read(
    review: Review_, packet: PhoneHomeRecord, tmp_path: Path
) -> None:
    (tmp_path / "latin").write_bytes(b"caf\xe9")
    for name, reason in (("missing", "cannot be read"), ("latin", "not UTF-8")):
        with pytest.raises(CommandError, match=reason):
            review("edit", packet.pk, *credentials(packet), "--body-file", tmp_path / name)
    assert fresh(packet).revision == 1


@pytest.mark.django_db(transaction=True)
def test_a_failed_shipment_is_tried_again(
    review: Review_, packet: PhoneHomeRecord, settings: Any, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    settings.PHONE_HOME_FOLDER = blocked  # a file where the folder should be
    review("approve", packet.pk, *credentials(packet))
    ship_now(shipment_of(packet).pk)
    assert fresh(packet).status == PacketStatus.SHIP_FAILED
    assert "Error " in review("show", packet.pk)
    settings.PHONE_HOME_FOLDER = tmp_path / "issues"
    review("retry", packet.pk, "--as", "frank", "--password-stdin")
    ship_now(shipment_of(packet).pk)
    shown = json.loads(review("show", packet.pk, "--json"))
    assert (shown["status"], shown["issue_number"], shown["error"]) == ("shipped", 1, None)
    assert "filed to folder, not to GitHub" in review("show", packet.pk)


def test_retrying_what_did_not_fail(review: Review_, packet: PhoneHomeRecord) -> None:
    with pytest.raises(CommandError, match="phone_home_not_retryable"):
        review("retry", packet.pk, "--as", "frank", "--password-stdin")


def test_a_packet_that_is_not_there(review: Review_, packet: PhoneHomeRecord) -> None:
    unknown = "00000000-0000-7000-8000-000000000000"
    for arguments in (("show", unknown), ("approve", unknown, *credentials(packet))):
        with pytest.raises(CommandError, match="not_found"):
            review(*arguments)


@pytest.mark.usefixtures("db")
def test_a_record_id_that_is_none(review: Review_) -> None:
    with pytest.raises(CommandError, match="invalid UUID"):
        review("show", "nonsense")


def test_without_a_terminal_the_password_is_not_asked_for(
    review: Review_, packet: PhoneHomeRecord
) -> None:
    digest = packet.current.packet_sha256
    with pytest.raises(CommandError, match="--password-stdin"):
        review("approve", packet.pk, "--digest", digest, "--as", "frank")
