from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from access.management.refusals import refusals_as_command_errors
from access.selectors import project_by_pid
from access.services.issue_agent_key import issue_agent_key
from access.services.register_persona import register_persona
from access.services.revoke_agent_key import revoke_agent_key
from access.states import Scope
from kernel.principals import SystemPrincipal


class Command(BaseCommand):
    help = "Agent keys: `agent_key create --pid PID --identity NAME`, `agent_key revoke KEY_ID`."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="print a new key, and nothing else")
        create.add_argument("--pid", required=True)
        create.add_argument("--identity", required=True, metavar="NAME")
        create.add_argument("--tenant", help="only where two tenants have the PID")
        create.add_argument("--days", type=int, help="days until it expires")
        create.add_argument(
            "--scope", action="append", default=[], choices=Scope.values, help="default: all"
        )
        revoke = verbs.add_parser("revoke", help="revoke a key, effective at once")
        revoke.add_argument("key_id", help="the part between prc_ and the second underscore")
        revoke.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        by = SystemPrincipal("manage.py")
        # A key that is refused leaves no new persona behind.
        with refusals_as_command_errors(), transaction.atomic():
            if options["verb"] == "revoke":
                key = revoke_agent_key(key_id=options["key_id"], by=by, reason=options["reason"])
                self.stdout.write(f"{key.key_id}: revoked")
                return
            project = project_by_pid(options["pid"], options["tenant"])
            persona, _ = register_persona(project=project, identity=options["identity"], by=by)
            _, token = issue_agent_key(
                persona=persona, by=by, scopes=options["scope"], days=options["days"]
            )
        self.stdout.write(token)
