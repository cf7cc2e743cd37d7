"""When a path was retired: a plan that is open again keeps that moment, and is still watched."""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def fill(apps: Any, schema_editor: Any) -> None:
    plans = apps.get_model("incidents", "CorrectiveAction").objects
    plans.filter(kind="retirement_plan", state="done").update(retired_at=F("settled_at"))


class Migration(migrations.Migration):
    dependencies = [("incidents", "0010_lane_owners")]

    operations = [
        migrations.AddField(
            model_name="correctiveaction",
            name="retired_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
