"""Find the principal behind an agent key."""

import hashlib
import hmac
import re
from datetime import timedelta

from django.db.models import Q

from access.models import AgentKey
from access.principals import AgentPrincipal
from access.states import PersonaStatus
from kernel import clock
from kernel.errors import KEY_INVALID, CareError

_TOKEN = re.compile(r"prc_([a-z0-9]{12})_([0-9a-f]{64})\Z")
# Writing the time of use with every request would make each read a write.
_USE_GRAIN = timedelta(minutes=5)


def authenticate_agent(token: str) -> AgentPrincipal:
    """One query, nothing cached: a revocation holds from the next request on.

    Raises key_invalid for every reason alike: malformed, unknown, expired, revoked, persona gone.
    """
    match = _TOKEN.match(token)
    if match is None:
        raise CareError(KEY_INVALID)
    key_id, secret = match.groups()
    found = AgentKey.objects.select_related("persona__project").filter(key_id=key_id)
    key = next(iter(found.order_by()[:1]), None)
    presented = hashlib.sha256(secret.encode()).hexdigest()
    expected = key.secret_sha256 if key else "0" * 64
    if not hmac.compare_digest(presented, expected) or key is None:
        raise CareError(KEY_INVALID)
    now = clock.now()
    persona = key.persona
    if key.revoked_at or key.expires_at <= now or persona.status != PersonaStatus.ACTIVE:
        raise CareError(KEY_INVALID)
    if key.last_used_at is None or now - key.last_used_at > _USE_GRAIN:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _USE_GRAIN)
        AgentKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
    return AgentPrincipal(
        key_pk=key.pk,
        key_id=key_id,
        persona_id=persona.pk,
        identity=persona.identity,
        duty=persona.duty,
        persona_class=persona.persona_class,
        project_id=persona.project_id,
        pid=persona.project.pid,
        is_home=persona.project.is_home,
        tenant_id=persona.tenant_id,
        scopes=frozenset(key.scopes),
        expires_at=key.expires_at,
    )
