"""Information questions are answered from the catalogue, the table, or honestly not at all."""

import pytest

from incidents.desk import classify, read_report
from incidents.desk.answers import EMPTY_ANSWER, NO_ANSWER, TOPICS

CATALOGUE = {
    "phone_home_auth_required": "The gh program is not logged in.",
    "not_found": "There is nothing under this address.",
}
ANSWERS = {topic.name: topic.answer for topic in TOPICS}


def answer(text: str) -> str | None:
    return classify(read_report(text), error_sentences=CATALOGUE).answer


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("How do I report a bug?", "how-to-report"),
        ("How can I contact the desk about a problem?", "how-to-report"),
        ("What is the status of my report inc-2026-03-01-004?", "status"),
        ("Any news on my incident?", "status"),
        ("What data leaves our deployment?", "what-leaves"),
        ("Is my report sent to GitHub?", "what-leaves"),
        ("Who can see my report?", "who-sees"),
        ("How do I get an agent key?", "keys"),
        ("Do keys expire?", "keys"),
        ("Which agents are on the roster?", "roster"),
        ("How large may a signal be?", "limits"),
        ("What is the rate limit?", "limits"),
        ("Where do I find the answer to my signal?", "inbox"),
    ],
)
def test_a_known_topic_is_answered_from_the_table(question: str, topic: str) -> None:
    assert answer(question) == ANSWERS[topic]


def test_a_code_in_the_question_is_explained_with_the_catalogue_sentence() -> None:
    said = answer("What does phone_home_auth_required mean?") or ""

    assert "`phone_home_auth_required`: The gh program is not logged in." in said
    assert "not_found" not in said


def test_two_codes_are_both_explained() -> None:
    said = answer("How does not_found differ from phone_home_auth_required?") or ""

    assert all(sentence in said for sentence in CATALOGUE.values())


def test_an_unknown_question_is_answered_honestly() -> None:
    assert answer("Does Clara speak German?") == NO_ANSWER
    assert "person" in NO_ANSWER


def test_an_empty_report_is_asked_for_its_text() -> None:
    assert answer("   ") == EMPTY_ANSWER
