from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from access.management.refusals import refusals_as_command_errors
from access.selectors import DEFAULT_TENANT
from access.services.seed_care import seed_care
from kernel.principals import SystemPrincipal


class Command(BaseCommand):
    help = "Make a tenant's desk: home project, Sage and Clara as bridge personas. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--home", required=True, metavar="PID", help="the home project")
        parser.add_argument("--tenant", default=DEFAULT_TENANT, help="the tenant's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals_as_command_errors():
            desk = seed_care(
                home_pid=options["home"],
                tenant_slug=options["tenant"],
                by=SystemPrincipal("seed_care"),
            )
        names = ", ".join(
            f"{persona.identity} ({persona.persona_class})" for persona in desk.personas
        )
        self.stdout.write(f"{desk.tenant.slug}: home {desk.home.pid}, {names}")
