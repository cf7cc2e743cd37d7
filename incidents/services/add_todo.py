"""Put work on a list of one's own project."""

from django.db import transaction

from access import policy
from access.principals import AgentPrincipal
from incidents.artifacts import check_project
from incidents.models import Todo
from kernel.ledger import record


@transaction.atomic
def add_todo(
    *,
    by: AgentPrincipal,
    title: str,
    detail: str = "",
    lane_owner: str = "",
    pid: str | None = None,
) -> Todo:
    """The todo; on the writer's own list unless a lane owner is named. Raises
    artifact_wrong_project."""
    policy.require(by, "incidents.artifact.write")
    check_project(by, pid)
    todo = Todo.objects.create(
        tenant_id=by.tenant_id,
        project_id=by.project_id,
        title=title,
        detail=detail,
        lane_owner=lane_owner or by.identity[:80],
    )
    record("incidents.todo.added", by=by, subject=todo, lane_owner=todo.lane_owner)
    return todo
