from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from access.management.refusals import refusals_as_command_errors
from access.selectors import DEFAULT_TENANT
from incidents.services.set_desk_mode import set_desk_mode
from incidents.states import DeskMode
from kernel.principals import SystemPrincipal


class Command(BaseCommand):
    help = "Who acts at a tenant's desk: the built-in rules, agents, or agents with suggestions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("mode", choices=[*DeskMode.values, "default"])
        parser.add_argument("--tenant", default=DEFAULT_TENANT, help="the tenant's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        mode = "" if options["mode"] == "default" else options["mode"]
        with refusals_as_command_errors():
            tenant = set_desk_mode(
                tenant_slug=options["tenant"], mode=mode, by=SystemPrincipal("manage.py")
            )
        shown = tenant.desk_mode or f"{settings.DESK_MODE} (DESK_MODE)"
        self.stdout.write(f"{tenant.slug}: {shown}")
