from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from access.management.passwords import read_password
from access.management.refusals import refusals_as_command_errors
from access.models import Tenant
from access.selectors import DEFAULT_TENANT
from access.services.authenticate_operator import authenticate_operator
from incidents.services.waive_lesson import waive_lesson
from kernel.errors import NOT_FOUND, CareError
from kernel.principals import Anonymous


class Command(BaseCommand):
    help = "Sign that an incident may close without a corrective action."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("incident", metavar="INCIDENT", help="as in inc-2026-04-09-001")
        parser.add_argument("--tenant", default=DEFAULT_TENANT, help="the tenant's slug")
        parser.add_argument("--reason", required=True, metavar="TEXT")
        parser.add_argument("--operator", required=True, metavar="NAME")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="one line of standard input, not asked for",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["operator"]
        password = read_password(
            from_stdin=options["password_stdin"], prompt=f"Password of {name}: "
        )
        with refusals_as_command_errors(Anonymous(), operator=name[:150]):
            user = authenticate_operator(name=name, password=password)
        with refusals_as_command_errors(user, incident_id=options["incident"][:32]):
            tenant = Tenant.objects.filter(slug=options["tenant"]).first()
            if tenant is None:
                raise CareError(NOT_FOUND, message=f"There is no tenant {options['tenant']}.")
            waiver = waive_lesson(
                incident_id=options["incident"],
                tenant_id=tenant.pk,
                reason=options["reason"],
                by=user,
            )
        self.stdout.write(f"waived: {options['incident']} by {waiver.signed_by}")
