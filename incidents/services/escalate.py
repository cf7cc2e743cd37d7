"""Take the escalation steps that are due: a reminder, a second operator, the on-call address."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from access.models import User
from access.selectors import holder_of
from access.states import PersonaDuty
from bridge.services.send_signal import send_signal
from bridge.states import SignalType
from incidents.deadlines.policies import Step
from incidents.models import Deadline, Escalation
from incidents.operators import last_actors, operators_for
from incidents.states import Delivery, EscalationKind, Stage
from incidents.tasks import send_escalations
from kernel.clock import isoformat
from kernel.errors import CareError
from kernel.principals import SystemPrincipal
from kernel.tasks import nudge_on_commit

log = structlog.get_logger(__name__)

# A reminder names so many clocks; more than that is another signal.
NAMED = 100
REMINDED = {
    Stage.CLASSIFY: PersonaDuty.INTAKE_DESK,
    Stage.OPERATOR_REVIEW: PersonaDuty.SHIPPING,
}
Due = list[tuple[Deadline, Step]]


def escalate(due: Due, now: datetime) -> list[Escalation]:
    """The rows of the steps, each the only one of its clock, kind and percentage; in the caller's
    transaction, which holds the clocks. What cannot be delivered is on its row."""
    if not due:
        return []
    rows = {
        (deadline.pk, step.kind, step.after_percent): Escalation(
            tenant_id=deadline.tenant_id,
            deadline=deadline,
            kind=step.kind,
            after_percent=step.after_percent,
            fired_at=now,
        )
        for deadline, step in due
    }
    by_kind: dict[str, Due] = defaultdict(list)
    for deadline, step in due:
        by_kind[step.kind].append((deadline, step))
    _choose_operators(by_kind[EscalationKind.SECOND_OPERATOR], rows)
    for deadline, step in by_kind[EscalationKind.ON_CALL]:
        _address(rows[_key(deadline, step)], step.address or settings.ON_CALL_ADDRESS)
    # The claim comes before the word: a row that is there already ends the transaction.
    written = Escalation.objects.bulk_create(rows.values())
    _remind(by_kind[EscalationKind.REMINDER], rows)
    if any(row.delivery == Delivery.QUEUED for row in written):
        nudge_on_commit(send_escalations)
    return written


def _key(deadline: Deadline, step: Step) -> tuple[UUID, str, int]:
    return deadline.pk, step.kind, step.after_percent


def _address(row: Escalation, address: str) -> None:
    row.address = address
    row.delivery = Delivery.QUEUED if address and settings.EMAIL_URL else Delivery.NO_ADDRESS


def _choose_operators(due: Due, rows: dict[Any, Escalation]) -> None:
    """Another one than whoever acted last on the case; the same one for the same clock, and not
    always the same one for all."""
    if not due:
        return
    acted = last_actors([one.incident_id for one, _ in due if one.incident_id is not None])
    able: dict[Stage, list[User]] = {}
    for deadline, step in due:
        stage = Stage(deadline.stage)
        if stage not in able:
            able[stage] = operators_for(stage)
        last = acted.get(deadline.incident_id) if deadline.incident_id else None
        others = [one for one in able[stage] if one.label != last]
        row = rows[_key(deadline, step)]
        if not others:
            row.delivery = Delivery.NO_ADDRESS
            continue
        row.operator = others[deadline.pk.int % len(others)]
        _address(row, row.operator.email)
        if row.delivery == Delivery.NO_ADDRESS:
            row.delivery = Delivery.TOLD  # the row itself, which the console shows by name


def _remind(due: Due, rows: dict[Any, Escalation]) -> None:
    """One signal to each who has something due, naming all of it."""
    for tenant_id, duty, part in _parts(due):
        try:
            with transaction.atomic():
                _signal(tenant_id, duty, [deadline for deadline, _ in part])
        except CareError as error:
            log.warning("reminder.not_sent", duty=duty, code=error.code)
            failed = [rows[_key(deadline, step)].pk for deadline, step in part]
            Escalation.objects.filter(pk__in=failed).update(delivery=Delivery.FAILED)


def _parts(due: Due) -> Iterator[tuple[UUID, PersonaDuty, Due]]:
    grouped: dict[tuple[UUID, PersonaDuty], Due] = defaultdict(list)
    for deadline, step in due:
        duty = REMINDED.get(Stage(deadline.stage), PersonaDuty.INCIDENT_MANAGER)
        grouped[deadline.tenant_id, duty].append((deadline, step))
    for (tenant_id, duty), found in grouped.items():
        for start in range(0, len(found), NAMED):
            yield tenant_id, duty, found[start : start + NAMED]


def _signal(tenant_id: UUID, duty: PersonaDuty, deadlines: list[Deadline]) -> None:
    """From Sage: what comes to the desk from anybody else would be a report."""
    many = f"{len(deadlines)} deadlines need" if len(deadlines) > 1 else "A deadline needs"
    send_signal(
        sender=holder_of(PersonaDuty.INTAKE_DESK, tenant_id),
        by=SystemPrincipal("sweep", tenant_id),
        to_identity=holder_of(duty, tenant_id).identity,
        signal_type=SignalType.TASK,
        category="deadline",
        payload={
            "event": "deadline_reminder",
            "text": f"{many} you before the time is over.",
            "deadlines": [
                {
                    "deadline_id": str(one.pk),
                    "stage": str(one.stage),
                    "severity": str(one.severity) or None,
                    "incident_id": one.incident.incident_id if one.incident else None,
                    "intake_id": str(one.intake_id) if one.intake_id else None,
                    "due_at": isoformat(one.due_at),
                    "breached": one.breached_at is not None,
                }
                for one in deadlines
            ],
        },
    )
