"""The tiers of a case as they are shown: begun or not, with what they lack and what was read."""

from dataclasses import dataclass, field
from typing import Any

from incidents.citations import citations_of
from incidents.desk.severity import SEVERITY_DEFINITIONS
from incidents.models import TIERS, Citation, Incident, TriageTier
from incidents.services.complete_tier import draft_of
from incidents.states import TierState
from incidents.tiers import LAST_TIER, PURPOSE, missing

NOT_BEGUN = "not_begun"
# What a tier may be shown as: its own states, and that of one without a row.
SHOWN_STATES = [(NOT_BEGUN, "not begun"), *TierState.choices]


@dataclass(frozen=True)
class TierSheet:
    """One tier; `row` is None for one that nobody began."""

    tier: int
    row: TriageTier | None
    missing: dict[str, str]
    citations: list[Citation] = field(default_factory=list)

    @property
    def purpose(self) -> str:
        return PURPOSE[self.tier]

    @property
    def is_complete(self) -> bool:
        return self.row is not None and self.row.state == TierState.COMPLETE

    @property
    def severity_definition(self) -> str:
        """What the severity that tier 4 gives means; empty where it gives none."""
        severity = self.row.content.get("severity") if self.row else None
        return SEVERITY_DEFINITIONS.get(str(severity), "")


def tier_sheets(incident: Incident) -> list[TierSheet]:
    """All five, in order, in two queries."""
    rows = {row.tier: row for row in TriageTier.objects.filter(incident=incident)}
    cited = citations_of(incident)
    return [
        TierSheet(
            tier, rows.get(tier), _lacking(tier, rows.get(tier), incident), cited.get(tier, [])
        )
        for tier in TIERS
    ]


def next_tier(sheets: list[TierSheet]) -> int | None:
    """The lowest tier that is not complete; None when all are."""
    return next((sheet.tier for sheet in sheets if not sheet.is_complete), None)


def eligibility_of(
    incident: Incident, sheets: list[TierSheet] | None = None
) -> dict[str, Any] | None:
    """The explanation that was stored when the case was triaged; None while it is not. Without
    `sheets` one query."""
    if incident.eligible is None:
        return None
    if sheets is None:
        row = incident.tiers.filter(tier=LAST_TIER, state=TierState.COMPLETE).first()
    else:
        row = next((one.row for one in sheets if one.tier == LAST_TIER and one.is_complete), None)
    return row.content.get("eligibility") if row else None


def _lacking(tier: int, row: TriageTier | None, incident: Incident) -> dict[str, str]:
    if row is not None and row.state == TierState.COMPLETE:
        return {}
    return missing(tier, draft_of(row, incident) if row else {})
