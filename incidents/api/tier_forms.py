"""The form of each tier (SPEC-114), and its JSON Schema (draft 2020-12), made from it."""

from typing import Any

from rest_framework import serializers

from incidents.api.common import LONG_TEXT
from incidents.states import Kind, Scope, Severity
from incidents.tiers import NOT_BLANK, PURPOSE, READS, is_blank
from kernel.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictSerializer,
    TextMapField,
)


class WordsField(StrictCharField):
    """Text in which something stands."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if is_blank(text):
            self.fail("blank")
        return text


class ReasonsField(TextMapField):
    """An object whose values are text in which something stands."""

    child = WordsField(max_length=2000)


class Tier1Serializer(StrictSerializer):
    """Init reads."""

    env = serializers.DictField()
    install_type = WordsField(max_length=80)
    project_metadata = serializers.DictField()
    agent_roster = serializers.ListField(child=serializers.JSONField(), max_length=500)


class Tier2Serializer(StrictSerializer):
    """Conditional reads: each is given, or skipped with a reason."""

    stack_trace = WordsField(max_length=LONG_TEXT, required=False)
    journal_refs = serializers.ListField(
        child=WordsField(max_length=200), required=False, min_length=1, max_length=200
    )
    git_rev = WordsField(max_length=80, required=False)
    skipped = ReasonsField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        skipped = attrs.get("skipped", {})
        wrong: dict[str, list[str]] = {}
        for name in sorted(set(skipped) - set(READS)):
            wrong["skipped"] = [f"{name[:80]} is not a read of this tier."]
        for name in READS:
            if name in attrs and name in skipped:
                wrong[name] = ["Given and skipped at once."]
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


class Tier3Serializer(StrictSerializer):
    """Privacy gates: the text that is scanned."""

    text = WordsField(max_length=LONG_TEXT, trim_whitespace=False)


class Tier4Serializer(StrictSerializer):
    """Classification."""

    severity = serializers.ChoiceField(Severity.choices)
    scope = serializers.ChoiceField(Scope.choices)
    kind = serializers.ChoiceField(Kind.choices)
    note = WordsField(max_length=5000)


class Tier5Serializer(StrictSerializer):
    """Output discipline: `eligible` must agree with tiers 3 and 4."""

    postmortem_summary = WordsField(max_length=20_000)
    eligible = StrictBooleanField()
    reasons = serializers.ListField(child=WordsField(max_length=1000), min_length=1, max_length=20)


TIER_SERIALIZERS: dict[int, type[StrictSerializer]] = {
    1: Tier1Serializer,
    2: Tier2Serializer,
    3: Tier3Serializer,
    4: Tier4Serializer,
    5: Tier5Serializer,
}


def tier_schema(tier: int) -> dict[str, Any]:
    """What a whole tier holds; a draft may hold less."""
    form = TIER_SERIALIZERS[tier]()
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Tier {tier}: {PURPOSE[tier]}",
        "type": "object",
        "properties": {name: _field_schema(field) for name, field in form.fields.items()},
        "required": [name for name, field in form.fields.items() if field.required],
        "additionalProperties": False,
    }
    if tier == 2:
        schema["properties"]["skipped"]["propertyNames"] = {"enum": list(READS)}
        schema["allOf"] = [{"oneOf": [_given(name), _skipped(name)]} for name in READS]
    return schema


def _given(name: str) -> dict[str, Any]:
    return {"required": [name]}


def _skipped(name: str) -> dict[str, Any]:
    return {"required": ["skipped"], "properties": {"skipped": {"required": [name]}}}


def _field_schema(field: serializers.Field) -> dict[str, Any]:
    """One field of the kinds that the tiers are made of."""
    match field:
        case serializers.ChoiceField():
            return {"enum": list(field.choices)}
        case serializers.BooleanField():
            return {"type": "boolean"}
        case serializers.CharField():
            return {"type": "string", "maxLength": field.max_length, "pattern": NOT_BLANK}
        case serializers.ListField():
            limits = {"minItems": field.min_length, "maxItems": field.max_length}
            items = {} if type(field.child) is serializers.JSONField else _field_schema(field.child)
            given = {name: limit for name, limit in limits.items() if limit is not None}
            return {"type": "array", "items": items, **given}
        case serializers.DictField() if isinstance(field.child, serializers.CharField):
            return {"type": "object", "additionalProperties": _field_schema(field.child)}
        case serializers.DictField():
            return {"type": "object"}
    raise TypeError(f"no schema for {type(field).__name__}")
