"""Put an enhancement, a recommendation or an open question on its owner's list."""

from uuid import UUID

from access.models import Persona, Project
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
    owner = _owner(home, lane_owner)
    report = read_report(intake.signal.payload)
    todo = Todo.objects.create(
        tenant_id=intake.tenant_id,
        project=home,
        title=(title.strip() or report.title)[:200],
        detail=report.text,
        lane_owner=lane_owner[:80],
    )
    _tell_owner(todo, owner)
    return todo


def move_todo(todo_id: UUID, *, lane_owner: str, title: str) -> None:
    """Another owner or title, an empty one being none; a new owner is signalled as by `put_todo`.
    In the caller's transaction. Raises invalid_request as that does."""
    todo = Todo.objects.select_for_update(of=("self",), no_key=True).get(pk=todo_id)
    before = todo.lane_owner
    todo.title = title.strip()[:200] or todo.title
    todo.lane_owner = lane_owner.strip()[:80] or before
    todo.save(update_fields=["title", "lane_owner"])
    if todo.lane_owner != before:
        _tell_owner(todo, _owner(todo.project, todo.lane_owner))


def _owner(home: Project, lane_owner: str) -> Persona:
    owner = owner_of(lane_owner, home)
    if owner.duty == PersonaDuty.INCIDENT_MANAGER:
        raise invalid(lane_owner="The incident manager takes incidents only.")
    return owner


def _tell_owner(todo: Todo, owner: Persona) -> None:
    send_signal(
        sender=holder_of(PersonaDuty.INTAKE_DESK, todo.tenant_id),
        by=SystemPrincipal("desk", todo.tenant_id),
        to_identity=owner.identity,
        to_pid=todo.project.pid,
        signal_type=SignalType.TASK,
        category="todo",
        payload={"todo_id": str(todo.id), "title": todo.title, "lane": todo.lane_owner},
    )


def drop_todo(intake: Intake) -> None:
    """The report is no wish any more: its todo is done, unless other reports share it. The caller
    saves the intake."""
    todo, intake.todo = intake.todo, None
    if todo is None or Intake.objects.filter(todo=todo).exclude(pk=intake.pk).exists():
        return
    Todo.objects.filter(pk=todo.pk, status=TodoStatus.OPEN).update(
        status=TodoStatus.DONE, done_at=clock.now()
    )
