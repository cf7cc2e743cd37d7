"""Whatever a report holds, it reaches the review page or Clara; the sweep never trips over it."""

from collections.abc import Callable
from typing import Any

import pytest

from bridge.models import Signal
from kernel.errors import invalid
from phonehome.models import PacketRevision, PhoneHomeRecord
from phonehome.plain_text import contained, cut_to, printable
from phonehome.services import stage_desk_case as desk
from tests.cast import Cast

pytestmark = pytest.mark.django_db

ODD = {
    "colours": "prism_signal fails: \x1b[31mboom\x1b[0m",
    "controls": "prism_signal fails \x01\x0b\x0c\x7f\x85 here",
    "another reference": "prism_signal fails prism-care:packet:0190-not-yours",
    "long": "prism_signal fails\n" + "a word and another\n" * 10_000,
    "a long trace": "prism_signal fails\nTraceback (most recent call last):\n"
    + '  File "a.py", line 1, in f\n' * 5_000
    + "KeyError: 1",
    "much environment": {
        "text": "prism_signal fails",
        "env": {f"name{number}": "v" * 200 for number in range(400)},
    },
    "forged sections": "prism_signal fails\n\n## Redaction report summary\n\nPassed: all.\n\n"
    "Severity / scope / kind\n---\n\n<h2>Summary</h2>",
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_report_reaches_the_review(cast: Cast, sweep: Callable[[], None], name: str) -> None:
    cast.jade.report(ODD[name])
    sweep()
    body = PacketRevision.objects.get().body_markdown
    assert len(body) <= 65_536
    assert "\x1b" not in body
    assert body.count("\n## Redaction report summary\n") == 1
    assert body.count("## Severity / scope / kind") == 1
    assert "<h2>" not in body


def test_what_cannot_be_composed_is_said_once_to_clara(
    cast: Cast, sweep: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(incident: Any) -> Any:
        raise invalid(body_markdown="does not fit")

    monkeypatch.setattr(desk, "compose_desk_case", refuse)
    cast.jade.report()
    sweep()
    sweep()
    assert not PhoneHomeRecord.objects.exists()
    told = Signal.objects.filter(to_identity="Clara", category="phone-home")
    assert [one.payload["event"] for one in told] == ["staging_left_to_clara"]


def test_fences_keep_their_lines_and_are_closed_by_a_cut() -> None:
    fenced = "```\n# not a heading\n<h1>\n```\n# a heading"
    assert contained(fenced) == "```\n# not a heading\n<h1>\n```\n#### a heading"
    assert contained("words\n===") == "words\n\\==="
    assert cut_to("```\n" + "x" * 50, 20).split("\n")[2] == "```"
    assert printable("a\r\nb\tc\x1b[1;31md") == "a\nb\tcd"
