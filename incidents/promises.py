"""What a reporter is promised: when the next word comes. Nobody waits in silence."""

from datetime import datetime

from incidents.deadlines.clocks import cancel_all, renew_promise
from incidents.deadlines.policies import terms_of
from incidents.models import Incident, Intake
from incidents.states import ENDED, WAITING, Stage
from kernel import clock


def promise_next_update(incident: Incident) -> None:
    """The reporter was told something just now, or the case has ended: say when the next word
    comes. The policy of `next_update` decides, of `tracking` while the product team has the case.
    An ended case promises nothing and all its clocks stop. In the caller's transaction."""
    if incident.status in ENDED:
        cancel_all(incident)
        incident.next_update_due_at = None
    else:
        incident.next_update_due_at = renew_promise(incident)
    incident.save(update_fields=["next_update_due_at"])


def next_word_about(intake: Intake) -> datetime | None:
    """When a reporter hears again of a report that nobody has classified; None once somebody
    has."""
    if intake.status not in WAITING:
        return None
    terms = terms_of(Stage.NEXT_UPDATE, "", intake.tenant_id)
    return terms.moment(clock.now(), 100)
