import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.management.passwords import read_password
from access.management.refusals import refusals_as_command_errors
from access.models import User
from access.services.authenticate_operator import authenticate_operator
from kernel.principals import Anonymous
from phonehome.console.page import ReviewPage, open_packet
from phonehome.editing import edit_of
from phonehome.management.editor import edited_in_editor
from phonehome.models import PhoneHomeRecord
from phonehome.selectors import packets_awaiting_review
from phonehome.services.approve_packet import approve_packet
from phonehome.services.reject_packet import reject_packet
from phonehome.services.request_changes import request_changes
from phonehome.services.retry_shipment import retry_shipment
from phonehome.services.revise_packet import revise_packet
from phonehome.states import RejectReason, ReviewSurface
from phonehome.terminal import list_text, page_text, row

LISTED = 500


class Command(BaseCommand):
    help = "Review packets: list, show, approve, reject, changes, edit, retry."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list", help="what waits for a decision")
        listing.add_argument("--json", action="store_true", help="for scripts")
        listing.add_argument("--all", action="store_true", help="the newest in any state")
        show = verbs.add_parser("show", help="exactly what would leave, nothing cut")
        show.add_argument("record_id", metavar="RECORD_ID", type=UUID)
        show.add_argument("--json", action="store_true", help="for scripts")

        approve = _decision(verbs, "approve", "let exactly this revision leave")
        approve.add_argument("--ack", action="append", default=[], metavar="FIELD")
        approve.add_argument("--notes", default="", metavar="TEXT")
        reject = _decision(verbs, "reject", "refuse it; nothing leaves")
        reject.add_argument("--reason", required=True, metavar="TEXT", help="for Clara")
        reject.add_argument(
            "--reason-code", default=RejectReason.OTHER.value, choices=RejectReason.values
        )
        changes = _decision(verbs, "changes", "ask Clara for another revision")
        changes.add_argument("--notes", required=True, metavar="TEXT")
        edit = _decision(
            verbs, "edit", "make another revision yourself; $EDITOR without --body-file"
        )
        edit.add_argument("--title", metavar="T")
        edit.add_argument("--body-file", metavar="FILE", help="- reads standard input")
        _decision(verbs, "retry", "try a failed shipment again", digest=False)

    def handle(self, *args: Any, **options: Any) -> None:
        verbs: dict[str, Callable[[dict[str, Any]], str]] = {
            "list": _list,
            "show": _show,
            "approve": _approve,
            "reject": _reject,
            "changes": _changes,
            "edit": _edit,
            "retry": _retry,
        }
        with refusals_as_command_errors():
            text = verbs[options["verb"]](options)
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        self.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def _decision(verbs: Any, name: str, text: str, *, digest: bool = True) -> CommandParser:
    parser: CommandParser = verbs.add_parser(name, help=text)
    parser.add_argument("record_id", metavar="RECORD_ID", type=UUID)
    if digest:
        parser.add_argument(
            "--digest", required=True, metavar="SHA", help="packet_sha256 of what you read"
        )
    parser.add_argument("--as", dest="operator", required=True, metavar="NAME")
    parser.add_argument(
        "--password-stdin", action="store_true", help="one line of standard input, not asked for"
    )
    return parser


@contextmanager
def _operator(options: dict[str, Any]) -> Iterator[User]:
    """The operator, by password; whatever is refused to them goes into the ledger."""
    name = options["operator"]
    prompt = f"Password of {name}: "
    password = read_password(from_stdin=options["password_stdin"], prompt=prompt)
    with refusals_as_command_errors(Anonymous(), operator=name[:150]):
        user = authenticate_operator(name=name, password=password)
    with refusals_as_command_errors(user, record_id=str(options["record_id"])):
        yield user


def _list(options: dict[str, Any]) -> str:
    records = packets_awaiting_review()
    if options["all"]:
        records = PhoneHomeRecord.objects.select_related("incident__project").order_by("-id")
    pages = [ReviewPage(record) for record in records[:LISTED]]
    return json.dumps([row(page) for page in pages]) if options["json"] else list_text(pages)


def _show(options: dict[str, Any]) -> str:
    page = ReviewPage(open_packet(options["record_id"]))
    return json.dumps(row(page)) if options["json"] else page_text(page)


def _approve(options: dict[str, Any]) -> str:
    with _operator(options) as user:
        record = approve_packet(
            record_id=options["record_id"],
            seen_digest=options["digest"],
            by=user,
            surface=ReviewSurface.CLI,
            acknowledged=options["ack"],
            notes=options["notes"],
        )
    return f"approved: {record.pk} revision {record.revision}"


def _reject(options: dict[str, Any]) -> str:
    with _operator(options) as user:
        record = reject_packet(
            record_id=options["record_id"],
            seen_digest=options["digest"],
            by=user,
            surface=ReviewSurface.CLI,
            reason_code=options["reason_code"],
            notes=options["reason"],
        )
    return f"rejected: {record.pk} revision {record.revision}"


def _changes(options: dict[str, Any]) -> str:
    with _operator(options) as user:
        record = request_changes(
            record_id=options["record_id"],
            seen_digest=options["digest"],
            by=user,
            surface=ReviewSurface.CLI,
            notes=options["notes"],
        )
    return f"sent back to Clara: {record.pk} revision {record.revision}"


def _edit(options: dict[str, Any]) -> str:
    with _operator(options) as user:
        revision = open_packet(options["record_id"]).current
        title = revision.title if options["title"] is None else options["title"]
        if options["body_file"] is not None:
            body = _read(options["body_file"])
        elif options["title"] is not None:
            body = revision.source_body
        else:
            body = edited_in_editor(revision.source_body)
        if (title, body) == (revision.title, revision.source_body):
            raise CommandError("Nothing was changed, so there is no new revision.")
        record = revise_packet(
            record_id=options["record_id"],
            seen_digest=options["digest"],
            content=edit_of(revision, title=title, body_markdown=body, labels=revision.labels),
            by=user,
        )
    return f"revision {record.revision}: {record.pk} digest {record.current.packet_sha256}"


def _retry(options: dict[str, Any]) -> str:
    with _operator(options) as user:
        record = retry_shipment(record_id=options["record_id"], by=user)
    return f"queued again: {record.pk}"


def _read(name: str) -> str:
    try:
        # As text, because the password's line was read from it as text.
        return sys.stdin.read() if name == "-" else Path(name).read_bytes().decode()
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CommandError(f"{name} is not UTF-8 text.") from None
