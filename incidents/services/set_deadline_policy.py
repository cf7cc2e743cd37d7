"""Say how long a stage may take, and what happens as its time runs out."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from access import policy as guard
from incidents.deadlines.calendar import NoWorkingTime, due_after
from incidents.deadlines.policies import Step, steps_of, working_hours
from incidents.errors import POLICY_IN_USE
from incidents.first_rows import AT_RISK_PERCENT
from incidents.models import BusinessCalendar, DeadlinePolicy, EscalationStep
from incidents.states import EscalationKind, Severity, Stage
from kernel import clock
from kernel.errors import NOT_FOUND, CareError, invalid
from kernel.ledger import record
from kernel.principals import Principal

MAX_MINUTES = 366 * 24 * 60
MAX_PERCENT = 1000
MAX_STEPS = 20


@transaction.atomic
def set_deadline_policy(
    *,
    stage: str,
    minutes: int,
    by: Principal,
    tenant_id: UUID | None = None,
    severity: str = "",
    at_risk_percent: int = AT_RISK_PERCENT,
    calendar: BusinessCalendar | None = None,
    steps: Sequence[Step] = (),
) -> DeadlinePolicy:
    """The policy of a tenant (None: the installation), stage and severity (empty: any), made or
    changed. Clocks that run keep what they were given. Raises invalid_request."""
    guard.require(by, "incidents.deadline.configure")
    _check(stage, severity, minutes, at_risk_percent)
    _check_steps(steps)
    _check_calendar(calendar, tenant_id, minutes, steps)
    key = {"tenant_id": tenant_id, "stage": stage, "severity": severity}
    policy = DeadlinePolicy.objects.select_for_update(of=("self",)).filter(**key).first()
    before = None if policy is None else as_written(policy)
    policy = policy or DeadlinePolicy(**key)
    policy.minutes, policy.at_risk_percent = minutes, at_risk_percent
    policy.calendar = calendar
    try:
        with transaction.atomic():
            policy.save()
    except IntegrityError:
        raise invalid(
            stage="Somebody has just made this policy: look at it, then change it."
        ) from None
    policy.steps.all().delete()
    EscalationStep.objects.bulk_create(
        EscalationStep(
            policy=policy,
            kind=step.kind,
            after_percent=step.after_percent,
            address=step.address,
        )
        for step in steps
    )
    record(
        "incidents.deadline_policy.set",
        by=by,
        subject=policy,
        tenant_id=tenant_id,
        before=before,
        after=as_written(policy),
    )
    return policy


@transaction.atomic
def remove_deadline_policy(*, policy_id: UUID, by: Principal) -> None:
    """The next less particular policy counts from now on. Raises not_found, and
    deadline_policy_in_use for the installation's policy of a stage for any severity."""
    guard.require(by, "incidents.deadline.configure")
    policy = DeadlinePolicy.objects.select_for_update(of=("self",)).filter(pk=policy_id).first()
    if policy is None:
        raise CareError(NOT_FOUND)
    if policy.tenant_id is None and not policy.severity:
        raise CareError(POLICY_IN_USE)
    record(
        "incidents.deadline_policy.removed",
        by=by,
        subject=policy,
        tenant_id=policy.tenant_id,
        before=as_written(policy),
    )
    policy.delete()


def as_written(policy: DeadlinePolicy) -> dict[str, Any]:
    """A policy as the ledger keeps it."""
    steps = steps_of([policy.pk])[policy.pk]
    return {
        "stage": policy.stage,
        "severity": policy.severity,
        "minutes": policy.minutes,
        "at_risk_percent": policy.at_risk_percent,
        "calendar": policy.calendar.name if policy.calendar else None,
        "steps": [[step.kind, step.after_percent, step.address] for step in steps],
    }


def holds(calendar: BusinessCalendar | None, minutes: int, steps: Sequence[Step]) -> bool:
    """Whether the calendar has the working time that the policy and its last step need."""
    furthest = max([100, *(step.after_percent for step in steps)])
    try:
        due_after(clock.now(), timedelta(minutes=minutes) * furthest / 100, working_hours(calendar))
    except NoWorkingTime:
        return False
    return True


def _check(stage: str, severity: str, minutes: int, at_risk_percent: int) -> None:
    if stage not in Stage.values:
        raise invalid(stage=f"One of {', '.join(Stage.values)}.")
    if severity and severity not in Severity.values:
        raise invalid(severity=f"One of {', '.join(Severity.values)}, or empty for any.")
    if severity and stage == Stage.CLASSIFY:
        raise invalid(severity="A report has no severity before it is classified.")
    if not 1 <= minutes <= MAX_MINUTES:
        raise invalid(minutes=f"A number from 1 to {MAX_MINUTES}.")
    if not 1 <= at_risk_percent <= 100:
        raise invalid(at_risk_percent="A number from 1 to 100.")


def _check_steps(steps: Sequence[Step]) -> None:
    if len(steps) > MAX_STEPS:
        raise invalid(steps=f"At most {MAX_STEPS}.")
    if len({(step.kind, step.after_percent) for step in steps}) != len(steps):
        raise invalid(steps="Each kind of step once at a percentage.")
    for step in steps:
        if step.kind not in EscalationKind.values:
            raise invalid(steps=f"Each is one of {', '.join(EscalationKind.values)}.")
        if not 1 <= step.after_percent <= MAX_PERCENT:
            raise invalid(steps=f"A percentage is a number from 1 to {MAX_PERCENT}.")
        if step.address:
            _check_address(step)


def _check_address(step: Step) -> None:
    if step.kind != EscalationKind.ON_CALL:
        raise invalid(steps="Only an on_call step has an address.")
    try:
        validate_email(step.address)
    except ValidationError:
        raise invalid(steps="An address is an e-mail address.") from None


def _check_calendar(
    calendar: BusinessCalendar | None,
    tenant_id: UUID | None,
    minutes: int,
    steps: Sequence[Step],
) -> None:
    if calendar is None:
        return
    if calendar.tenant_id not in (None, tenant_id):
        raise invalid(calendar="This calendar is another tenant's.")
    if not holds(calendar, minutes, steps):
        raise invalid(calendar="It has less working time in ten years than this policy needs.")
