from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from access.management.refusals import refusals_as_command_errors
from access.selectors import DEFAULT_TENANT
from access.services.register_project import register_project
from kernel.principals import SystemPrincipal


class Command(BaseCommand):
    help = "Projects: `project create PID [--tenant T]`."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="register a project; safe to repeat")
        create.add_argument("pid", metavar="PID")
        create.add_argument("--tenant", default=DEFAULT_TENANT, help="the tenant's slug")
        create.add_argument("--name", default="", help="a name for people")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals_as_command_errors():
            project, created = register_project(
                pid=options["pid"],
                tenant_slug=options["tenant"],
                name=options["name"],
                by=SystemPrincipal("manage.py"),
            )
        state = "created" if created else "exists"
        self.stdout.write(f"{project.pid} ({project.tenant.slug}): {state}")
