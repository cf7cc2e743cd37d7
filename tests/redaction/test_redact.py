"""Pseudonyms and the report."""

from __future__ import annotations

import hashlib
import json

import pytest

from redaction import (
    RULE_SET_VERSION,
    Finding,
    has_secrets,
    redact,
    redact_and_report,
    report,
    scan,
)
from tests.redaction.examples import expand


def test_same_value_same_name() -> None:
    text = "a@acme.de b@acme.de A@ACME.DE"
    assert redact(text, scan(text)) == "[email-1] [email-2] [email-1]"


def test_secrets_keep_their_case() -> None:
    token = expand("ghp_{alnum:36}")[0]
    text = f"{token} ghp_{token[4:].swapcase()}"
    assert redact(text, scan(text)) == "[github-token-1] [github-token-2]"


def test_numbers_go_on_from_those_in_the_text() -> None:
    text = "[email-4] wrote to a@acme.de"
    assert redact(text, scan(text)) == "[email-4] wrote to [email-5]"


def test_a_known_name_does_not_touch_placeholders() -> None:
    names = ("email", "hostname", "email-1", "[email-1]")
    text = "email a@acme.de on db.acme.internal"
    clean = redact(text, scan(text, names))
    assert clean == "[known-name-1] [email-1] on [hostname-1]"
    assert scan(clean, names) == []


def test_only_the_given_findings_are_replaced() -> None:
    text = "a@acme.de at 10.1.2.3"
    emails = [f for f in scan(text) if f.type == "pii.email"]
    assert redact(text, emails) == "[email-1] at 10.1.2.3"


def test_overlapping_findings_do_not_break_the_text() -> None:
    def finding(start: int, end: int) -> Finding:
        return Finding(start, end, "pii.email", "email", "medium", "")

    assert redact("abcdef", [finding(1, 4), finding(2, 9)]) == "a[email-1][email-2]"


def test_line_structure_survives() -> None:
    text = '{"email": "a@acme.de",\n "ip": "10.1.2.3"}\n```\nx\n```\n'
    clean = redact(text, scan(text))
    assert json.loads(clean.split("```")[0]) == {
        "email": "[email-1]",
        "ip": "[ip-address-1]",
    }
    assert clean.count("\n") == text.count("\n")


def test_redact_and_report() -> None:
    token = expand("ghp_{alnum:36}")[0]
    clean, summary = redact_and_report(f"Acme sent {token} to a@acme.de", ("Acme",))
    assert clean == "[known-name-1] sent [github-token-1] to [email-1]"
    assert summary == {
        "status": "passed",
        "redacted_fields": ["email", "github_token", "known_name"],
        "retained_sensitive_fields": [],
        "body_sha256": hashlib.sha256(clean.encode()).hexdigest(),
        "rule_set_version": RULE_SET_VERSION,
        "finding_count": 0,
        "findings": [],
    }


def test_report_fails_on_what_is_left_and_never_quotes_it() -> None:
    text = "mail a@acme.de"
    summary = report(text, scan(text), redacted_fields=["hostname"])
    assert summary["status"] == "failed"
    assert summary["redacted_fields"] == ["hostname"]
    assert summary["findings"] == [
        {
            "type": "pii.email",
            "detector": "email",
            "start": 5,
            "end": 14,
            "action": "unresolved",
        }
    ]
    assert "acme" not in json.dumps(summary)


@pytest.mark.parametrize("name", ["email", "pii.email"])
def test_retained_kind_passes(name: str) -> None:
    text = "mail a@acme.de"
    summary = report(text, scan(text), retained=[name])
    assert summary["status"] == "passed"
    assert summary["retained_sensitive_fields"] == ["email"]
    assert summary["findings"][0]["action"] == "retained"


def test_secret_is_never_retained() -> None:
    text = expand("ghp_{alnum:36}")[0]
    findings = scan(text)
    assert has_secrets(findings)
    summary = report(text, findings, retained=["github_token", "secret.github_token"])
    assert summary["status"] == "failed"
    assert summary["retained_sensitive_fields"] == []


def test_has_secrets_is_false_without_any() -> None:
    assert not has_secrets(scan("mail a@acme.de"))


def test_report_of_a_lone_surrogate() -> None:
    assert len(report("\ud800", [])["body_sha256"]) == 64
