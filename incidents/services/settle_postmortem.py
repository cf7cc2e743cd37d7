"""Keep a postmortem's owners and status in step with its corrective actions."""

from incidents.models import Postmortem
from incidents.states import ActionState, PostmortemStatus


def settle_postmortem(postmortem: Postmortem) -> None:
    """Closed once something was done and nothing is open; owned by whom its last version names
    and by the owners of its actions. In the caller's transaction."""
    actions = [
        one for one in postmortem.corrective_actions.all() if one.state != ActionState.DROPPED
    ]
    done = bool(actions) and all(one.state == ActionState.DONE for one in actions)
    version = postmortem.versions.order_by("-number").first()
    given = version.sections.get("owners") if version else None
    named = postmortem.owners if given is None else given
    postmortem.status = PostmortemStatus.CLOSED if done else PostmortemStatus.OPEN
    postmortem.owners = list(dict.fromkeys([*named, *(one.owner for one in actions)]))
    postmortem.save(update_fields=["status", "owners"])
