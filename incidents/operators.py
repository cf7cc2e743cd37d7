"""Which operators there are for a stage, and who acted last on a case."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Max

from access.models import User
from access.policy import REVIEW_PERMISSION, WORK_CASE_PERMISSION
from incidents.models import TimelineEntry
from incidents.states import Stage


def operators_for(stage: Stage) -> list[User]:
    """Active operators who may do what the stage waits for, by name."""
    permission = REVIEW_PERMISSION if stage == Stage.OPERATOR_REVIEW else WORK_CASE_PERMISSION
    able = User.objects.with_perm(permission).filter(is_staff=True)
    return list(able.order_by("username"))


def last_actors(incidents: Collection[UUID]) -> dict[UUID, str]:
    """The operator who wrote the latest entry of each case's timeline by an operator."""
    names = User.objects.values("username")
    latest = (
        TimelineEntry.objects.filter(incident__in=incidents, actor__in=names)
        .values("incident_id")
        .annotate(latest=Max("id"))
        .values_list("latest", flat=True)
    )
    found = TimelineEntry.objects.filter(pk__in=list(latest))
    return dict(found.values_list("incident_id", "actor"))
