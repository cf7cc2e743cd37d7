"""Put an enhancement, a recommendation or an open question on its owner's list."""

from access.models import Project
from access.selectors import holder_of
from access.states import PersonaDuty
from bridge.services.send_signal import send_signal
from bridge.states import SignalType
from incidents.desk import read_report
from incidents.lanes import owner_of
from incidents.models import Intake, Todo
from incidents.states import TodoStatus
from kernel import clock
from kernel.errors import invalid
from kernel.principals import SystemPrincipal


def put_todo(intake: Intake, *, lane_owner: str, title: str) -> Todo:
    """The todo, in the home project; the lane's owner is signalled (`lanes.owner_of`).
    In the caller's transaction. Raises invalid_request for Clara, who takes incidents only."""
    home = Project.objects.get(tenant_id=intake.tenant_id, is_home=True)
    owner = owner_of(lane_owner, home)
    if owner.duty == PersonaDuty.INCIDENT_MANAGER:
        raise invalid(lane_owner="The incident manager takes incidents only.")
    report = read_report(intake.signal.payload)
    todo = Todo.objects.create(
        tenant_id=intake.tenant_id,
        project=home,
        title=(title.strip() or report.title)[:200],
        detail=report.text,
        lane_owner=lane_owner[:80],
    )
    send_signal(
        sender=holder_of(PersonaDuty.INTAKE_DESK, intake.tenant_id),
        by=SystemPrincipal("desk", intake.tenant_id),
        to_identity=owner.identity,
        to_pid=home.pid,
        signal_type=SignalType.TASK,
        category="todo",
        payload={"todo_id": str(todo.id), "title": todo.title, "lane": todo.lane_owner},
    )
    return todo


def drop_todo(intake: Intake) -> None:
    """The report is no wish any more: its todo is done, unless other reports share it. The caller
    saves the intake."""
    todo, intake.todo = intake.todo, None
    if todo is None or Intake.objects.filter(todo=todo).exclude(pk=intake.pk).exists():
        return
    Todo.objects.filter(pk=todo.pk, status=TodoStatus.OPEN).update(
        status=TodoStatus.DONE, done_at=clock.now()
    )
