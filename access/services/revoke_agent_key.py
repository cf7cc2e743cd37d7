"""Revoke an agent key, effective with the next request."""

from django.db import transaction

from access.models import AgentKey
from kernel import clock
from kernel.errors import NOT_FOUND, CareError
from kernel.ledger import record
from kernel.principals import Principal


@transaction.atomic
def revoke_agent_key(*, key_id: str, by: Principal, reason: str) -> AgentKey:
    """The key, revoked; repeating it changes nothing. Raises not_found."""
    key = (
        AgentKey.objects.select_for_update(of=("self",))
        .select_related("persona")
        .filter(key_id=key_id)
        .first()
    )
    if key is None:
        raise CareError(NOT_FOUND, message=f"There is no agent key {key_id}.")
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        key.save(update_fields=["revoked_at"])
        record(
            "access.agent_key.revoked",
            by=by,
            subject=key,
            tenant_id=key.persona.tenant_id,
            key_id=key_id,
            reason=reason,
        )
    return key
