"""Too many reports of one reporter at once: further ones are held, and nobody is told twice."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from access.models import Persona
from access.states import PersonaDuty
from bridge.states import SignalType
from incidents.models import Intake, Storm
from incidents.services.tell_desk import tell_desk
from incidents.services.tell_reporter import tell_reporter_from_desk

# Reports of one reporter that may be on their way through the web server side by side.
AT_ONCE = 16


def storm_at(intake: Intake) -> tuple[Storm | None, bool]:
    """The storm that a report, about to be inserted, belongs to, None in ordinary weather; and
    whether it begins with this report.

    A report is one of a storm while that is open, and when its reporter has sent
    INTAKE_STORM_REPORTS within INTAKE_STORM_MINUTES, since the last storm was released. The storm
    stays locked until the transaction ends, so that no report slips past its release.
    """
    if (storm := _open_storm(intake)) is not None:
        return storm, False
    if _sent(intake, _window_start(intake)) + AT_ONCE < settings.INTAKE_STORM_REPORTS:
        return None, False
    # Close to the limit its reports are counted one after another, or all would count the same.
    Persona.objects.select_for_update(of=("self",), no_key=True).only("pk").get(
        pk=intake.reporter_id
    )
    if (storm := _open_storm(intake)) is not None:
        return storm, False
    return _begin(intake) if _too_many(intake) else (None, False)


def tell_of_storm(storm: Storm, intake: Intake) -> None:
    """Word to the reporter and to Sage, once, when the first report is held."""
    quiet = settings.INTAKE_STORM_QUIET_MINUTES
    tell_reporter_from_desk(
        intake,
        signal_type=SignalType.STATUS,
        text=f"More than {settings.INTAKE_STORM_REPORTS} reports came from you within "
        f"{settings.INTAKE_STORM_MINUTES} minutes. This one and further ones are held; none is "
        f"dropped. They go on when no report came for {quiet} minutes, or when the desk releases "
        "them, and you get a summary then.",
        storm_id=str(storm.pk),
        held=True,
    )
    tell_desk(
        PersonaDuty.INTAKE_DESK,
        storm.tenant_id,
        category="storm",
        text=f"{intake.reporter_identity}@{intake.reporter_pid} sends more reports than the desk "
        "takes at once; they are held from now on.",
        storm_id=str(storm.pk),
        intake_id=str(intake.id),
    )


def _open_storm(intake: Intake) -> Storm | None:
    """Locked, and told of this report."""
    storm = (
        Storm.objects.select_for_update(of=("self",), no_key=True)
        .filter(reporter_id=intake.reporter_id, released_at__isnull=True)
        .first()
    )
    if storm is not None and storm.last_report_at < intake.created_at:
        storm.last_report_at = intake.created_at
        storm.save(update_fields=["last_report_at"])
    return storm


def _window_start(intake: Intake) -> datetime:
    return intake.created_at - timedelta(minutes=settings.INTAKE_STORM_MINUTES)


def _sent(intake: Intake, since: datetime) -> int:
    """The reporter's reports after `since`, counted up to the limit."""
    sent = Intake.objects.filter(reporter_id=intake.reporter_id, created_at__gt=since).order_by()
    return sent[: settings.INTAKE_STORM_REPORTS].count()


def _too_many(intake: Intake) -> bool:
    most, since = settings.INTAKE_STORM_REPORTS, _window_start(intake)
    if _sent(intake, since) < most:
        return False
    released = Storm.objects.filter(reporter_id=intake.reporter_id, released_at__gt=since)
    last = released.order_by("-released_at").values_list("released_at", flat=True).first()
    return last is None or _sent(intake, last) >= most


def _begin(intake: Intake) -> tuple[Storm | None, bool]:
    try:
        with transaction.atomic():
            storm = Storm.objects.create(
                tenant_id=intake.tenant_id,
                reporter_id=intake.reporter_id,
                began_at=intake.created_at,
                last_report_at=intake.created_at,
            )
    except IntegrityError:
        return _open_storm(intake), False  # another report began it at the same time
    return storm, True
