from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from access.management.refusals import COMMAND_LINE, refusals_as_command_errors
from access.models import Tenant
from access.selectors import DEFAULT_TENANT
from incidents.lanes import lane_owners
from incidents.services.set_lane_owner import remove_lane_owner, set_lane_owner
from kernel.errors import NOT_FOUND, CareError


class Command(BaseCommand):
    help = "Who hears of a lane's work: list, set, remove."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list", help="every lane with an owner")
        setting = verbs.add_parser("set", help="a persona of the home project for a lane")
        setting.add_argument("lane", metavar="LANE", help="docs, dashboard, ...; * for every lane")
        setting.add_argument("persona", metavar="NAME")
        removing = verbs.add_parser("remove", help="the owner of * hears of it, else Sage")
        removing.add_argument("lane", metavar="LANE")
        for verb in (listing, setting, removing):
            verb.add_argument("--tenant", default=DEFAULT_TENANT, help="the tenant's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals_as_command_errors():
            tenant_id = _tenant_id(options["tenant"])
            match options["verb"]:
                case "list":
                    for row in lane_owners(tenant_id):
                        self.stdout.write(f"{row.lane}: {row.persona.identity}")
                case "set":
                    row = set_lane_owner(
                        lane=options["lane"],
                        identity=options["persona"],
                        tenant_id=tenant_id,
                        by=COMMAND_LINE,
                    )
                    self.stdout.write(f"{row.lane}: {row.persona.identity}")
                case _:
                    remove_lane_owner(lane=options["lane"], tenant_id=tenant_id, by=COMMAND_LINE)
                    self.stdout.write(f"{options['lane']}: removed")


def _tenant_id(slug: str) -> UUID:
    """Raises not_found."""
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        raise CareError(NOT_FOUND, message=f"There is no tenant {slug}.")
    return tenant.pk
