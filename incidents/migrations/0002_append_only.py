"""The timeline is append-only in the database."""

from django.db import migrations

from kernel.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]
    operations = [*append_only("incidents_timelineentry")]
