"""Equal reports of one storm: what is decided about the first holds for all of them."""

from django.db.models import OuterRef, QuerySet, Subquery

from access.states import PersonaDuty
from bridge.states import SignalType
from incidents.deadlines.clocks import meet_classify_of
from incidents.desk import Suggestion
from incidents.desk.rubric import RUBRIC_VERSION
from incidents.models import ClassificationRow, Incident, Intake
from incidents.services.tell_desk import tell_desk
from incidents.services.tell_reporter import tell_reporter_from_desk
from incidents.states import SAME_IN_STORM, IncidentStatus, IntakeStatus
from incidents.timeline import note
from kernel import clock
from kernel.principals import Principal, SystemPrincipal

SAMPLES = 20
_FOLLOWED = (IntakeStatus.ANSWERED, IntakeStatus.ROUTED, IntakeStatus.JOINED)
ROWS_AT_ONCE = 500


def bring_followers(leader: Intake, *, opinion: Suggestion, by: Principal) -> int:
    """Classify those that follow a report that was classified just now; how many. In the caller's
    transaction, which holds the locks of `locks.lock_report`.

    Each gets a row of its own that says so; the answer, the todo or the case is the first one's,
    and everybody is told once, with the number.
    """
    following = _following(leader)
    ids = [one.pk for one in following.select_for_update(of=("self",), no_key=True).only("pk")]
    if not ids:
        return 0
    rationale = (
        f"One of {len(ids) + 1} equal reports in a storm; the first is {leader.pk}. "
        f"{leader.rationale}"
    )
    ClassificationRow.objects.bulk_create(
        (
            ClassificationRow(
                intake_id=intake_id,
                classification=leader.classification,
                rationale=rationale,
                rule=SAME_IN_STORM,
                decided_by=by.label[:200],
                desk_classification=opinion.classification,
                desk_rule=opinion.rule,
                rubric_version=RUBRIC_VERSION,
            )
            for intake_id in ids
        ),
        batch_size=ROWS_AT_ONCE,
    )
    own = Incident.objects.filter(intake=leader).exclude(status=IncidentStatus.WITHDRAWN)
    case = leader.joined or own.first()
    meet_classify_of(following)
    following.update(
        status=IntakeStatus.JOINED if case else leader.status,
        joined=case,
        todo=leader.todo,
        classification=leader.classification,
        rationale=rationale,
        classified_at=clock.now(),
        next_update_due_at=None,
    )
    if case is not None:
        _add_to(case, [str(one) for one in ids], by)
    tell_reporter_from_desk(
        leader,
        signal_type=SignalType.STATUS,
        text=f"{len(ids)} more reports of the same went with this one.",
        followers=len(ids),
        classification=leader.classification,
    )
    return len(ids)


def take_followers_along(leader: Intake) -> None:
    """The first report of a storm is about to be classified anew: those that have had no other
    decision than its own leave what that had brought about, so that none of them inherits its case
    or keeps its todo. They wait for `bring_followers`, in the same transaction."""
    last = ClassificationRow.objects.filter(intake=OuterRef("pk")).order_by("-id")
    following = Intake.objects.annotate(last_rule=Subquery(last.values("rule")[:1])).filter(
        same_as=leader,
        classification=leader.classification,
        status__in=_FOLLOWED,
        distinct_from__isnull=True,
        last_rule=SAME_IN_STORM,
    )
    ids = list(following.values_list("pk", flat=True))
    locked = Intake.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    cases = {one.joined for one in locked.select_related("joined") if one.joined}
    locked.update(status=IntakeStatus.RECEIVED, joined=None, todo=None)
    for case in cases:
        note(case, "report_left", by=SystemPrincipal("desk", case.tenant_id), reports=len(ids))


def let_another_lead(leader: Intake) -> Intake | None:
    """The first report of a storm was taken back unclassified: the next one leads. The caller
    nudges the desk for it."""
    heir = _following(leader).order_by("id").first()
    if heir is None:
        return None
    _following(leader).exclude(pk=heir.pk).update(same_as=heir)
    heir.same_as = None
    heir.save(update_fields=["same_as"])
    return heir


def _following(leader: Intake) -> QuerySet[Intake]:
    return Intake.objects.filter(same_as=leader, status=IntakeStatus.RECEIVED)


def _add_to(case: Incident, intake_ids: list[str], by: Principal) -> None:
    note(case, "report_joined", by=by, reports=len(intake_ids), intake_ids=intake_ids[:SAMPLES])
    tell_desk(
        PersonaDuty.INCIDENT_MANAGER,
        case.tenant_id,
        category="report_joined",
        text=f"{case.incident_id} was reported {len(intake_ids)} times more in a storm.",
        incident_id=case.incident_id,
        reports=len(intake_ids),
    )
