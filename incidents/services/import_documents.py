"""Take in a file of documents: all of it, or nothing (seed 002)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from access import policy
from access.errors import PROJECT_UNKNOWN
from access.models import Project, User
from incidents.documents.nodes import Problem
from incidents.documents.read import MAX_PROBLEMS, read_documents
from incidents.documents.shape import LINK, RECORD
from incidents.errors import DOCUMENT_CONFLICT, DOCUMENT_INVALID
from incidents.importing import Inbound, judge, lock_numbers
from incidents.numbering import advance
from incidents.services.waive_lesson import checked_waiver, sign_waiver
from incidents.services.write_imported import write_link, write_record
from kernel import clock
from kernel.canonical import sha256_hex
from kernel.errors import CareError, Code
from kernel.ledger import record
from kernel.principals import Principal


@dataclass(frozen=True)
class Taken:
    """What an import did, by the ids of the documents."""

    created: tuple[str, ...]
    unchanged: tuple[str, ...]


@transaction.atomic
def import_documents(
    *,
    data: bytes,
    tenant_id: UUID,
    pid: str = "",
    by: Principal,
    check_only: bool = False,
    waiver_reason: str = "",
) -> Taken:
    """The documents of `data` as rows of the tenant, in the project `pid` (the home project when
    empty); the same document again changes nothing. `check_only` takes nothing and says what it
    would have done. With `waiver_reason` an operator signs a waiver for every closed incident
    that comes without a corrective action.

    Raises operator_required (only a person signs), incident_document_invalid (every wrong line and
    field), incident_record_conflict, project_unknown.
    """
    policy.require(by, "incidents.documents.import")
    waiver = checked_waiver(waiver_reason, by) if waiver_reason.strip() else ""
    project = _project(tenant_id, pid)
    documents, problems = read_documents(data)
    _refuse(DOCUMENT_INVALID, problems)
    inbound = [Inbound(one) for one in documents]
    now = clock.now()
    counters = lock_numbers(inbound, tenant_id)
    problems, conflicts = judge(inbound, tenant_id, counters, now, waiving=bool(waiver))
    _refuse(DOCUMENT_INVALID, problems)
    _refuse(DOCUMENT_CONFLICT, conflicts)
    new = [one for one in inbound if not one.unchanged]
    for one in new:
        for number in one.numbers.values():
            advance(counters[number.series, number.day], number.number)
    for one in sorted(new, key=lambda one: one.kind != RECORD):
        if one.kind == LINK:
            write_link(one.value, digest=one.digest, project=project, by=by)
            continue
        incident = write_record(
            one.value, digest=one.digest, project=project, by=by, waived=one.waived
        )
        if one.waived and isinstance(by, User):
            sign_waiver(incident, words=waiver, by=by)
    taken = Taken(
        created=tuple(one.name for one in new),
        unchanged=tuple(one.name for one in inbound if one.unchanged),
    )
    record(
        "incidents.documents.imported",
        by=by,
        tenant_id=tenant_id,
        file_sha256=sha256_hex(data),
        created=list(taken.created),
        unchanged=list(taken.unchanged),
    )
    if check_only:
        transaction.set_rollback(True)
    return taken


def _project(tenant_id: UUID, pid: str) -> Project:
    chosen = {"pid": pid} if pid else {"is_home": True}
    project = Project.objects.filter(tenant_id=tenant_id, **chosen).first()
    if project is None:
        text = f"There is no project {pid[:64]}." if pid else "The tenant has no home project."
        raise CareError(PROJECT_UNKNOWN, message=text)
    return project


def _refuse(code: Code, problems: Iterable[Problem]) -> None:
    """Raise what is wrong, in the order of the lines; nothing where nothing is."""
    found = sorted(set(problems))[:MAX_PROBLEMS]
    if not found:
        return
    fields: dict[str, list[str]] = {}
    for one in found:
        fields.setdefault(one.where, []).append(one.message)
    raise CareError(
        code,
        fields=fields,
        details={
            "problems": [
                {"line": one.line, "field": one.field, "message": one.message} for one in found
            ]
        },
    )
