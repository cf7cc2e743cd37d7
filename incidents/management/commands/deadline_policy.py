from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.management.refusals import refusals_as_command_errors
from access.models import Tenant
from incidents.deadlines.policies import steps_of
from incidents.deadlines.words import read_steps, write_steps
from incidents.first_rows import AT_RISK_PERCENT
from incidents.models import BusinessCalendar, DeadlinePolicy
from incidents.services.set_deadline_policy import remove_deadline_policy, set_deadline_policy
from incidents.states import Severity, Stage
from kernel.principals import SystemPrincipal


class Command(BaseCommand):
    help = "How long each stage may take: list the policies, set one, or remove one."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="every policy, its calendar and its steps")
        change = verbs.add_parser("set", help="make or change one")
        remove = verbs.add_parser("remove", help="let the next less particular one count")
        for verb in (change, remove):
            verb.add_argument("stage", choices=Stage.values)
            verb.add_argument("--severity", choices=Severity.values, default="")
            verb.add_argument("--tenant", help="the tenant's slug; without it the installation's")
        change.add_argument("--minutes", type=int, required=True, help="working time")
        change.add_argument("--at-risk", type=int, default=AT_RISK_PERCENT, help="percent")
        change.add_argument("--calendar", help="a calendar's name; without it round the clock")
        change.add_argument(
            "--step",
            action="append",
            default=[],
            help="reminder:75, second_operator:100 or on_call:150:duty@example.com; repeat it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals_as_command_errors():
            getattr(self, f"_{options['verb']}")(**options)

    def _list(self, **options: Any) -> None:
        policies = list(DeadlinePolicy.objects.select_related("tenant", "calendar"))
        steps = steps_of([one.pk for one in policies])
        for one in policies:
            written = ", ".join(write_steps(steps[one.pk]))
            self.stdout.write(
                f"{one.tenant.slug if one.tenant else '-'}  {one.stage}  {one.severity or 'any'}  "
                f"{one.minutes} min  at risk {one.at_risk_percent} %  "
                f"{one.calendar.name if one.calendar else 'round the clock'}  {written}".rstrip()
            )

    def _set(self, **options: Any) -> None:
        tenant = _tenant(options["tenant"])
        policy = set_deadline_policy(
            tenant_id=tenant.pk if tenant else None,
            stage=options["stage"],
            severity=options["severity"],
            minutes=options["minutes"],
            at_risk_percent=options["at_risk"],
            calendar=_calendar(options["calendar"], tenant),
            steps=read_steps(options["step"]),
            by=SystemPrincipal("manage.py"),
        )
        self.stdout.write(str(policy))

    def _remove(self, **options: Any) -> None:
        tenant = _tenant(options["tenant"])
        policy = DeadlinePolicy.objects.filter(
            tenant=tenant, stage=options["stage"], severity=options["severity"]
        ).first()
        if policy is None:
            raise CommandError("There is no such policy.")
        remove_deadline_policy(policy_id=policy.pk, by=SystemPrincipal("manage.py"))
        self.stdout.write("removed")


def _tenant(slug: str | None) -> Tenant | None:
    if slug is None:
        return None
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        raise CommandError(f"There is no tenant {slug}.")
    return tenant


def _calendar(name: str | None, tenant: Tenant | None) -> BusinessCalendar | None:
    """A tenant's own calendar of that name before the installation's."""
    if name is None:
        return None
    found = {
        one.tenant_id: one
        for one in BusinessCalendar.objects.filter(name=name)
        if one.tenant_id in (None, tenant.pk if tenant else None)
    }
    calendar = found.get(tenant.pk) if tenant else None
    calendar = calendar or found.get(None)
    if calendar is None:
        raise CommandError(f"There is no calendar {name}.")
    return calendar
