"""What a reporter is promised: when the next word comes. Nobody waits in silence."""

from datetime import timedelta

from incidents.models import Incident
from incidents.states import ENDED
from kernel import clock

NEXT_WORD = timedelta(hours=24)


def promise_next_update(incident: Incident) -> None:
    """The reporter was told something just now; say when the next word comes. An ended case
    promises nothing. In the caller's transaction."""
    ended = incident.status in ENDED
    incident.next_update_due_at = None if ended else clock.now() + NEXT_WORD
    incident.save(update_fields=["next_update_due_at"])
