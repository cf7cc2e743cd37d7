"""The overlap check against a reference that tries every pair of windows."""

import re
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from phonehome.overlap import SHORTEST, WINDOW, Comparison, compare

SECRET = "The ledger of Zanzibar Foods lost its March entries."
# Few letters, so that texts meet often.
TEXTS = st.text(alphabet="ab >\n.", max_size=90)
READINGS: tuple[Callable[[str], str], ...] = (
    lambda text: " ".join(text.split()),
    lambda text: " ".join(text.replace(">", " ").split()),
    lambda text: re.sub(r"[^a-z0-9]", "", text),
)


def naive(behind: str, out: str) -> bool:
    """Whether they overlap, by the definition and without any index."""
    for reading in READINGS:
        here, there = reading(behind), reading(out)
        size = min(WINDOW, len(here))
        if size >= SHORTEST and any(
            here[at : at + size] in there for at in range(len(here) - size + 1)
        ):
            return True
    return False


def words(comparison: Comparison, *texts: str) -> list[str]:
    return [texts[one.text][one.span.start : one.span.end] for one in comparison.outgoing]


@settings(max_examples=400)
@given(TEXTS, TEXTS)
@example("abababab" * 3, "abababab" * 3)
@example("> " * 30, "> " * 30)
def test_it_finds_an_overlap_exactly_when_there_is_one(behind: str, out: str) -> None:
    found = compare([behind], [out])
    assert found.clean is not naive(behind, out)
    assert bool(found.behind[0]) is not found.clean


@settings(max_examples=200)
@given(
    st.text(alphabet="abcdefgh ", min_size=WINDOW, max_size=60).filter(
        lambda text: len(" ".join(text.split())) >= WINDOW
    ),
    st.text(max_size=40),
    st.text(max_size=40),
)
def test_what_is_copied_is_found_wherever_it_stands(piece: str, before: str, after: str) -> None:
    out = f"{before}\n{piece}\n{after}"
    found = compare([f"x {piece} y"], ["", out])
    assert not found.clean
    assert {one.text for one in found.outgoing} == {1}
    marked = "".join(words(found, "", out))
    assert set(piece.split()) <= set(marked.split()) | set(out.split())


@settings(max_examples=200)
@given(st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=3))
def test_every_span_lies_within_its_text_and_in_order(behind: list[str], out: list[str]) -> None:
    found = compare(behind, out)
    assert len(found.behind) == len(behind)
    for text, spans in zip(behind, found.behind, strict=True):
        assert all(0 <= one.start < one.end <= len(text) for one in spans)
        assert all(a.end < b.start for a, b in pairwise(spans))
    for one, other in pairwise(found.outgoing):
        assert (one.text, one.span.end) < (other.text, other.span.start)
    for one in found.outgoing:
        assert 0 <= one.span.start < one.span.end <= len(out[one.text])
    assert found == compare(behind, out)


@pytest.mark.parametrize(
    "disguise",
    [
        str.upper,
        lambda text: text.replace(" ", "\n"),
        lambda text: text.replace(" ", "\u00a0\u2003"),
        lambda text: "\u200b".join(text),
        lambda text: "\u00ad".join(text),
        lambda text: "> " + text.replace(" ", "\n> "),
        lambda text: "\n".join(f"- {word}" for word in text.split()),
        lambda text: text.replace(" ", " **") + "**",
        lambda text: text.replace("e", "e\u0301"),
        lambda text: "".join(f"&#{ord(letter)};" for letter in text),
        lambda text: text.replace(" ", "&nbsp;"),
        lambda text: "".join(
            chr(ord(one) + 0xFEE0) if one.isascii() and one.isalpha() else one for one in text
        ),
        lambda text: text.replace(".", "").replace(" ", "_"),
    ],
    ids=["case", "lines", "blanks", "zero-width", "soft hyphens", "quoted", "list", "bold",
         "accents", "entities", "nbsp", "full width", "underscores"],
)  # fmt: skip
def test_the_usual_disguises_hide_nothing(disguise: Callable[[str], str]) -> None:
    out = f"prism_signal fails. {disguise(SECRET)} Please look."
    found = compare([SECRET], [out])
    (marked,) = words(found, out)
    assert len(marked) >= len(disguise(SECRET)) - 4
    assert found.behind[0][0].start == 0


WORDS = SECRET.split()
MARKED = {
    "line breaks": "<br>".join(WORDS),
    "tags": " ".join(f"<b>{word}</b>" for word in WORDS),
    "tags in words": SECRET.replace("e", "e<b></b>").replace("o", "o<i class='x'></i>"),
    "comments": "<!-- x > y -->".join(WORDS),
    "a list": "\n".join(f"{at}. {word}" for at, word in enumerate(WORDS, 1)),
    "line numbers": "\n".join(f"{at:03} {word}" for at, word in enumerate(WORDS, 1)),
    "percent": SECRET.replace(" ", "%20"),
    "links": "[](https://example.org)".join(WORDS),
    "escaped line ends": "\\n".join(WORDS),
}


@pytest.mark.parametrize("how", MARKED)
def test_markup_between_the_words_hides_nothing(how: str) -> None:
    out = f"prism_signal fails.\n\n{MARKED[how]}\n\nPlease look."
    found = compare([SECRET], [out])
    (marked,) = words(found, out)
    assert marked.startswith("The")
    assert len(marked) < len(out) - 20
    assert found.behind[0]
    assert not compare([out], [SECRET]).clean


def test_what_only_the_rendered_text_shows_names_the_whole_text() -> None:
    long = f"<!-- {'x > ' * 600}-->"
    out = f"prism_signal fails. {long.join(WORDS)}"
    found = compare([SECRET], ["A title", out])
    assert [(one.text, one.span.start, one.span.end) for one in found.outgoing] == [
        (1, 0, len(out))
    ]
    assert found.behind[0]


def test_numbered_lines_of_other_words_are_no_overlap() -> None:
    ours = "1. Restart the bridge.\n2. Send a reply.\n3. See <b>500</b> in [the log](#log)."
    theirs = "1. Open the ledger.\n2. Send it off.\n3. See <b>nothing</b> in [it](#log)."
    assert compare([theirs], [ours]).clean


@pytest.mark.parametrize("piece", ["<", "<!--", "](", "](a", "%41", "1.", "1.1\n", "<a ", ">", "["])
def test_text_that_is_nothing_but_markup_is_read_in_time(piece: str) -> None:
    long = piece * (200_000 // len(piece))
    begin = time.process_time()
    compare([long], [long[:65_000]])
    assert time.process_time() - begin < 20


def test_other_words_and_short_stretches_are_no_overlap() -> None:
    assert compare([SECRET], ["The ledger lost entries in March. Zanzibar is an island."]).clean
    assert compare(["a" * (WINDOW - 1) + "b" * 9], ["a" * (WINDOW - 1) + "c" * 9]).clean
    assert not compare(["a" * WINDOW + "b" * 9], ["c" + "a" * WINDOW]).clean


def test_a_short_section_is_looked_for_whole() -> None:
    assert not compare(["Zanzibar Foods"], ["cc ZANZIBAR  foods!"]).clean
    assert compare(["Zanzibar Foods"], ["Zanzibar"]).clean


def test_a_very_short_section_is_named_as_too_short() -> None:
    found = compare(["acme", " \n", SECRET], ["acme fails"])
    assert found.clean
    assert found.too_short == (0, 1)


def test_our_own_wording_does_not_count() -> None:
    own = "## Redaction report summary\n\nPassed. Redacted: nothing."
    quoted = f"They sent us this:\n\n{own}\n\n{SECRET}"
    assert compare([quoted], [f"It fails.\n\n{own}"], [own]).clean
    assert not compare([quoted], [f"It fails.\n\n{own}"]).clean
    assert not compare([quoted], [f"{SECRET}\n\n{own}"], [own]).clean


def test_it_says_which_text_stands_in_which() -> None:
    other = "Their importer reads invoices at night."
    found = compare([SECRET, other], ["nothing here", f"see: {other} and {SECRET}"])
    assert [(one.text, one.behind) for one in found.outgoing] == [(1, 1), (1, 0)]
    assert all(found.behind)


@pytest.mark.parametrize("letters", ["ab", "abcdefghijklmnopqrstuvwxyz \n"])
def test_long_texts_are_compared_in_time(letters: str) -> None:
    long = "".join(letters[(n * n * 7 + n) % len(letters)] for n in range(200_000))
    begin = time.process_time()
    compare([long], [long[::-1], long[:1000]])
    compare(["x1y2z3w4"] * 3 + [long[n : n + 9 + n % 20] for n in range(2_000)], [long[:65_000]])
    assert time.process_time() - begin < 20
