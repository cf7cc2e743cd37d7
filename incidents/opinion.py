"""What the built-in desk says of a report, whoever classifies it."""

from incidents.desk import Report, Suggestion, classify
from kernel.errors import CATALOGUE


def opinion_of(report: Report) -> Suggestion:
    """The desk's classification with the rule that decided; a code of the catalogue that the
    report asks about is answered with its sentence."""
    sentences = {code: entry.message for code, entry in CATALOGUE.items()}
    return classify(report, error_sentences=sentences)
