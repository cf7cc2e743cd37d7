from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from access.management.refusals import COMMAND_LINE, refusals_as_command_errors
from access.models import Tenant
from access.selectors import DEFAULT_TENANT
from incidents.categories import known_categories
from incidents.services.add_category import add_category
from incidents.services.retire_category import retire_category
from kernel.errors import NOT_FOUND, CareError


class Command(BaseCommand):
    help = "The taxonomy of incidents: list, add, retire."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        _of_tenant(verbs.add_parser("list", help="every category, retired ones marked"))
        add = verbs.add_parser("add", help="a category, or a retired one again")
        add.add_argument("name", metavar="NAME")
        add.add_argument("--meaning", required=True, help="what falls under it, in a sentence")
        _of_tenant(add)
        retire = verbs.add_parser("retire", help="no new incident gets it")
        retire.add_argument("name", metavar="NAME")
        _of_tenant(retire)

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals_as_command_errors():
            tenant_id = _tenant_id(options)
            match options["verb"]:
                case "list":
                    self._list(tenant_id)
                case "add":
                    category, created = add_category(
                        name=options["name"],
                        meaning=options["meaning"],
                        tenant_id=tenant_id,
                        by=COMMAND_LINE,
                    )
                    self.stdout.write(f"{category.name}: {'added' if created else 'in use again'}")
                case _:
                    category = retire_category(
                        name=options["name"], tenant_id=tenant_id, by=COMMAND_LINE
                    )
                    self.stdout.write(f"{category.name}: retired")

    def _list(self, tenant_id: UUID | None) -> None:
        for one in known_categories(tenant_id):
            mark = "  (retired)" if one.retired_at else ""
            own = "  (own)" if one.tenant_id else ""
            self.stdout.write(f"{one.name}: {one.meaning}{own}{mark}")


def _of_tenant(parser: CommandParser) -> None:
    parser.add_argument("--tenant", default=DEFAULT_TENANT, help="the tenant's slug")
    parser.add_argument(
        "--every-tenant", action="store_true", help="the product's own, which every tenant has"
    )


def _tenant_id(options: dict[str, Any]) -> UUID | None:
    """Raises not_found."""
    if options["every_tenant"]:
        return None
    tenant = Tenant.objects.filter(slug=options["tenant"]).first()
    if tenant is None:
        raise CareError(NOT_FOUND, message=f"There is no tenant {options['tenant']}.")
    return tenant.pk
