"""Whether a triaged case may phone home, derived and explained (seed 000 §4)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

from incidents.states import Scope

# Names what `derive` decides by; a change of the rules below is a new version.
RULES_VERSION = "2026.1"
RULES: dict[str, str] = {
    "scope_concerns_product": "The scope is prism-product or mixed; customer-internal never leaves "
    "the deployment.",
    "kind_may_leave": "The kind is one of `PHONE_HOME_KINDS`.",
    "privacy_gate_passed": "What is left of the text after redaction holds no finding.",
}


@dataclass(frozen=True)
class RuleResult:
    """One rule, whether it holds here, and a sentence that says so."""

    rule: str
    holds: bool
    sentence: str


@dataclass(frozen=True)
class Eligibility:
    """The decision, every rule behind it, and what the rules looked at."""

    eligible: bool
    reasons: tuple[str, ...]
    rules: tuple[RuleResult, ...]
    inputs: dict[str, Any]

    def explained(self) -> dict[str, Any]:
        """As it is stored with tier 5 and shown."""
        return {
            "eligible": self.eligible,
            "rules_version": RULES_VERSION,
            "rules": [asdict(rule) for rule in self.rules],
            "inputs": self.inputs,
        }


def derive(*, privacy: Mapping[str, Any], classification: Mapping[str, Any]) -> Eligibility:
    """From tier 3 (`privacy`) and tier 4 (`classification`): eligible when every rule holds."""
    scope, kind = classification["scope"], classification["kind"]
    rules = (_scope(scope), _kind(kind), _privacy(privacy["status"]))
    eligible = all(rule.holds for rule in rules)
    # What tells is what is said: against, every rule that does not hold.
    reasons = [rule.sentence for rule in rules if rule.holds == eligible]
    if eligible and scope == Scope.MIXED:
        reasons.append("Only the product side is composed; the customer side stays here.")
    return Eligibility(
        eligible=eligible,
        reasons=tuple(reasons),
        rules=rules,
        inputs={
            "scope": scope,
            "kind": kind,
            "allowed_kinds": sorted(settings.PHONE_HOME_KINDS),
            "privacy_status": privacy["status"],
            "text_sha256": privacy.get("text_sha256"),
            "scan_rule_set_version": privacy.get("rule_set_version"),
        },
    )


def _scope(scope: str) -> RuleResult:
    holds = scope != Scope.CUSTOMER_INTERNAL
    sentence = (
        f"Scope {scope} concerns the product."
        if holds
        else "Scope customer-internal never leaves the deployment."
    )
    return RuleResult("scope_concerns_product", holds, sentence)


def _kind(kind: str) -> RuleResult:
    holds = kind in settings.PHONE_HOME_KINDS
    sentence = (
        f"Kind {kind} may leave." if holds else f"Kind {kind} is kept local by PHONE_HOME_KINDS."
    )
    return RuleResult("kind_may_leave", holds, sentence)


def _privacy(status: str) -> RuleResult:
    holds = status == "passed"
    sentence = "The privacy gate passed." if holds else "The privacy gate did not pass."
    return RuleResult("privacy_gate_passed", holds, sentence)
