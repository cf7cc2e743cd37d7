"""New ledgers are append-only, the product's categories and deadlines are there, and rows from
before get what a new one would have."""

from django.db import migrations
from django.db.models import F

from incidents.first_rows import CALENDARS, CATEGORIES, POLICIES
from kernel.triggers import append_only

BY = "system:prism-care"


def fill(apps, schema_editor):
    model = {name: apps.get_model("incidents", name) for name in ("Category", "BusinessCalendar")}
    for name, meaning in CATEGORIES.items():
        model["Category"].objects.create(name=name, meaning=meaning, created_by=BY)
    calendars = {
        values["name"]: model["BusinessCalendar"].objects.create(**values) for values in CALENDARS
    }
    for values in POLICIES:
        steps = values["steps"]
        policy = apps.get_model("incidents", "DeadlinePolicy").objects.create(
            stage=values["stage"],
            severity=values["severity"],
            minutes=values["minutes"],
            at_risk_percent=values["at_risk_percent"],
            calendar=calendars.get(values["calendar"]),
        )
        for kind, after_percent in steps:
            policy.steps.create(kind=kind, after_percent=after_percent)


def catch_up(apps, schema_editor):
    Incident = apps.get_model("incidents", "Incident")
    Incident.objects.update(detected_at=F("created_at"), detected_by="customer_agent")
    for tier in apps.get_model("incidents", "TriageTier").objects.filter(tier__in=(1, 5)):
        moment = {1: "acknowledged_at", 5: "triaged_at"}[tier.tier]
        Incident.objects.filter(pk=tier.incident_id).update(**{moment: tier.completed_at})


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_record_lesson_deadlines")]
    operations = [
        migrations.RunPython(catch_up, migrations.RunPython.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
        *append_only("incidents_classificationrow"),
        *append_only("incidents_citation"),
        *append_only("incidents_containmentaction"),
        *append_only("incidents_postmortemversion"),
        *append_only("incidents_waiver"),
        *append_only("incidents_deadlinepause"),
    ]
