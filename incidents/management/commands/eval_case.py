from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.management.refusals import refusals_as_command_errors
from access.selectors import DEFAULT_TENANT
from incidents.eval_case import eval_case_bytes
from incidents.models import Incident
from kernel.errors import NOT_FOUND, CareError


class Command(BaseCommand):
    help = "Export an incident as a case for a regression suite."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("incident", metavar="INCIDENT", help="as in inc-2026-04-09-001")
        parser.add_argument("--tenant", default=DEFAULT_TENANT, help="the tenant's slug")
        parser.add_argument("--out", type=Path, metavar="FILE", help="standard output without it")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals_as_command_errors():
            incident = Incident.objects.filter(
                project__tenant__slug=options["tenant"], incident_id=options["incident"]
            ).first()
            if incident is None:
                raise CareError(NOT_FOUND, message=f"There is no {options['incident'][:40]}.")
            case = eval_case_bytes(incident)
        if options["out"] is None:
            self.stdout.write(case.decode())
            return
        try:
            options["out"].write_bytes(case)
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from None
        self.stdout.write(str(options["out"]))
