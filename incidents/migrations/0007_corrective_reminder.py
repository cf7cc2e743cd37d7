"""Clara is reminded once of a corrective action that is late."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0006_deadline_clocks"),
    ]

    operations = [
        migrations.AddField(
            model_name="correctiveaction",
            name="reminded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="correctiveaction",
            index=models.Index(
                condition=models.Q(("reminded_at__isnull", True), ("state", "open")),
                fields=["due_at"],
                name="corrective_due",
            ),
        ),
    ]
