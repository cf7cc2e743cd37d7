"""Input and output of the phone-home endpoints."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from incidents.states import Kind, Scope, Severity
from kernel.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
    StrictSerializer,
)
from kernel.clock import isoformat
from phonehome.composing import CUSTOMER, MAX_SECTIONS, PRODUCT
from phonehome.models import Attempt, PacketRevision, PhoneHomeRecord
from phonehome.selectors import operator_review, review_url
from phonehome.services.write_revision import Content
from phonehome.states import AttemptOutcome, PacketStatus

BODY_CHARACTERS = 70_000  # GitHub's limit is checked with its own sentence behind this


def _texts(maximum: int, each: int) -> Any:
    return serializers.ListField(
        child=StrictCharField(max_length=each), required=False, max_length=maximum
    )


class SectionSerializer(StrictSerializer):
    """A part of the report; what is on the customer's side stays here."""

    name = StrictCharField(max_length=100)
    side = serializers.ChoiceField([PRODUCT, CUSTOMER])
    text = StrictCharField(max_length=BODY_CHARACTERS, trim_whitespace=False)


class RedactionReportSerializer(serializers.Serializer):
    """SPEC-115's minimum shape; fields of `redaction.report` beside it are taken too."""

    status = StrictCharField(max_length=20)
    redacted_fields = _texts(200, 100)
    retained_sensitive_fields = _texts(200, 100)
    body_sha256 = StrictCharField(max_length=64, required=False)
    rule_set_version = StrictCharField(max_length=40, required=False)
    finding_count = StrictIntegerField(required=False, min_value=0)
    findings = serializers.ListField(child=serializers.DictField(), required=False, max_length=5000)


class ContentSerializer(StrictSerializer):
    """What would leave: either `sections` or `body_markdown`, redacted already."""

    title = StrictCharField(max_length=1000)
    sections = serializers.ListField(
        child=SectionSerializer(), required=False, max_length=MAX_SECTIONS
    )
    body_markdown = StrictCharField(
        max_length=BODY_CHARACTERS, required=False, trim_whitespace=False
    )
    labels = _texts(50, 200)
    local_artifact_refs = _texts(100, 200)
    redaction_report = RedactionReportSerializer(required=False, allow_null=True)
    retained_sensitive_fields = _texts(200, 100)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs.get("sections")) == bool(attrs.get("body_markdown")):
            raise serializers.ValidationError(
                {"body_markdown": ["Give either `sections` or `body_markdown`."]}
            )
        return attrs

    def content(self) -> Content:
        data = self.validated_data
        report = dict(data.get("redaction_report") or {})
        retained = [
            *data.get("retained_sensitive_fields", []),
            *report.get("retained_sensitive_fields", []),
        ]
        return Content(
            title=data["title"],
            sections=[dict(one) for one in data.get("sections", [])],
            body_markdown=data.get("body_markdown", ""),
            labels=data.get("labels", []),
            local_artifact_refs=data.get("local_artifact_refs", []),
            redaction_report=report,
            retained_sensitive_fields=retained,
        )


class StageSerializer(ContentSerializer):
    """A packet for a triaged incident."""

    incident_id = StrictCharField(max_length=32)


class WithdrawSerializer(StrictSerializer):
    """Why the packet is taken back."""

    reason = StrictCharField(max_length=1000)


class OperatorReviewSerializer(serializers.Serializer):
    """SPEC-115's minimum shape of a decision, or what a record's `operator_review` shows; it is
    compared with the stored decision and decides nothing."""

    approved = StrictBooleanField()
    approved_by = StrictCharField(max_length=150, required=False)
    approved_at = StrictCharField(max_length=64, required=False)
    review_surface = serializers.ChoiceField(["terminal", "dashboard", "cli"], required=False)
    notes = StrictCharField(max_length=5000, required=False, allow_blank=True)
    revision = serializers.IntegerField(required=False)
    packet_sha256 = StrictCharField(max_length=64, required=False)


class PhoneHomeSerializer(StrictSerializer):
    """The verb's parameters. The spec spells the product scope `Prism-product`; both pass."""

    pid = StrictCharField(max_length=64)
    incident_id = StrictCharField(max_length=32)
    severity = serializers.ChoiceField(Severity.choices)
    scope = serializers.ChoiceField([*Scope.values, "Prism-product"])
    kind = serializers.ChoiceField(Kind.choices)
    title = StrictCharField(max_length=1000)
    body_markdown = StrictCharField(max_length=BODY_CHARACTERS, trim_whitespace=False)
    labels = serializers.ListField(
        child=StrictCharField(max_length=200), required=False, allow_null=True, max_length=50
    )
    local_artifact_refs = serializers.ListField(
        child=StrictCharField(max_length=200), required=False, allow_null=True, max_length=100
    )
    redaction_report = RedactionReportSerializer(required=False, allow_null=True)
    operator_review = OperatorReviewSerializer(required=False, allow_null=True)
    idempotency_key = StrictCharField(max_length=200, required=False, allow_null=True)
    dry_run = StrictBooleanField(required=False, default=False)

    def validate_scope(self, value: str) -> str:
        return value.lower()


class AttemptSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    transport = serializers.CharField()
    phase = serializers.CharField()
    outcome = serializers.ChoiceField(AttemptOutcome.choices, allow_null=True)
    error = serializers.CharField(allow_null=True)
    message = serializers.CharField()
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class DecisionSerializer(serializers.Serializer):
    """The latest decision of an operator."""

    approved = serializers.BooleanField()
    approved_by = serializers.CharField()
    approved_at = serializers.DateTimeField()
    review_surface = serializers.CharField()
    notes = serializers.CharField()
    decision = serializers.CharField()
    reason_code = serializers.CharField()
    revision = serializers.IntegerField()
    packet_sha256 = serializers.CharField()
    acknowledged_fields = serializers.ListField(child=serializers.CharField())


class CarvedOutSerializer(serializers.Serializer):
    """A section that stayed behind: its name, size and digest, never its text."""

    name = serializers.CharField()
    characters = serializers.IntegerField()
    text_sha256 = serializers.CharField()


class ProofSerializer(serializers.Serializer):
    """That no `window` characters in a row of what stayed behind stand in title, body or labels.
    `behind_sha256` is over the canonical JSON of the customer sections' `[{name, text}]`."""

    method = serializers.CharField()
    window = serializers.IntegerField()
    sections = serializers.IntegerField()
    characters = serializers.IntegerField()
    too_short = serializers.IntegerField()
    overlaps = serializers.IntegerField()
    body_sha256 = serializers.CharField()
    packet_sha256 = serializers.CharField()
    behind_sha256 = serializers.CharField()


class FailureSerializer(serializers.Serializer):
    """Why the last attempt to ship failed."""

    code = serializers.CharField()
    message = serializers.CharField()


class RecordSerializer(serializers.Serializer):
    record_id = serializers.UUIDField()
    status = serializers.ChoiceField(PacketStatus.choices)
    revision = serializers.IntegerField()
    pid = serializers.CharField()
    incident_id = serializers.CharField()
    severity = serializers.CharField()
    scope = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    body_markdown = serializers.CharField()
    labels = serializers.ListField(child=serializers.CharField())
    local_artifact_refs = serializers.ListField(child=serializers.CharField())
    repo = serializers.CharField()
    repo_visibility = serializers.CharField()
    body_sha256 = serializers.CharField()
    packet_sha256 = serializers.CharField()
    idempotency_key = serializers.CharField()
    redaction_report = serializers.DictField()
    retained_sensitive_fields = serializers.ListField(child=serializers.CharField())
    review_due_at = serializers.DateTimeField()
    carved_out = CarvedOutSerializer(many=True)
    carve_out_proof = ProofSerializer(allow_null=True)
    review_url = serializers.CharField()
    operator_review = DecisionSerializer(allow_null=True)
    attempts = AttemptSerializer(many=True)
    issue_url = serializers.CharField(allow_null=True)
    issue_number = serializers.IntegerField(allow_null=True)
    error = FailureSerializer(allow_null=True)
    created_at = serializers.DateTimeField()


class VerbSerializer(serializers.Serializer):
    status = serializers.ChoiceField(["created", "duplicate", "dry_run", "queued", "failed"])
    transport = serializers.CharField()
    repo = serializers.CharField()
    issue_url = serializers.CharField(allow_null=True)
    issue_number = serializers.IntegerField(allow_null=True)
    idempotency_key = serializers.CharField()
    local_artifact_refs = serializers.ListField(child=serializers.CharField())
    redaction_report = serializers.DictField(allow_null=True)
    error = FailureSerializer(allow_null=True)
    title = serializers.CharField(required=False)
    body_markdown = serializers.CharField(required=False)
    labels = serializers.ListField(child=serializers.CharField(), required=False)
    record_url = serializers.CharField(required=False)


def record_body(record: PhoneHomeRecord) -> dict[str, Any]:
    """RecordSerializer's shape; `record` comes from `selectors.with_history`."""
    revision = record.current_revisions[0]  # type: ignore[attr-defined]
    attempts = [one for shipment in record.shipments.all() for one in shipment.attempts.all()]
    review = max(record.reviews.all(), key=lambda one: one.id, default=None)
    return {
        "record_id": str(record.pk),
        "status": record.status,
        "revision": record.revision,
        "pid": record.incident.project.pid,
        "incident_id": record.incident.incident_id,
        "severity": revision.severity,
        "scope": revision.scope,
        "kind": revision.kind,
        "title": revision.title,
        "body_markdown": revision.body_markdown,
        "labels": revision.labels,
        "local_artifact_refs": revision.local_artifact_refs,
        "repo": revision.repo,
        "repo_visibility": revision.repo_visibility,
        "body_sha256": revision.body_sha256,
        "packet_sha256": revision.packet_sha256,
        "idempotency_key": revision.idempotency_key,
        "redaction_report": revision.redaction_report,
        "retained_sensitive_fields": revision.retained_sensitive_fields,
        "review_due_at": isoformat(record.review_due_at),
        "carved_out": revision.carved_out,
        "carve_out_proof": _proof_body(revision),
        "review_url": review_url(record),
        "operator_review": operator_review(review),
        "attempts": [_attempt_body(one) for one in sorted(attempts, key=_began)],
        "issue_url": record.issue_url or None,
        "issue_number": record.issue_number,
        "error": {"code": record.error_code, "message": record.error_message}
        if record.error_code
        else None,
        "created_at": isoformat(record.created_at),
    }


def _proof_body(revision: PacketRevision) -> dict[str, Any] | None:
    proof = getattr(revision, "carve_out_proof", None)  # Django raises where there is no row
    if proof is None:
        return None
    return dict(ProofSerializer(proof).data)


def _began(attempt: Attempt) -> datetime:
    return attempt.started_at


def _attempt_body(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "transport": attempt.transport,
        "phase": attempt.phase,
        "outcome": attempt.outcome or None,
        "error": attempt.error_code or None,
        "message": attempt.message,
        "started_at": isoformat(attempt.started_at),
        "finished_at": isoformat(attempt.finished_at),
    }
