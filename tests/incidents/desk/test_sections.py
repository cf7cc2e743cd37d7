"""Body sections: nothing lost, and the customer's side apart from the product's."""

import pytest

from incidents.desk import Report, Section, assess, compose_sections, read_report
from incidents.desk.report import Payload
from tests.incidents.desk import reports


def compose(payload: Payload) -> tuple[Report, list[Section]]:
    report = read_report(payload)
    return report, compose_sections(report, assess(report))


def side(sections: list[Section], name: str) -> str:
    return "\n".join(section.text for section in sections if section.side == name)


@pytest.mark.parametrize("case", reports.CASES, ids=lambda case: case.name)
def test_every_line_of_a_realistic_report_stands_in_a_section(case: reports.Case) -> None:
    report, sections = compose(case.payload)

    written = [" ".join(section.text.split()) for section in sections]
    for line in report.text.split("\n"):
        if assess(report).scope != "mixed":
            assert any(" ".join(line.split()) in text for text in written)
        for sentence in line.split(". "):
            assert any(" ".join(sentence.split()) in text for text in written)


def test_sections_come_in_the_order_of_the_body() -> None:
    _, sections = compose(
        {
            "title": "prism_signal fails",
            "env": {"python": "3.12"},
            "traceback": reports.PY_PRODUCT,
            "steps": ["start", "poll"],
        }
    )

    assert [section.name for section in sections] == [
        "Summary",
        "Environment snapshot",
        "Symptom record",
        "Reproduction steps",
    ]
    assert {section.side for section in sections} == {"product"}
    assert sections[1].text == "- python: 3.12"
    assert sections[3].text == "Steps to reproduce:\n1. start\n2. poll"


def test_a_trace_stands_in_a_fence_that_its_content_cannot_close() -> None:
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nPrismError: ````'
    _, sections = compose("It broke:\n" + trace)

    assert f"`````text\n{trace}\n`````" in sections[-1].text


def test_a_fence_around_a_trace_is_replaced_not_doubled() -> None:
    _, sections = compose(f"prism broke:\n```python\n{reports.PY_PRODUCT}```\nRegards")

    text = sections[-1].text
    assert text.count("```") == 2
    assert text.index("```python\n") < text.index("Traceback") < text.index("\n```\n")


def test_an_open_fence_is_closed_so_that_it_swallows_no_later_section() -> None:
    _, sections = compose("prism is broken\n````\nsome log")

    assert sections[-1].text.endswith("some log\n````")


def test_what_is_the_customers_alone_is_marked_so_throughout() -> None:
    _, sections = compose(reports.PY_OWN)

    assert {section.side for section in sections} == {"customer"}


def test_a_mixed_report_is_carved_between_sentences() -> None:
    _, sections = compose(
        "While debugging a bug in our own parser I hit another thing. prism_signal returned 500 "
        "for each reply. The parser reads ACME's invoices."
    )

    product, customer = side(sections, "product"), side(sections, "customer")
    assert "prism_signal returned 500 for each reply." in product
    assert "parser" not in product
    assert "ACME" not in product
    assert "bug in our own parser" in customer
    assert "ACME's invoices" in customer
    assert "prism_signal" not in customer
    assert sections[0] == Section("Summary", "product", "prism_signal returned 500 for each reply.")


def test_a_sentence_that_names_both_sides_stays_with_the_customer() -> None:
    _, sections = compose("prism_signal fails because of a bug in our own code.")

    assert side(sections, "product") == "A fault met beside the reporter's own (signals)"
    assert "a bug in our own code" in side(sections, "customer")


def test_the_frames_of_a_mixed_trace_are_parted() -> None:
    _, sections = compose("There is a bug in our importer.\n\n" + reports.PY_PRODUCT)

    product, customer = side(sections, "product"), side(sections, "customer")
    assert "prism_client/api.py" in product
    assert "ServerError: 500" in product
    assert "/srv/app/worker.py" in customer
    assert "/srv/app/worker.py" not in product


def test_names_of_an_agents_own_in_the_environment_stay_when_mixed() -> None:
    _, sections = compose(
        {
            "text": "Our importer crashes.\n\nprism_signal fails as well.",
            "env": {"python": "3.12", "ledger_database": "acme-prod"},
        }
    )

    assert "python: 3.12" in side(sections, "product")
    assert "acme-prod" not in side(sections, "product")
    assert "acme-prod" in side(sections, "customer")


def test_the_note_quotes_none_of_the_customers_words() -> None:
    note = assess(
        read_report("Our zanzibar-ledger parser crashes. prism_zanzibar fails as well.")
    ).note

    assert "zanzibar" not in note
    assert "mixed" in note
