"""Register an ordinary persona in a project."""

import re

from django.db import transaction

from access.errors import NAME_RESERVED
from access.models import Persona, Project, identity_key
from access.states import PersonaClass, PersonaStatus
from kernel.errors import CareError, invalid
from kernel.ledger import record
from kernel.principals import Principal

_NAME = re.compile(r"[^\W_][\w .'-]{0,79}\Z")
_KEY_CHARACTERS = 160
_BROADCAST = {"all", "everyone", "everybody", "broadcast"}


@transaction.atomic
def register_persona(*, project: Project, identity: str, by: Principal) -> tuple[Persona, bool]:
    """The persona and whether it is new; always of class `project`.

    Raises invalid_request for a name that cannot be addressed, persona_name_reserved for one
    that a bridge persona of the tenant holds: local names win, so it would shadow the desk.
    """
    # The compared form can be longer than the name: one ligature may stand for eighteen letters.
    key = identity_key(identity)
    if not _NAME.match(identity) or len(key) > _KEY_CHARACTERS or key in _BROADCAST:
        raise invalid(identity="1 to 80 letters, digits, spaces, dots, hyphens or apostrophes.")
    existing = Persona.objects.filter(project=project, identity_key=key).first()
    if existing is not None:
        return existing, False
    if (
        Persona.objects.filter(
            tenant_id=project.tenant_id,
            identity_key=key,
            persona_class=PersonaClass.BRIDGE,
            status=PersonaStatus.ACTIVE,
        )
        .exclude(project=project)
        .exists()
    ):
        raise CareError(NAME_RESERVED)
    persona = Persona.objects.create(
        tenant_id=project.tenant_id, project=project, identity=identity.strip()
    )
    record("access.persona.registered", by=by, subject=persona, identity=persona.identity)
    return persona, True
