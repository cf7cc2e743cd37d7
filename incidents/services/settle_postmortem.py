"""Keep a postmortem's status in step with its corrective actions."""

from incidents.models import Postmortem
from incidents.states import ActionState, PostmortemStatus


def settle_postmortem(postmortem: Postmortem) -> None:
    """Closed once something was done and nothing is open. In the caller's transaction."""
    actions = [
        one for one in postmortem.corrective_actions.all() if one.state != ActionState.DROPPED
    ]
    done = bool(actions) and all(one.state == ActionState.DONE for one in actions)
    postmortem.status = PostmortemStatus.CLOSED if done else PostmortemStatus.OPEN
    postmortem.save(update_fields=["status"])
