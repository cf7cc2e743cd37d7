"""The general ledger and the seals are append-only in the database."""

from django.db import migrations

from kernel.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [*append_only("kernel_ledgerentry"), *append_only("kernel_seal")]
