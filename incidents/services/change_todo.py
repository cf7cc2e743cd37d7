"""Change a todo of one's own project, or tick it off."""

from uuid import UUID

from django.db import transaction

from access import policy
from access.principals import AgentPrincipal
from incidents.artifacts import check_project
from incidents.models import Todo
from incidents.states import TodoStatus
from kernel import clock
from kernel.errors import NOT_FOUND, CareError, invalid
from kernel.ledger import record


@transaction.atomic
def change_todo(
    *, todo_id: UUID, by: AgentPrincipal, pid: str | None = None, **changes: str
) -> Todo:
    """The todo with `changes` (`status`, `title`, `detail`, `lane_owner`).

    Raises artifact_wrong_project, not_found (another project's too), invalid_request (no change).
    """
    policy.require(by, "incidents.artifact.write")
    check_project(by, pid)
    todo = (
        Todo.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=todo_id, project_id=by.project_id)
        .first()
    )
    if todo is None:
        raise CareError(NOT_FOUND)
    if not changes:
        raise invalid("Name at least one field to change.")
    before = todo.status
    for name, value in changes.items():
        setattr(todo, name, value)
    if todo.status != before:
        todo.done_at = clock.now() if todo.status == TodoStatus.DONE else None
    todo.save(update_fields=[*changes, "done_at"])
    record(
        "incidents.todo.changed",
        by=by,
        subject=todo,
        fields=sorted(changes),
        before=before,
        status=todo.status,
    )
    return todo
