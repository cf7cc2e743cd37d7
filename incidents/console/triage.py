"""The tab "Triage": the five tiers, what was read for them, and the eligibility explained."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from access import policy
from access.console.gate import operator_page, refusal_context, refused
from incidents.console.case import VIEW, case_page, open_case
from incidents.desk.severity import SEVERITY_DEFINITIONS
from incidents.models import TIERS, Incident
from incidents.services.reopen_tier import MAY_REOPEN, reopen_tier
from incidents.tier_sheets import TierSheet, eligibility_of, next_tier, tier_sheets
from incidents.tiers import FIELDS
from kernel.errors import CareError

REOPEN = "incidents.triage.reopen"


@dataclass(frozen=True)
class ShownField:
    """One field of a tier: its value as text, and who gave it when."""

    name: str
    text: str
    by: str
    at: datetime | None

    @property
    def is_long(self) -> bool:
        return len(self.text) > 120 or "\n" in self.text

    @property
    def is_code(self) -> bool:
        return self.is_long and self.name in ("env", "project_metadata", "stack_trace")


@operator_page(VIEW)
def triage(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The tiers; a POST opens one of them again, with all above it."""
    incident = open_case(pk)
    if request.method != "POST":
        return _page(request, incident)
    try:
        tier = request.POST.get("tier", "")
        reopen_tier(
            incident_id=incident.incident_id,
            tenant_id=incident.tenant_id,
            tier=int(tier) if tier in map(str, TIERS) else 0,
            reason=request.POST.get("reason", ""),
            by=request.user,  # type: ignore[arg-type]  # the gate let no stranger in
        )
    except CareError as error:
        refusal = refused(request, error)
        context = {"refusal": refusal_context(refusal), "reason": request.POST.get("reason", "")}
        return _page(request, open_case(pk), context, refusal.status)
    messages.success(request, f"Tier {tier} and those above it are open again.")
    return HttpResponseRedirect(reverse("incidents_console:triage", kwargs={"pk": pk}))


def _page(
    request: HttpRequest,
    incident: Incident,
    context: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    sheets = tier_sheets(incident)
    may_reopen = policy.allow(request.user, REOPEN).allowed and incident.status in MAY_REOPEN
    shown = {
        "tiers": [{"sheet": one, "fields": _fields(one), "scan": _scan(one)} for one in sheets],
        "next_tier": next_tier(sheets),
        "eligibility": eligibility_of(incident),
        "severities": SEVERITY_DEFINITIONS,
        "may_reopen": may_reopen,
    }
    return case_page(request, incident, "triage", {**shown, **(context or {})}, status)


def _fields(sheet: TierSheet) -> list[ShownField]:
    row = sheet.row
    if row is None:
        return []
    return [
        ShownField(name, _text(row.content[name]), *_signature(row.fields.get(name)))
        for name in FIELDS[sheet.tier]
        if name in row.content and row.content[name] != {}
    ]


def _signature(signed: dict[str, str] | None) -> tuple[str, datetime | None]:
    """Rows from before fields were signed have none."""
    if signed is None:
        return "", None
    return signed["by"], datetime.fromisoformat(signed["at"])


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case True | False:
            return "yes" if value else "no"
        case list() if value and all(isinstance(one, str) for one in value):
            return "\n".join(value)
        case dict() if all(isinstance(one, str) for one in value.values()):
            return "\n".join(f"{name}: {one}" for name, one in value.items())
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)


def _scan(sheet: TierSheet) -> dict[str, Any] | None:
    """What the privacy gate found, by kind; None for other tiers and for a mere draft."""
    content = sheet.row.content if sheet.row else {}
    if "text_sha256" not in content:
        return None
    return {**content, "kinds": sorted(Counter(one["type"] for one in content["findings"]).items())}
