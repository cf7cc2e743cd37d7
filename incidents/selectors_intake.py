"""Questions about how reports were classified."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from incidents.models import ClassificationRow
from incidents.states import SAME_IN_STORM, Classification


@dataclass(frozen=True)
class Agreement:
    """How often agents classified as the desk would have, for one classification of theirs.

    `desk_said` counts what the desk said of the `decided` reports; it sums to `decided`.
    """

    classification: str
    decided: int = 0
    agreed: int = 0
    desk_said: dict[str, int] = field(default_factory=dict)

    @property
    def disagreed(self) -> int:
        return self.decided - self.agreed

    @property
    def share(self) -> float | None:
        """Agreed of decided, 0 to 1; None where nothing was decided."""
        return self.agreed / self.decided if self.decided else None


def agreement(
    tenant_id: UUID | None, since: datetime | None = None, until: datetime | None = None
) -> list[Agreement]:
    """One entry per classification, all four, over the rows that agents wrote.

    `since` is inclusive, `until` exclusive; without `tenant_id`, the whole installation. Rows from
    before the desk's opinion was kept, the desk's own and those that only follow another report of
    the same storm do not count. Every row counts: a reclassification is a decision too.
    """
    rows = (
        ClassificationRow.objects.exclude(decided_by__startswith="system:")
        .exclude(desk_classification="")
        .exclude(rule=SAME_IN_STORM)
    )
    if tenant_id is not None:
        rows = rows.filter(intake__tenant_id=tenant_id)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    if until is not None:
        rows = rows.filter(created_at__lt=until)
    counted = (
        rows.order_by()
        .values_list("classification", "desk_classification")
        .annotate(reports=Count("id"))
    )
    said: dict[str, dict[str, int]] = {name: {} for name in Classification.values}
    for decided, desk, reports in counted:
        said[decided][desk] = reports
    return [
        Agreement(name, sum(desk.values()), desk.get(name, 0), desk) for name, desk in said.items()
    ]
