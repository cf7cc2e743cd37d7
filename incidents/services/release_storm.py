"""A storm is over: its reports are summarised and go through the desk, every one of them."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from access import policy
from access.states import PersonaDuty
from bridge.states import SignalType
from incidents.errors import STORM_OVER
from incidents.locks import lock_project
from incidents.models import Storm
from incidents.services.tell_desk import tell_desk
from incidents.services.tell_reporter import tell_reporter_from_desk
from incidents.states import IntakeStatus
from incidents.storms import storm_summary
from incidents.tasks import run_desk
from kernel import clock
from kernel.errors import NOT_FOUND, CareError
from kernel.ledger import record
from kernel.principals import Principal, SystemPrincipal
from kernel.tasks import nudge_on_commit

log = structlog.get_logger(__name__)

NUDGED = 50  # the sweep finds the rest
BATCH = 100


@transaction.atomic
def release_storm(
    *,
    storm_id: UUID,
    by: Principal,
    tenant_id: UUID | None = None,
    quiet_since: datetime | None = None,
) -> Storm:
    """The storm, released. Its reports are `received` again; of those with one fingerprint the
    first leads and the others follow what is decided about it.

    With `quiet_since`, only when no report came after that. Raises not_found, intake_storm_over
    (also for one that is not quiet after all).
    """
    policy.require(by, "incidents.storm.release")
    storm = _lock(storm_id, tenant_id)
    if storm.released_at or (quiet_since is not None and storm.last_report_at > quiet_since):
        raise CareError(STORM_OVER)
    summary = storm_summary(storm)
    first = storm.reports.filter(status=IntakeStatus.HELD).order_by("id").first()
    leaders = _let_go(storm)
    storm.released_at, storm.released_by = clock.now(), by.label[:200]
    storm.save(update_fields=["released_at", "released_by"])
    record(
        "incidents.storm.released",
        by=by,
        subject=storm,
        reports=summary["reports"],
        different=summary["different"],
    )
    text = (
        f"The storm is over: {summary['reports']} reports were held, {summary['different']} of "
        "them different. They go through the desk now; of equal ones the first is answered for all."
    )
    if first is not None:
        tell_reporter_from_desk(
            first, signal_type=SignalType.STATUS, text=text, held=False, **summary
        )
    tell_desk(PersonaDuty.INTAKE_DESK, storm.tenant_id, category="storm", text=text, **summary)
    for intake_id in leaders[:NUDGED]:
        nudge_on_commit(run_desk, str(intake_id))
    return storm


def end_quiet_storms() -> int:
    """The sweep's part: storms whose reporter has been quiet for INTAKE_STORM_QUIET_MINUTES; how
    many ended."""
    quiet_since = clock.now() - timedelta(minutes=settings.INTAKE_STORM_QUIET_MINUTES)
    quiet = Storm.objects.filter(released_at__isnull=True, last_report_at__lte=quiet_since)
    ended = 0
    for storm_id, tenant_id in quiet.order_by("id").values_list("id", "tenant_id")[:BATCH]:
        by = SystemPrincipal("desk", tenant_id)
        try:
            release_storm(storm_id=storm_id, by=by, quiet_since=quiet_since)
            ended += 1
        except CareError as error:
            if error.code != STORM_OVER.code:
                log.exception("storm.not_released", storm_id=str(storm_id))
    return ended


def _lock(storm_id: UUID, tenant_id: UUID | None) -> Storm:
    found = Storm.objects.filter(pk=storm_id)
    if tenant_id is not None:
        found = found.filter(tenant_id=tenant_id)
    project_id = found.values_list("reporter__project_id", flat=True).first()
    if project_id is None:
        raise CareError(NOT_FOUND)
    lock_project(project_id)
    return Storm.objects.select_for_update(of=("self",), no_key=True).get(pk=storm_id)


def _let_go(storm: Storm) -> list[UUID]:
    """Every held report is received again; the ids of those that lead, oldest first."""
    held = storm.reports.filter(status=IntakeStatus.HELD)
    leader: dict[str, UUID] = {}
    followed: set[str] = set()
    for intake_id, fingerprint in held.order_by("id").values_list("id", "fingerprint").iterator():
        if leader.setdefault(fingerprint, intake_id) != intake_id:
            followed.add(fingerprint)
    for fingerprint in followed:
        held.filter(fingerprint=fingerprint).exclude(pk=leader[fingerprint]).update(
            same_as_id=leader[fingerprint]
        )
    held.update(status=IntakeStatus.RECEIVED)
    return list(leader.values())
