from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from access.management.passwords import read_password
from access.management.refusals import refusals_as_command_errors
from access.services.create_operator import create_operator
from kernel.principals import SystemPrincipal


class Command(BaseCommand):
    help = "Operators: `operator create NAME [--password-stdin]`."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="make an operator, or set a new password")
        create.add_argument("name", metavar="NAME")
        create.add_argument("--password-stdin", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        password = read_password(from_stdin=options["password_stdin"], prompt="New password: ")
        with refusals_as_command_errors():
            user, created = create_operator(
                name=options["name"], password=password, by=SystemPrincipal("manage.py")
            )
        state = "created" if created else "has a new password"
        self.stdout.write(f"operator {user.get_username()}: {state}")
