"""Whether a triaged case may phone home, derived and explained (seed 000 §4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from incidents.states import Scope


@dataclass(frozen=True)
class Eligibility:
    """The decision and every reason for it, in sentences."""

    eligible: bool
    reasons: tuple[str, ...]


def derive(*, privacy: Mapping[str, Any], classification: Mapping[str, Any]) -> Eligibility:
    """From tier 3 (`privacy`) and tier 4 (`classification`)."""
    against = []
    if classification["scope"] == Scope.CUSTOMER_INTERNAL:
        against.append("Scope customer-internal never leaves the deployment.")
    if classification["kind"] not in settings.PHONE_HOME_KINDS:
        against.append(f"Kind {classification['kind']} is kept local by PHONE_HOME_KINDS.")
    if privacy["status"] != "passed":
        against.append("The privacy gate did not pass.")
    if against:
        return Eligibility(False, tuple(against))
    reasons = [f"Scope {classification['scope']} concerns the product.", "The privacy gate passed."]
    if classification["scope"] == Scope.MIXED:
        reasons.append("Only the product side is composed; the customer side stays here.")
    return Eligibility(True, tuple(reasons))
