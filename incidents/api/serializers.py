"""Input and output of the incidents' endpoints."""

from typing import Any

from rest_framework import serializers

from incidents.models import Incident, Intake, TriageTier
from incidents.states import (
    Classification,
    IncidentStatus,
    IntakeStatus,
    Kind,
    Scope,
    Severity,
    WithWhom,
)
from kernel.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictSerializer,
    TextMapField,
)
from kernel.clock import isoformat

LONG_TEXT = 200_000


class ClassificationSerializer(StrictSerializer):
    """Sage's verdict; `answer` is required for info, `lane_owner` belongs to a wish."""

    classification = serializers.ChoiceField(Classification.choices)
    rationale = StrictCharField(max_length=5000)
    answer = StrictCharField(max_length=20_000, required=False, allow_blank=True)
    lane_owner = StrictCharField(max_length=80, required=False, allow_blank=True)
    title = StrictCharField(max_length=200, required=False, allow_blank=True)


class ReporterSerializer(serializers.Serializer):
    pid = serializers.CharField()
    identity = serializers.CharField()


class SuggestionSerializer(serializers.Serializer):
    """What the built-in desk would do (desk mode `assist`)."""

    classification = serializers.ChoiceField(Classification.choices)
    rule = serializers.CharField()
    rationale = serializers.CharField()
    answer = serializers.CharField(allow_null=True)
    lane_owner = serializers.CharField(allow_null=True)


class IntakeSerializer(serializers.Serializer):
    intake_id = serializers.UUIDField()
    status = serializers.ChoiceField(IntakeStatus.choices)
    signal_id = serializers.UUIDField()
    reporter = ReporterSerializer()
    classification = serializers.ChoiceField(Classification.choices, allow_null=True)
    rationale = serializers.CharField()
    suggested = SuggestionSerializer(allow_null=True)
    due_at = serializers.DateTimeField()
    overdue = serializers.BooleanField()
    incident_id = serializers.CharField(allow_null=True)
    todo_id = serializers.UUIDField(allow_null=True)


def intake_body(intake: Intake) -> dict[str, Any]:
    incident = getattr(intake, "incident", None)
    return {
        "intake_id": str(intake.id),
        "status": intake.status,
        "signal_id": str(intake.signal_id),
        "reporter": {"pid": intake.reporter_pid, "identity": intake.reporter_identity},
        "classification": intake.classification or None,
        "rationale": intake.rationale,
        "suggested": intake.suggested,
        "due_at": isoformat(intake.due_at),
        "overdue": intake.overdue,
        "incident_id": incident.incident_id if incident else None,
        "todo_id": str(intake.todo_id) if intake.todo_id else None,
    }


class Tier1Serializer(StrictSerializer):
    """Init reads."""

    env = serializers.DictField()
    install_type = StrictCharField(max_length=80)
    project_metadata = serializers.DictField()
    agent_roster = serializers.ListField(child=serializers.JSONField(), max_length=500)


class Tier2Serializer(StrictSerializer):
    """Conditional reads: each is given, or skipped with a reason."""

    stack_trace = StrictCharField(max_length=LONG_TEXT, required=False)
    journal_refs = serializers.ListField(
        child=StrictCharField(max_length=200), required=False, max_length=200
    )
    git_rev = StrictCharField(max_length=80, required=False)
    skipped = TextMapField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        reads = ("stack_trace", "journal_refs", "git_rev")
        skipped = attrs.get("skipped", {})
        wrong: dict[str, list[str]] = {}
        for name in sorted(set(skipped) - set(reads)):
            wrong["skipped"] = [f"{name[:80]} is not a read of this tier."]
        for name in reads:
            if name in attrs and name in skipped:
                wrong[name] = ["Given and skipped at once."]
            elif name not in attrs and name not in skipped:
                wrong[name] = ["Give it, or name it in `skipped` with a reason."]
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


class Tier3Serializer(StrictSerializer):
    """Privacy gates: the text that is scanned."""

    text = StrictCharField(max_length=LONG_TEXT, trim_whitespace=False)


class Tier4Serializer(StrictSerializer):
    """Classification."""

    severity = serializers.ChoiceField(Severity.choices)
    scope = serializers.ChoiceField(Scope.choices)
    kind = serializers.ChoiceField(Kind.choices)
    note = StrictCharField(max_length=5000)


class Tier5Serializer(StrictSerializer):
    """Output discipline: `eligible` must agree with tiers 3 and 4."""

    postmortem_summary = StrictCharField(max_length=20_000)
    eligible = StrictBooleanField()
    reasons = serializers.ListField(
        child=StrictCharField(max_length=1000), min_length=1, max_length=20
    )


TIER_SERIALIZERS: dict[int, type[StrictSerializer]] = {
    1: Tier1Serializer,
    2: Tier2Serializer,
    3: Tier3Serializer,
    4: Tier4Serializer,
    5: Tier5Serializer,
}


class TierSerializer(serializers.Serializer):
    incident_id = serializers.CharField()
    tier = serializers.IntegerField()
    content = serializers.DictField()
    completed_by = serializers.CharField()
    completed_at = serializers.DateTimeField()


def tier_body(row: TriageTier, incident_id: str) -> dict[str, Any]:
    return {
        "incident_id": incident_id,
        "tier": row.tier,
        "content": row.content,
        "completed_by": row.completed_by,
        "completed_at": isoformat(row.completed_at),
    }


class IncidentSerializer(serializers.Serializer):
    incident_id = serializers.CharField()
    status = serializers.ChoiceField(IncidentStatus.choices)
    title = serializers.CharField()
    report = serializers.CharField()
    pid = serializers.CharField()
    reporter = ReporterSerializer()
    intake_id = serializers.UUIDField()
    severity = serializers.ChoiceField(Severity.choices, allow_null=True)
    scope = serializers.ChoiceField(Scope.choices, allow_null=True)
    kind = serializers.ChoiceField(Kind.choices, allow_null=True)
    eligible = serializers.BooleanField(allow_null=True)
    issue_url = serializers.CharField(allow_null=True)
    issue_number = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    last_update_at = serializers.DateTimeField()
    next_update_due_at = serializers.DateTimeField(allow_null=True)
    triage = TierSerializer(many=True, required=False)


def incident_body(incident: Incident) -> dict[str, Any]:
    return {
        "incident_id": incident.incident_id,
        "status": incident.status,
        "title": incident.title,
        "report": incident.report,
        "pid": incident.project.pid,
        "reporter": {"pid": incident.project.pid, "identity": incident.reporter.identity},
        "intake_id": str(incident.intake_id),
        "severity": incident.severity or None,
        "scope": incident.scope or None,
        "kind": incident.kind or None,
        "eligible": incident.eligible,
        "issue_url": incident.issue_url or None,
        "issue_number": incident.issue_number,
        "created_at": isoformat(incident.created_at),
        "last_update_at": isoformat(incident.last_update_at),
        "next_update_due_at": isoformat(incident.next_update_due_at),
    }


class IssueStateSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    state = serializers.CharField()


class HistorySerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    status = serializers.CharField()


class IncidentStatusSerializer(serializers.Serializer):
    incident_id = serializers.CharField()
    status = serializers.ChoiceField(IncidentStatus.choices)
    severity = serializers.ChoiceField(Severity.choices, allow_null=True)
    headline = serializers.CharField()
    last_update_at = serializers.DateTimeField()
    next_update_due_at = serializers.DateTimeField(allow_null=True)
    with_ = serializers.ChoiceField(WithWhom.choices)
    issue = IssueStateSerializer(allow_null=True)
    history = HistorySerializer(many=True)

    def get_fields(self) -> Any:
        fields = super().get_fields()
        fields["with"] = fields.pop("with_")
        return fields


class ScanSerializer(StrictSerializer):
    """`known_names` are names to find beside those of the agent's own tenant."""

    text = StrictCharField(max_length=LONG_TEXT, allow_blank=True, trim_whitespace=False)
    known_names = serializers.ListField(
        child=StrictCharField(max_length=200), required=False, max_length=500
    )


class FindingSerializer(serializers.Serializer):
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    type = serializers.CharField()
    detector = serializers.CharField()
    severity = serializers.CharField()
    sample = serializers.CharField()


class ScanResultSerializer(serializers.Serializer):
    findings = FindingSerializer(many=True)
    redacted = serializers.CharField()
    report = serializers.DictField()
    elapsed_ms = serializers.FloatField()
