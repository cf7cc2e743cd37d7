"""The parts of the review page that need no database."""

import time
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import redaction
from kernel.markdown import preview, render_markdown, to_read
from kernel.spans import due, span
from kernel.visible import HIDDEN, reveal
from phonehome.console.changes import line_changes
from phonehome.console.effects import Effects, effects_of
from phonehome.console.source import marked_lines

SEEN = {"\t", "\n"}


def effects(body: str, title: str = "") -> Effects:
    return effects_of(title, body, to_read(render_markdown(body)))


def test_every_character_that_people_do_not_see_is_known() -> None:
    unseen = [
        character
        for character in map(chr, range(0x110000))
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs")
        and character not in SEEN | {" "}
        and not HIDDEN.match(character)
    ]
    # Letters of scripts whose "format" characters have a shape of their own may stay.
    assert [f"{ord(one):04X}" for one in unseen] == []


@pytest.mark.parametrize("character", ["a", "é", "ß", "中", "🙂", " ", "\t", "\n", "…", "—"])
def test_what_people_see_is_left_alone(character: str) -> None:
    assert reveal(character) == character


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    shown = reveal(text)
    assert not HIDDEN.search(shown)
    assert "\x1b" not in shown


def test_runs_are_counted() -> None:
    assert reveal("a\u200b\u200b\u200bb\u202e") == "a<U+200B×3>b<U+202E>"


@settings(max_examples=200)
@given(st.text(alphabet=st.sampled_from("a<!-->@.1\n\u200b\x00 ")), st.integers(0, 3))
def test_the_source_is_the_text_with_nothing_missing(text: str, offset: int) -> None:
    findings = redaction.scan("x" * offset + text)
    lines = marked_lines(text, findings, offset)
    assert len(lines) == text.count("\n") + 1
    shown = ["".join(p.text for p in line.pieces if not p.hidden) for line in lines]
    assert shown == [HIDDEN.sub("", line) for line in text.split("\n")]


def test_findings_comments_and_hidden_characters_are_marked_where_they_are() -> None:
    text = "mail <!-- a\nb dana.fox@customer-mail.net --> \u202eend"
    findings = redaction.scan(f"title\n{text}")
    pieces = [piece for line in marked_lines(text, findings, 6) for piece in line.pieces]
    (mail,) = [piece for piece in pieces if piece.finding]
    assert mail.text == "dana.fox@customer-mail.net"
    assert mail.comment
    assert mail.finding == "pii.email"
    (hidden,) = [piece for piece in pieces if piece.hidden]
    assert hidden.hidden == "U+202E RIGHT-TO-LEFT OVERRIDE"
    assert next(piece for piece in pieces if piece.comment).text == "<!-- a"


def test_the_effects_of_a_text() -> None:
    found = effects(
        "cc @octocat and @org/team, mail a@b.org, `@notme`\n\nFixes #12, see owner/repo#3 GH-4 "
        "https://github.com/o/r/pull/9\n\n```\n@code #5\n```\n\n![x](https://e.net/y.png) "
        "[t](https://exаmple.net)\n\n<details><summary>s</summary>t</details>\n\n<!-- c -->",
        title="resolves #8",
    )
    assert found.mentions == ["@octocat", "@org/team"]
    assert found.closing == ["resolves #8", "Fixes #12"]
    assert found.references == [
        "#8",
        "#12",
        "owner/repo#3",
        "GH-4",
        "https://github.com/o/r/pull/9",
    ]
    assert found.images == ["https://e.net/y.png"]
    assert found.lookalike_links == ["https://exаmple.net is xn--exmple-4nf.net"]
    assert (found.collapsed, found.comments) == (1, 1)
    assert found.loud
    assert found.hides


def test_a_plain_text_does_nothing_on_github() -> None:
    found = effects("Signals are lost.\n\n- 1.4.0\n- `#5`")
    assert not found.loud
    assert not found.hides


@pytest.mark.parametrize(
    ("markdown", "gone"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("<img src=x onerror=alert(1)>", "onerror"),
        ("![x](https://e.net/y.png)", "src="),
        ("[x](javascript:alert(1))", "javascript:"),
        ('<p style="position:fixed">x</p>', "style="),
        ("<form action=/x><input name=digest></form>", "<form"),
        ('<input type="text" name="digest">', 'name="digest"'),
        ("<iframe src=//e.net></iframe>", "<iframe"),
        ('<p id="approve-form">x</p>', ' id="approve-form"'),
        ("<textarea>", "<textarea>"),
        ("<base href=//e.net>", "<base"),
        ("<style>*{display:none}</style>", "<style"),
        ("<svg><a href=javascript:x>y</a></svg>", "<svg"),
    ],
)
def test_the_preview_is_harmless(markdown: str, gone: str) -> None:
    assert gone not in preview(render_markdown(markdown))


def test_the_preview_is_githubs() -> None:
    html = preview(render_markdown("a\nb[^1]\n\n|x|\n|-:|\n|1|\n\n- [x] done\n\n~~no~~\n\n[^1]: n"))
    for tag in ("<br>", "<sup>", '<th align="right">', 'type="checkbox"', "<del>", "<table>"):
        assert tag in html


def test_collapsed_parts_are_open_in_the_preview() -> None:
    assert '<details open="">' in preview(
        render_markdown("<details><summary>a</summary>b</details>")
    )


@pytest.mark.parametrize(
    "text",
    [
        "<!--" * 15_000,
        "[" * 60_000,
        "![](" * 15_000,
        "@a" * 30_000,
        "#1 " * 20_000,
        "\u200b\u200c" * 30_000,
    ],
)
def test_the_longest_bodies_are_read_in_time(text: str) -> None:
    begin = time.process_time()
    effects(text[:65_000])
    marked_lines(text[:65_000])
    preview(render_markdown(text[:65_000]))
    assert time.process_time() - begin < 10


def test_a_line_diff_leaves_out_what_did_not_change() -> None:
    before = "\n".join(map(str, range(30)))
    changes = line_changes(before, before.replace("15", "fifteen"))
    kinds = [one.kind for one in changes]
    assert kinds == ["gap", *["same"] * 3, "out", "in", *["same"] * 3, "gap"]
    assert changes[0].text == "12 unchanged lines"


def test_a_long_diff_is_still_a_diff() -> None:
    before = "\n".join(["x"] * 20_000)
    changes = line_changes(before, before.replace("x", "y", 1))
    assert [one.text for one in changes if one.kind in ("out", "in")] == ["x", "y"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3600, "1 h"),
        (12_000, "3 h 20 min"),
        (187_200, "2 d 4 h"),
    ],
)
def test_spans_in_words(seconds: int, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(("hours", "urgency"), [(-1, "late"), (3, "soon"), (20, "calm")])
def test_deadlines_say_how_near_they_are(hours: int, urgency: str) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert due(now + timedelta(hours=hours), now).urgency == urgency
