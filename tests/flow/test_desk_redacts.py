"""What the built-in desk composes holds nothing that the scanner knows, wherever it is cut."""

import secrets
from collections.abc import Callable

import pytest

import redaction
from phonehome.models import PacketRevision
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("padding", [0, 20, 60, 75, 80, 85, 90, 95, 100, 110])
def test_a_value_cut_by_the_title_does_not_leave(
    cast: Cast, sweep: Callable[[], None], padding: int
) -> None:
    token = "ghp_" + secrets.token_hex(18)
    cast.jade.report(
        "prism_signal crashes " + "x" * padding + f" on build7.corp.internal with {token} by Jade"
    )
    sweep()
    revision = PacketRevision.objects.get()
    left = f"{revision.title}\n{revision.body_markdown}"
    for length in (len(token), 20, 12, 8):
        assert token[:length] not in left
    for gone in ("build7", "corp.internal", "Jade", "PID-DPA01"):
        assert gone not in left
    assert not redaction.scan(left)
    assert revision.retained_sensitive_fields == []


def test_the_same_value_has_the_same_name_throughout(cast: Cast, sweep: Callable[[], None]) -> None:
    cast.jade.report(
        {
            "title": "prism_journal fails for ops@dpa-crawl.io",
            "text": "ops@dpa-crawl.io sees a traceback; root@dpa-crawl.io does not",
            "version": "1.4.0",
            "steps": ["log in as root@dpa-crawl.io", "run prism_journal"],
        }
    )
    sweep()
    revision = PacketRevision.objects.get()
    assert "[email-1]" in revision.title
    assert "log in as [email-2]" in revision.body_markdown
    assert "pii.email" in revision.redaction_report["redacted_fields"]
