"""The verb `prism_phone_home` (SPEC-115 §Verb Contract)."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from access import policy
from access.principals import AgentPrincipal
from incidents.models import Incident
from incidents.states import Scope as IncidentScope
from kernel import clock
from kernel.errors import CATALOGUE, NOT_FOUND, CareError, invalid
from kernel.tasks import nudge_on_commit
from phonehome.composing import Facts, check_sizes, standard_labels
from phonehome.digests import body_digest, idempotency_key
from phonehome.egress import transport_name
from phonehome.errors import (
    CROSSLINK_FAILED,
    KIND_REJECTED,
    OPERATOR_REVIEW_REQUIRED,
    OUTCOME_UNKNOWN,
    REDACTION_REQUIRED,
    RETENTION_UNAPPROVED,
    SCOPE_REJECTED,
)
from phonehome.locks import lock_packet
from phonehome.models import PacketRevision, PhoneHomeRecord, Review, Shipment
from phonehome.selectors import approval_of
from phonehome.states import NEEDS_APPROVAL, PacketStatus, ShipmentState
from phonehome.tasks import ship

WAIT_SECONDS = 25.0
POLL_SECONDS = 0.1
_NOT_FILED = (PacketStatus.SHIP_FAILED, PacketStatus.OUTCOME_UNKNOWN)
_ISSUE_EXISTS = (PacketStatus.SHIPPED, PacketStatus.CROSSLINK_FAILED)


@dataclass(frozen=True)
class PhoneHomeCall:
    """The verb's parameters, checked for form. `scope` is in the stored spelling."""

    pid: str
    incident_id: str
    severity: str
    scope: str
    kind: str
    title: str
    body_markdown: str
    operator_review: dict[str, Any] | None = None
    labels: Sequence[str] | None = None
    local_artifact_refs: Sequence[str] = ()
    redaction_report: dict[str, Any] | None = None
    idempotency_key: str | None = None
    dry_run: bool = False


@dataclass(frozen=True)
class Answer:
    """The verb's return shape and its HTTP status."""

    body: dict[str, Any]
    status: int


def phone_home(call: PhoneHomeCall, *, by: AgentPrincipal) -> Answer:
    """Render (dry run), or ship what is approved and wait up to WAIT_SECONDS for it.

    `created`, `duplicate`, `dry_run` or `queued`; refusals and failures are raised with SPEC-115's
    codes. Approval ships by itself, so this call never sends anything: it checks, nudges, waits.
    """
    policy.require(by, "phonehome.packet.ship")
    _check_invariants(call)
    incident = (
        Incident.objects.select_related("project")
        .filter(tenant_id=by.tenant_id, incident_id=call.incident_id, project__pid=call.pid)
        .first()
    )
    if incident is None:
        raise CareError(NOT_FOUND)
    if incident.scope == IncidentScope.CUSTOMER_INTERNAL:
        raise CareError(SCOPE_REJECTED)
    if call.dry_run:
        return Answer(_rendered(call), 200)
    record, revision = _approved_packet(call, incident)
    _nudge(record.pk)
    return _await(record.pk, call, revision)


def _check_invariants(call: PhoneHomeCall) -> None:
    if call.scope not in ("prism-product", "mixed"):
        raise CareError(SCOPE_REJECTED)
    if call.kind not in settings.PHONE_HOME_KINDS:
        raise CareError(KIND_REJECTED)
    if call.dry_run:
        return
    report = call.redaction_report or {}
    if report.get("status") != "passed":
        raise CareError(REDACTION_REQUIRED)
    if (call.operator_review or {}).get("approved") is not True:
        raise CareError(OPERATOR_REVIEW_REQUIRED)


def _rendered(call: PhoneHomeCall) -> dict[str, Any]:
    facts = Facts(call.severity, call.scope, call.kind, call.incident_id, marker="")
    labels = standard_labels(facts, call.labels or ())
    check_sizes(call.title, call.body_markdown, labels)
    return {
        **_shape(call, status="dry_run"),
        "title": call.title,
        "body_markdown": call.body_markdown,
        "labels": labels,
    }


def _approved_packet(
    call: PhoneHomeCall, incident: Incident
) -> tuple[PhoneHomeRecord, PacketRevision]:
    """The stored packet whose approval is of exactly this content; our row is the authority."""
    record = (
        PhoneHomeRecord.objects.filter(incident=incident, repo=settings.GITHUB_REPO)
        .order_by("-id")
        .first()
    )
    if record is None:
        raise CareError(OPERATOR_REVIEW_REQUIRED, message="Nothing is staged for this incident.")
    revision = record.current
    review = approval_of(record, revision)
    if review is None or record.status not in NEEDS_APPROVAL:
        raise CareError(
            OPERATOR_REVIEW_REQUIRED, message=f"The packet is {record.get_status_display()}."
        )
    claimed_digest = (call.redaction_report or {}).get("body_sha256")
    if claimed_digest not in (None, revision.body_sha256, body_digest(revision.source_body)):
        raise CareError(REDACTION_REQUIRED, message="The redaction report is about another body.")
    different = _differences(call, revision)
    if different:
        raise CareError(
            OPERATOR_REVIEW_REQUIRED,
            message=f"Approved content differs in: {', '.join(different)}.",
        )
    if not _same_decision(call.operator_review or {}, review):
        raise CareError(
            OPERATOR_REVIEW_REQUIRED,
            message="`operator_review` does not match the stored decision.",
        )
    claimed = (call.redaction_report or {}).get("retained_sensitive_fields") or []
    if not set(claimed) <= set(review.acknowledged_fields):
        raise CareError(RETENTION_UNAPPROVED)
    return record, revision


def _differences(call: PhoneHomeCall, revision: PacketRevision) -> list[str]:
    facts = Facts(call.severity, call.scope, call.kind, call.incident_id, marker="")
    same = {
        "title": call.title == revision.title,
        "body_markdown": call.body_markdown in (revision.body_markdown, revision.source_body),
        "severity": call.severity == revision.severity,
        "scope": call.scope == revision.scope,
        "kind": call.kind == revision.kind,
        "labels": call.labels is None
        or set(standard_labels(facts, call.labels)) == set(revision.labels),
        "idempotency_key": call.idempotency_key in (None, "", revision.idempotency_key),
    }
    return [name for name, equal in same.items() if not equal]


def _same_decision(claimed: dict[str, Any], review: Review) -> bool:
    if claimed.get("approved_by") != review.operator_name:
        return False
    if claimed.get("review_surface", review.surface) != review.surface:
        return False
    if claimed.get("packet_sha256", review.packet_sha256) != review.packet_sha256:
        return False
    if claimed.get("revision", review.revision) != review.revision:
        return False
    at = claimed.get("approved_at")
    if at is None:
        return True
    try:
        moment = datetime.fromisoformat(str(at))
    except ValueError:
        raise invalid(operator_review="`approved_at` is not ISO-8601.") from None
    return moment.tzinfo is not None and moment == review.recorded_at


@transaction.atomic
def _nudge(record_id: UUID) -> None:
    shipment = Shipment.objects.filter(record_id=record_id, state=ShipmentState.QUEUED).first()
    if shipment is not None:
        delay = (shipment.not_before - clock.now()).total_seconds()
        nudge_on_commit(ship, str(shipment.pk), countdown=max(0.0, delay))


def _await(record_id: UUID, call: PhoneHomeCall, revision: PacketRevision) -> Answer:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        record = PhoneHomeRecord.objects.get(pk=record_id)
        if record.status in _ISSUE_EXISTS and (
            record.cross_linked_at or record.status == PacketStatus.CROSSLINK_FAILED
        ):
            return _filed(record_id, call, revision)
        if record.status in _NOT_FILED and _waits_for_person(record_id):
            raise CareError(
                CATALOGUE.get(record.error_code, OUTCOME_UNKNOWN), message=record.error_message
            )
        if time.monotonic() >= deadline:
            return _queued(record, call, revision)
        time.sleep(POLL_SECONDS)


def _waits_for_person(record_id: UUID) -> bool:
    return Shipment.objects.filter(record_id=record_id, state=ShipmentState.WAITING).exists()


@transaction.atomic
def _filed(record_id: UUID, call: PhoneHomeCall, revision: PacketRevision) -> Answer:
    """The first answer about an issue is `created`, every later one `duplicate`."""
    record = lock_packet(record_id)
    if record.status == PacketStatus.CROSSLINK_FAILED:
        raise CareError(
            CROSSLINK_FAILED,
            details={"issue_url": record.issue_url, "issue_number": record.issue_number},
        )
    first = record.answered_at is None
    if first:
        record.answered_at = clock.now()
        record.save(update_fields=["answered_at"])
    body = _shape(
        call, status="created" if first else "duplicate", record=record, revision=revision
    )
    return Answer(body, 201 if first else 200)


def _queued(record: PhoneHomeRecord, call: PhoneHomeCall, revision: PacketRevision) -> Answer:
    body = _shape(call, status="queued", record=record, revision=revision)
    body["record_url"] = f"/api/v1/phone-home/records/{record.pk}"
    if record.error_code:
        body["error"] = {"code": record.error_code, "message": record.error_message}
    return Answer(body, 202)


def failure_shape(call: PhoneHomeCall) -> dict[str, Any]:
    """SPEC-115's return shape of a refusal, to which the error is added."""
    return _shape(call, status="failed")


def _shape(
    call: PhoneHomeCall,
    *,
    status: str,
    record: PhoneHomeRecord | None = None,
    revision: PacketRevision | None = None,
) -> dict[str, Any]:
    digest = revision.body_sha256 if revision else body_digest(call.body_markdown)
    key = revision.idempotency_key if revision else call.idempotency_key
    return {
        "status": status,
        "transport": (record.transport if record else "") or transport_name(),
        "repo": record.repo if record else settings.GITHUB_REPO,
        "issue_url": (record.issue_url if record else "") or None,
        "issue_number": record.issue_number if record else None,
        "idempotency_key": key
        or idempotency_key(
            pid=call.pid, incident_id=call.incident_id, title=call.title, body_sha256=digest
        ),
        "local_artifact_refs": list(
            revision.local_artifact_refs if revision else call.local_artifact_refs
        ),
        "redaction_report": revision.redaction_report if revision else call.redaction_report,
        "error": None,
    }
