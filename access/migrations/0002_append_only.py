"""Persona stamps are append-only in the database."""

from django.db import migrations

from kernel.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [*append_only("access_personastamp")]
