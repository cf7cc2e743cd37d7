"""A storm in numbers: how many reports, how many different ones, when; no word of any."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from incidents.models import Storm
from kernel.clock import isoformat

GROUPS_SHOWN = 50
SAMPLES_SHOWN = 5


@dataclass
class _Group:
    first_at: datetime
    last_at: datetime
    reports: int = 0
    samples: list[str] = field(default_factory=list)


def storm_summary(storm: Storm) -> dict[str, Any]:
    """`{storm_id, reports, different, first_at, last_at, groups}`: the groups by fingerprint, most
    reports first, at most GROUPS_SHOWN, each with up to SAMPLES_SHOWN of its oldest intake ids.

    The times are None for a storm without reports.
    """
    groups: dict[str, _Group] = {}
    rows = storm.reports.order_by("id").values_list("id", "fingerprint", "created_at")
    for intake_id, fingerprint, created_at in rows.iterator():
        group = groups.setdefault(fingerprint, _Group(created_at, created_at))
        group.reports += 1
        group.first_at = min(group.first_at, created_at)
        group.last_at = max(group.last_at, created_at)
        if len(group.samples) < SAMPLES_SHOWN:
            group.samples.append(str(intake_id))
    ranked = sorted(groups.items(), key=lambda item: -item[1].reports)
    return {
        "storm_id": str(storm.pk),
        "reports": sum(group.reports for group in groups.values()),
        "different": len(groups),
        "first_at": isoformat(min((one.first_at for one in groups.values()), default=None)),
        "last_at": isoformat(max((one.last_at for one in groups.values()), default=None)),
        "groups": [
            {
                "fingerprint": fingerprint,
                "reports": group.reports,
                "first_at": isoformat(group.first_at),
                "last_at": isoformat(group.last_at),
                "sample_intake_ids": group.samples,
            }
            for fingerprint, group in ranked[:GROUPS_SHOWN]
        ],
    }
