"""A clock keeps the terms it was given; clocks from before have those of their policy."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0011_retired_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="deadline",
            name="terms",
            field=models.JSONField(null=True),
        ),
    ]
