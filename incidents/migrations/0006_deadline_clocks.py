"""Clocks know how long they were given, and the sweep finds due promises by an index. Cases from
before are promised a next word."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F

from kernel import clock


def promise(apps, schema_editor):
    open_cases = apps.get_model("incidents", "Incident").objects.exclude(
        status__in=["closed", "withdrawn"]
    )
    open_cases.filter(next_update_due_at__isnull=True).update(next_update_due_at=clock.now())
    apps.get_model("incidents", "Intake").objects.filter(status__in=["received", "held"]).update(
        next_update_due_at=F("due_at")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_append_only"),
        ("bridge", "0002_guards"),
        ("incidents", "0005_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="deadline",
            name="minutes",
            field=models.PositiveIntegerField(default=60),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="deadline",
            name="paused_seconds",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="escalation",
            name="operator",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="escalation",
            name="delivery",
            field=models.CharField(
                choices=[
                    ("told", "told"),
                    ("queued", "queued"),
                    ("sending", "sending"),
                    ("sent", "sent"),
                    ("failed", "failed"),
                    ("no_address", "no address"),
                ],
                default="told",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="escalation",
            index=models.Index(
                condition=models.Q(("delivery", "queued")), fields=["id"], name="escalation_queued"
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(("next_update_due_at__isnull", False)),
                fields=["next_update_due_at"],
                name="incident_promise",
            ),
        ),
        migrations.AddIndex(
            model_name="intake",
            index=models.Index(
                condition=models.Q(("next_update_due_at__isnull", False)),
                fields=["next_update_due_at"],
                name="intake_promise",
            ),
        ),
        migrations.RunPython(promise, migrations.RunPython.noop),
    ]
