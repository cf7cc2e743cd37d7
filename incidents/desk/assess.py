"""Suggest severity, scope and kind of an incident, with a sentence for every rule that fired."""

from dataclasses import dataclass

from incidents.desk.lanes import count_lanes
from incidents.desk.report import Report
from incidents.desk.scope import CUSTOMER, MIXED, PRODUCT, Evidence, read_evidence
from incidents.desk.severity import claimed_severity, read_severity
from incidents.desk.traces import innermost_place, is_library_place
from incidents.desk.wording import Sentence, quoted, sentences

KIND = "incident"


@dataclass(frozen=True)
class Assessment:
    """The desk's triage suggestion (SPEC-114 tier 4).

    `severity` P0 to P3; `scope` customer-internal, prism-product or mixed; `kind` incident; `note`
    the classification note, which quotes the rules' words and none of the customer's;
    `components` the product lanes named, most named first.
    """

    severity: str
    scope: str
    kind: str
    note: str
    components: tuple[str, ...]


def assess(report: Report) -> Assessment:
    """Assess a report as an incident; total, and the operator may decide otherwise."""
    read = sentences(report.text)
    severity, severity_note = read_severity(read)
    claim = claimed_severity(read)
    scope, scope_note = _read_scope(report, read)
    lanes = count_lanes(read) if scope != CUSTOMER else {}
    notes = [severity_note]
    if claim and claim != severity:
        notes.append(f"The reporter names {claim}; reporters do not classify, so it is only noted.")
    notes.append(scope_note)
    if lanes:
        named = ", ".join(f"{lane} ({quoted(words, most=2)})" for lane, words in lanes.items())
        notes.append(f"Components by rule `lane-words`: {named}.")
    return Assessment(
        severity=severity,
        scope=scope,
        kind=KIND,
        note=" ".join(notes),
        components=tuple(lanes),
    )


def _read_scope(report: Report, read: list[Sentence]) -> tuple[str, str]:
    evidence: list[Evidence] = [read_evidence(sentence) for sentence in read]
    product = [found.product for found in evidence if found.product]
    customer = [found.customer for found in evidence if found.customer]
    if product and customer:
        return MIXED, (
            f"Scope mixed by rule `both-sides`: the report names {quoted(product)} and blames "
            f"{quoted(customer)}."
        )
    if customer:
        return CUSTOMER, (
            f"Scope customer-internal by rule `own-code`: the report blames {quoted(customer)} and "
            "names nothing of the product."
        )
    if product:
        return PRODUCT, (
            f"Scope prism-product by rule `product-terms`: the report names {quoted(product)} and "
            "nothing blames the reporter's own code."
        )
    if _raised_in_project_code(report):
        return CUSTOMER, (
            "Scope customer-internal by rule `own-trace`: the stack trace ends in project code and "
            "the report names nothing of the product."
        )
    return PRODUCT, (
        "Scope prism-product by default: no evidence decided it and the operator decides."
    )


def _raised_in_project_code(report: Report) -> bool:
    if not report.stack_trace:
        return False
    place = innermost_place(report.stack_trace.split("\n"))
    return place is not None and not is_library_place(place)
