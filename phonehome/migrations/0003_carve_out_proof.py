"""The proof of a carve-out: one row beside a revision, never changed."""

import django.db.models.deletion
from django.db import migrations, models

import kernel.clock
import kernel.correlation
import kernel.ids
from kernel.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("phonehome", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="CarveOutProof",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uid", models.UUIDField(default=kernel.ids.new_id, editable=False, unique=True)),
                ("recorded_at", models.DateTimeField(default=kernel.clock.now, editable=False)),
                (
                    "correlation_id",
                    models.CharField(
                        default=kernel.correlation.current, editable=False, max_length=64
                    ),
                ),
                ("tenant_id", models.UUIDField()),
                ("method", models.CharField(max_length=40)),
                ("window", models.PositiveSmallIntegerField()),
                ("sections", models.PositiveIntegerField()),
                ("characters", models.PositiveIntegerField()),
                ("too_short", models.PositiveIntegerField()),
                ("overlaps", models.PositiveIntegerField()),
                ("body_sha256", models.CharField(max_length=64)),
                ("packet_sha256", models.CharField(max_length=64)),
                ("behind_sha256", models.CharField(max_length=64)),
                (
                    "revision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carve_out_proof",
                        to="phonehome.packetrevision",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("overlaps", 0), ("sections__gt", 0)),
                        name="proof_of_no_overlap",
                    )
                ],
            },
        ),
        *append_only("phonehome_carveoutproof"),
    ]
