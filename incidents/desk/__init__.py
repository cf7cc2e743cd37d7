"""The built-in desk: rules, in pure Python, that act where no agent sits at the desk.

Every decision names the rule that made it. Nothing here reads a clock, a database or a network, and
everything is linear in the length of the report. Source: SPEC-114; architecture §Classify.
"""

from incidents.desk.assess import Assessment, assess
from incidents.desk.classify import Suggestion, classify
from incidents.desk.report import Report, read_report
from incidents.desk.sections import Section, compose_sections

__all__ = [
    "Assessment",
    "Report",
    "Section",
    "Suggestion",
    "assess",
    "classify",
    "compose_sections",
    "read_report",
]
