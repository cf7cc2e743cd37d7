import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.management.passwords import read_password
from access.management.refusals import COMMAND_LINE, refusals_as_command_errors
from access.models import Tenant, User
from access.selectors import DEFAULT_TENANT
from access.services.authenticate_operator import authenticate_operator
from incidents.documents.build import BUILDERS
from incidents.documents.emit import as_json, as_yaml
from incidents.documents.nodes import MAX_BYTES
from incidents.documents.shape import LINK, RECORD
from incidents.models import Incident
from incidents.services.import_documents import import_documents
from kernel.errors import NOT_FOUND, CareError
from kernel.principals import Anonymous, Principal

_KINDS = {"record": RECORD, "postmortem-link": LINK}
_FORMATS = {"yaml": as_yaml, "json": as_json}


class Command(BaseCommand):
    help = "Incident documents: import a file, export one."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        taking = verbs.add_parser("import", help="YAML or JSON; the whole file or nothing")
        taking.add_argument("file", metavar="FILE", help="- reads standard input")
        taking.add_argument("--pid", default="", help="the project; else the home project")
        taking.add_argument("--check", action="store_true", help="say what it would do, only")
        taking.add_argument(
            "--waiver-reason",
            default="",
            metavar="TEXT",
            help="an operator signs it for closed incidents without a corrective action",
        )
        taking.add_argument("--operator", default="", metavar="NAME", help="who signs the waiver")
        taking.add_argument(
            "--password-stdin",
            action="store_true",
            help="one line of standard input, not asked for",
        )
        giving = verbs.add_parser("export", help="one document to standard output")
        giving.add_argument("incident_id", metavar="INCIDENT_ID")
        giving.add_argument("--kind", choices=list(_KINDS), default="record")
        giving.add_argument("--format", choices=list(_FORMATS), default="yaml")
        for one in (taking, giving):
            one.add_argument("--tenant", default=DEFAULT_TENANT, help="the tenant's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        by = _signer(options) if options.get("waiver_reason") else COMMAND_LINE
        with refusals_as_command_errors(by):
            tenant = Tenant.objects.filter(slug=options["tenant"]).first()
            if tenant is None:
                raise CareError(NOT_FOUND, message=f"There is no tenant {options['tenant']}.")
            if options["verb"] == "import":
                self._import(tenant, options, by)
            else:
                self.stdout.write(_exported(tenant, options), ending="")

    def _import(self, tenant: Tenant, options: dict[str, Any], by: Principal) -> None:
        taken = import_documents(
            data=_read(options["file"]),
            tenant_id=tenant.pk,
            pid=options["pid"],
            by=by,
            check_only=options["check"],
            waiver_reason=options["waiver_reason"],
        )
        done = "would be imported" if options["check"] else "imported"
        for name in taken.created:
            self.stdout.write(f"{name}: {done}")
        for name in taken.unchanged:
            self.stdout.write(f"{name}: unchanged")


def _signer(options: dict[str, Any]) -> User:
    """The operator who signs a waiver and so imports the file."""
    name = options["operator"]
    if not name:
        raise CommandError("--waiver-reason is signed by an operator: name one with --operator.")
    if options["file"] == "-" and options["password_stdin"]:
        raise CommandError("Standard input holds the file or the password, not both.")
    password = read_password(from_stdin=options["password_stdin"], prompt=f"Password of {name}: ")
    with refusals_as_command_errors(Anonymous(), operator=name[:150]):
        return authenticate_operator(name=name, password=password)


def _exported(tenant: Tenant, options: dict[str, Any]) -> str:
    """Raises not_found."""
    incident = Incident.objects.filter(
        tenant_id=tenant.pk, incident_id=options["incident_id"]
    ).first()
    if incident is None:
        raise CareError(NOT_FOUND, message=f"There is no incident {options['incident_id'][:32]}.")
    return _FORMATS[options["format"]](BUILDERS[_KINDS[options["kind"]]](incident))


def _read(name: str) -> bytes:
    """One byte more than is allowed at most, so that what is too large is refused as such."""
    if name == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None
