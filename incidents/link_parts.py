"""What of a lesson stands in its link document, held to that document's schema (seed 002 §4)."""

from collections.abc import Sequence
from typing import Any

from incidents.documents.shape import (
    A_NAME,
    AN_ID,
    ARTIFACT_ID,
    MAX_ACTIONS,
    MAX_OWNERS,
    PERSON_OR_TEAM,
    conforms,
)
from incidents.models import Postmortem
from incidents.own_words import refuse_secrets
from incidents.states import ActionState
from kernel.errors import invalid

# Who owns an imported corrective action whose document names no owner.
NOBODY = "unassigned"


def owners_of(postmortem: Postmortem) -> list[str]:
    """Whom the postmortem names, then who owns an action of it that is not dropped."""
    actions = postmortem.corrective_actions.exclude(state=ActionState.DROPPED)
    of_actions = [one for one in actions.values_list("owner", flat=True) if one != NOBODY]
    return list(dict.fromkeys([*postmortem.owners, *of_actions]))


def check_artifact(*, ref: str, owner: str, retires: str) -> None:
    """Raises invalid_request for what the document does not take."""
    wrong: dict[str, Any] = {}
    if not conforms(ref, ARTIFACT_ID):
        wrong["ref"] = f"{AN_ID}."
    if retires and not conforms(retires, PERSON_OR_TEAM):
        wrong["retires"] = f"{A_NAME}."
    if wrong:
        raise invalid(**wrong)
    check_owner(owner)
    refuse_secrets(ref=ref, retires=retires)


def check_owner(owner: str) -> None:
    """Raises invalid_request."""
    if not conforms(owner, PERSON_OR_TEAM):
        raise invalid(owner=f"{A_NAME}.")
    refuse_secrets(owner=owner)


def checked_owners(owners: Sequence[str]) -> list[str]:
    """Each once. Raises invalid_request."""
    if not all(conforms(one, PERSON_OR_TEAM) for one in owners):
        raise invalid(owners=f"{A_NAME}, each.")
    refuse_secrets(owners="\n".join(owners))
    return list(dict.fromkeys(owners))


def require_room(postmortem: Postmortem) -> None:
    """Raises invalid_request where the document would hold more than it may."""
    actions = postmortem.corrective_actions.exclude(state=ActionState.DROPPED)
    if actions.count() > MAX_ACTIONS:
        raise invalid(f"A postmortem links to at most {MAX_ACTIONS} corrective actions.")
    if len(owners_of(postmortem)) > MAX_OWNERS:
        raise invalid(
            f"A postmortem has at most {MAX_OWNERS} owners, those of its actions among them."
        )
