"""Find, remove and report what must not leave a customer's deployment.

    findings = scan(text, known_names=("Acme", "PID-DPA01"))
    clean = redact(text, findings)
    clean, summary = redact_and_report(text, known_names)

Pure Python over RE2: no Django, no network, linear in the length of the text, and total: no
string makes it raise.
"""

from redaction.engine import RULE_SET_VERSION, scan
from redaction.redacting import redact, redact_and_report
from redaction.reporting import has_secrets, report
from redaction.types import Finding

__all__ = [
    "RULE_SET_VERSION",
    "Finding",
    "has_secrets",
    "redact",
    "redact_and_report",
    "report",
    "scan",
]
