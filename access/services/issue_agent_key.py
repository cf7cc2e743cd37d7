"""Issue an agent key for a persona."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from access.models import AgentKey, Persona
from access.states import Scope
from kernel import clock
from kernel.errors import invalid
from kernel.ledger import record
from kernel.principals import Principal

MAX_DAYS = 3650
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


@transaction.atomic
def issue_agent_key(
    *, persona: Persona, by: Principal, scopes: Iterable[str] = (), days: int | None = None
) -> tuple[AgentKey, str]:
    """The key row and the token `prc_<key id>_<secret>`, shown this once and stored hashed.

    Raises invalid_request for an unknown scope and for a life of less than a day or of more than
    MAX_DAYS.
    """
    wanted = list(scopes) or list(Scope.values)
    unknown = sorted(set(wanted) - set(Scope.values))
    if unknown:
        raise invalid(scopes=f"Unknown: {', '.join(unknown)}. Known: {', '.join(Scope.values)}.")
    days = settings.AGENT_KEY_DEFAULT_DAYS if days is None else days
    if not 1 <= days <= MAX_DAYS:
        raise invalid(days=f"Must be from 1 to {MAX_DAYS}.")
    key_id = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    secret = secrets.token_hex(32)
    key = AgentKey.objects.create(
        key_id=key_id,
        persona=persona,
        secret_sha256=hashlib.sha256(secret.encode()).hexdigest(),
        scopes=wanted,
        expires_at=clock.now() + timedelta(days=days),
    )
    record(
        "access.agent_key.issued",
        by=by,
        subject=key,
        tenant_id=persona.tenant_id,
        key_id=key_id,
        persona=persona.identity,
        scopes=wanted,
    )
    return key, f"prc_{key_id}_{secret}"
