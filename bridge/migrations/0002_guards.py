"""The bridge audit is append-only; what a signal said never changes and no signal is deleted."""

from django.db import migrations

from kernel.triggers import append_only, refuse, refuse_replace, refuse_truncate

SAID = (
    "id, tenant_id, thread_id, in_reply_to_id, sender_id, from_pid, from_identity, recipient_id, "
    "to_pid, to_identity, route, signal_type, category, payload, payload_sha256, audit_uid, "
    "intake_id, created_at"
)


class Migration(migrations.Migration):
    dependencies = [("bridge", "0001_initial")]
    operations = [
        *append_only("bridge_bridgeaudit"),
        refuse("bridge_signal", "no_rewrite", f"UPDATE OF {SAID}", "what was said never changes"),
        refuse("bridge_signal", "no_delete", "DELETE", "signals are never deleted"),
        refuse_truncate("bridge_signal"),
        refuse_replace("bridge_signal"),
    ]
