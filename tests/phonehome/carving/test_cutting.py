"""Cutting sections: paragraphs, splitting, joining, and the desk's own way. No database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonehome.carving import joined, paragraph_spans, paragraphs, parted, split_section
from phonehome.composing import (
    MAX_SECTIONS,
    NAME_CHARACTERS,
    Facts,
    compose_body,
    note_of,
    sections_of,
)
from phonehome.overlap import compare
from tests.phonehome.carving.cases import LOG, OURS, THEIRS, section

FACTS = Facts("P2", "mixed", "incident", "inc-2026-04-09-001", "marker", note="verb and crawler")
TEXT = st.text(alphabet="ab`\n #", max_size=60)


def test_a_code_block_is_one_paragraph() -> None:
    text = "one\ntwo\n\n```\na\n\nb\n```\n\n\nlast"
    assert paragraphs(text) == ["one\ntwo", "```\na\n\nb\n```", "last"]


@given(TEXT)
def test_only_blank_lines_stand_between_paragraphs(text: str) -> None:
    at = 0
    for start, end in paragraph_spans(text):
        assert at <= start < end
        assert not text[at:start].strip()
        at = end
    assert not text[at:].strip()


@given(TEXT, st.integers(0, 5))
def test_a_split_loses_nothing_and_joining_undoes_it(text: str, after: int) -> None:
    pieces = split_section(section("Log", "customer", text), after)
    assert 1 <= len(pieces) <= 2
    assert all(one["text"].strip() for one in pieces) or len(pieces) == 1
    (whole,) = joined(pieces)
    assert whole["text"].split() == text.split()
    assert paragraphs(whole["text"]) == paragraphs(text) or len(pieces) == 1


def test_sections_of_other_names_or_sides_are_not_joined() -> None:
    cut = [
        section("a", "product", "1"),
        section("a", "customer", "2"),
        section("b", "customer", "3"),
    ]
    assert joined(cut) == cut


def test_a_composed_body_is_parted_into_what_it_was_made_of() -> None:
    made = [
        section("Summary", "product", OURS),
        section("Log", "product", f"```\n## not a heading\n\n{LOG}\n```\n\n#### small"),
    ]
    source = compose_body(made, FACTS)
    assert sections_of(source, FACTS) == made
    assert note_of(source) == "verb and crawler"
    assert compose_body(sections_of(source, FACTS), FACTS) == source


@given(
    st.lists(st.tuples(st.text("ab ", max_size=230), st.text("ab \n", max_size=20)), max_size=9),
    st.integers(1, 4),
)
def test_long_headings_and_many_of_them_lose_no_word(
    parts: list[tuple[str, str]], most: int
) -> None:
    source = "\n\n".join(f"## c{heading}\n\nd {text}" for heading, text in parts)
    made = sections_of(source, FACTS, most)
    assert len(made) <= most
    assert all(1 <= len(one["name"]) <= NAME_CHARACTERS for one in made)
    shown = "".join(f"{one['name']}{one['text']}" for one in made)
    letters = [one for one in source if one.isalpha()]
    assert [one for one in shown if one.isalpha()] == letters


def test_a_body_of_very_many_headings_fits_the_page() -> None:
    source = "\n\n".join(f"## H{at}\n\ntext {at}" for at in range(MAX_SECTIONS + 50))
    made = sections_of(source, FACTS)
    assert len(made) == MAX_SECTIONS
    assert made[-1]["text"].endswith("text 249")
    composed = compose_body(made, FACTS)
    assert all(f"# H{at}\n\ntext {at}" in composed for at in range(MAX_SECTIONS + 50))
    assert sections_of(composed, FACTS) == [
        *made[:-1],
        {**made[-1], "text": made[-1]["text"].replace("\n## ", "\n#### ")},
    ]


def test_a_standard_section_in_other_words_is_kept() -> None:
    source = "Before.\n\n## Local artifact refs\n\nA file of ours.\n\n##\n\nNameless."
    assert [one["text"] for one in sections_of(source, FACTS)] == [
        "Before.",
        "A file of ours.",
        "Nameless.",
    ]
    assert note_of(source) == ""


def test_the_desk_moves_what_repeats_the_customers_words() -> None:
    cut = parted(
        [
            section("Summary", "product", OURS),
            section("Symptom record", "product", f"{OURS}\n\n> {THEIRS.upper()}"),
            section("Symptom record", "customer", THEIRS),
        ]
    )
    assert [(one["side"], one["name"]) for one in cut] == [
        ("product", "Summary"),
        ("product", "Symptom record"),
        ("customer", "Symptom record"),
    ]
    assert cut[1]["text"] == OURS
    assert THEIRS.upper() in cut[2]["text"]


def test_what_repeats_a_moved_paragraph_moves_as_well() -> None:
    link = "prism_signal answers 500 and the importer of Zanzibar waits"
    cut = parted(
        [
            section("Summary", "product", f"{link} for ever."),
            section("Symptom record", "product", f"{link}. {THEIRS}"),
            section("Their side", "customer", THEIRS),
        ]
    )
    assert {one["side"] for one in cut} == {"customer"}


@given(st.lists(st.tuples(st.sampled_from(["product", "customer"]), st.text("ab \n", max_size=90))))
def test_the_desks_cut_is_clean_and_loses_nothing(cut: list[tuple[str, str]]) -> None:
    made = parted([section("s", side, text) for side, text in cut])
    behind = [one["text"] for one in made if one["side"] == "customer"]
    leaving = [one["text"] for one in made if one["side"] == "product"]
    assert all(compare(behind, [part]).clean for one in leaving for part in paragraphs(one))
    words = sorted(word for _, text in cut for word in text.split())
    assert sorted(word for one in made for word in one["text"].split()) == words


@pytest.mark.parametrize("after", [-1, 0, 2, 99])
def test_a_split_that_leaves_nothing_on_one_side_is_none(after: int) -> None:
    whole = section("Log", "product", "one\n\ntwo")
    assert split_section(whole, after) == [whole]
