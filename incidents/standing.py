"""How an incident stands against the conditions of `incidents.conditions`."""

from incidents.conditions import Standing
from incidents.hooks import closing_conditions
from incidents.models import CorrectiveAction, Incident, Waiver
from incidents.record import facts_of, missing_links
from incidents.sightings import retired_path
from incidents.states import ActionState


def standing_of(incident: Incident) -> Standing:
    """Read from the rows as they are now; a decision takes the incident's lock first."""
    return Standing(
        status=incident.status,
        containment_actions=incident.containment_actions.count(),
        unlinked=tuple(missing_links(facts_of(incident))),
        corrective_actions=standing_actions(incident),
        waived=waiver_in_force(incident) is not None,
        alive=alive_paths(incident),
        blockers=closing_conditions(incident),
    )


def standing_actions(incident: Incident) -> int:
    """How many corrective actions the case has that are not dropped."""
    return (
        CorrectiveAction.objects.filter(postmortem__incident=incident)
        .exclude(state=ActionState.DROPPED)
        .count()
    )


def alive_paths(incident: Incident) -> tuple[str, ...]:
    """The paths that the case had retired and whose plans are open again."""
    plans = CorrectiveAction.objects.filter(
        postmortem__incident=incident, state=ActionState.OPEN, retired_at__isnull=False
    )
    return tuple(retired_path(plan) for plan in plans.order_by("id"))


def waiver_in_force(incident: Incident) -> Waiver | None:
    """The last waiver, unless the case was reopened since: what was signed was another story."""
    last = incident.timeline.filter(event__in=("waived", "reopened")).order_by("-id").first()
    if last is None or last.event != "waived":
        return None
    return incident.waivers.filter(uid=last.detail["waiver"]).first()
