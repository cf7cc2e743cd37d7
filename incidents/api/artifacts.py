"""The journal and the todos of one's own project (api.md §incidents)."""

from typing import Any, ClassVar
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from access.api.views import AgentView
from incidents.api.common import LONG_TEXT
from incidents.artifacts import check_project, incident_of_own
from incidents.models import JournalEntry, Todo
from incidents.services.add_todo import add_todo
from incidents.services.change_todo import change_todo
from incidents.services.write_journal import write_journal
from incidents.states import TodoStatus
from kernel.api.idempotency import once
from kernel.api.pagination import KeysetPagination
from kernel.api.query import one_of
from kernel.api.schema import PAGE
from kernel.api.serializers import StrictCharField, StrictSerializer, TextMapField
from kernel.clock import isoformat
from kernel.errors import NOT_FOUND, CareError

MAX_REFS = 50
_PID = OpenApiParameter("pid", str, description="Your own project; another's is refused.")


class JournalSerializer(StrictSerializer):
    """`refs` names things: `{"postmortem": "pm-2026-04-09-001"}`. `pid` is your own project, or
    left out."""

    text = StrictCharField(max_length=LONG_TEXT)
    incident_id = StrictCharField(max_length=32, required=False)
    refs = TextMapField(required=False)
    pid = StrictCharField(max_length=64, required=False)

    def validate_refs(self, value: dict[str, str]) -> dict[str, str]:
        if len(value) > MAX_REFS or any(not 1 <= len(name) <= 80 for name in value):
            raise serializers.ValidationError(
                f"At most {MAX_REFS} references, each named by 1 to 80 characters."
            )
        return value


class JournalEntrySerializer(serializers.Serializer):
    journal_id = serializers.UUIDField()
    pid = serializers.CharField()
    author = serializers.CharField()
    text = serializers.CharField()
    refs = serializers.DictField()
    incident_id = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class NewTodoSerializer(StrictSerializer):
    """`lane_owner` is yourself unless you name another; `pid` is your own project, or left out."""

    title = StrictCharField(max_length=200)
    detail = StrictCharField(max_length=LONG_TEXT, required=False, allow_blank=True)
    lane_owner = StrictCharField(max_length=80, required=False)
    pid = StrictCharField(max_length=64, required=False)


class TodoChangeSerializer(StrictSerializer):
    """What is left out stays as it is."""

    status = serializers.ChoiceField(TodoStatus.choices, required=False)
    title = StrictCharField(max_length=200, required=False)
    detail = StrictCharField(max_length=LONG_TEXT, required=False, allow_blank=True)
    lane_owner = StrictCharField(max_length=80, required=False)
    pid = StrictCharField(max_length=64, required=False)


class TodoSerializer(serializers.Serializer):
    todo_id = serializers.UUIDField()
    pid = serializers.CharField()
    title = serializers.CharField()
    detail = serializers.CharField()
    lane_owner = serializers.CharField()
    status = serializers.ChoiceField(TodoStatus.choices)
    created_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)


def journal_body(entry: JournalEntry, pid: str) -> dict[str, Any]:
    return {
        "journal_id": str(entry.pk),
        "pid": pid,
        "author": entry.author,
        "text": entry.text,
        "refs": entry.refs,
        "incident_id": entry.incident.incident_id if entry.incident else None,
        "created_at": isoformat(entry.created_at),
    }


def todo_body(todo: Todo, pid: str) -> dict[str, Any]:
    return {
        "todo_id": str(todo.pk),
        "pid": pid,
        "title": todo.title,
        "detail": todo.detail,
        "lane_owner": todo.lane_owner,
        "status": todo.status,
        "created_at": isoformat(todo.created_at),
        "done_at": isoformat(todo.done_at),
    }


class JournalView(AgentView):
    actions: ClassVar[dict[str, str]] = {
        "GET": "incidents.artifact.read",
        "POST": "incidents.artifact.write",
    }
    query_parameters = frozenset({"incident_id", "pid", "limit", "cursor"})
    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="journal_list",
        parameters=[OpenApiParameter("incident_id", str), _PID, *PAGE],
        responses=JournalEntrySerializer(many=True),
    )
    def get(self, request: Any) -> Response:
        """The journal of your own project, newest first."""
        query = request.query_params
        check_project(self.agent, query.get("pid"))
        found = JournalEntry.objects.filter(project_id=self.agent.project_id)
        if "incident_id" in query:
            found = found.filter(incident=incident_of_own(self.agent, query["incident_id"]))
        paginator = KeysetPagination()
        page = paginator.paginate_queryset(found.select_related("incident"), request, view=self)
        return paginator.get_paginated_response(
            [journal_body(one, self.agent.pid) for one in page or []]
        )

    @extend_schema(
        operation_id="journal_write",
        request=JournalSerializer,
        responses={201: JournalEntrySerializer},
    )
    def post(self, request: Any) -> Response:
        """Write a line in the journal of your own project, about a case or about none."""
        data = self.validated(JournalSerializer)

        def work() -> Response:
            entry = write_journal(by=self.agent, **data)
            return Response(journal_body(entry, self.agent.pid), 201)

        return once(request, work)


class TodoListView(AgentView):
    actions: ClassVar[dict[str, str]] = {
        "GET": "incidents.artifact.read",
        "POST": "incidents.artifact.write",
    }
    query_parameters = frozenset({"status", "lane_owner", "pid", "limit", "cursor"})
    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="todos_list",
        parameters=[
            OpenApiParameter("status", str, enum=TodoStatus.values),
            OpenApiParameter("lane_owner", str),
            _PID,
            *PAGE,
        ],
        responses=TodoSerializer(many=True),
    )
    def get(self, request: Any) -> Response:
        """The todos of your own project, newest first."""
        query = request.query_params
        check_project(self.agent, query.get("pid"))
        found = Todo.objects.filter(project_id=self.agent.project_id)
        status = one_of(query, "status", tuple(TodoStatus.values), None)
        if status:
            found = found.filter(status=status)
        if "lane_owner" in query:
            found = found.filter(lane_owner=query["lane_owner"])
        paginator = KeysetPagination()
        page = paginator.paginate_queryset(found, request, view=self)
        return paginator.get_paginated_response(
            [todo_body(one, self.agent.pid) for one in page or []]
        )

    @extend_schema(
        operation_id="todos_add", request=NewTodoSerializer, responses={201: TodoSerializer}
    )
    def post(self, request: Any) -> Response:
        """Put work on a list of your own project."""
        data = self.validated(NewTodoSerializer)

        def work() -> Response:
            return Response(todo_body(add_todo(by=self.agent, **data), self.agent.pid), 201)

        return once(request, work)


class TodoView(AgentView):
    actions: ClassVar[dict[str, str]] = {
        "GET": "incidents.artifact.read",
        "PATCH": "incidents.artifact.write",
    }

    @extend_schema(operation_id="todos_read", responses=TodoSerializer)
    def get(self, request: Any, todo_id: UUID) -> Response:
        """One todo of your own project."""
        todo = Todo.objects.filter(pk=todo_id, project_id=self.agent.project_id).first()
        if todo is None:
            raise CareError(NOT_FOUND)
        return Response(todo_body(todo, self.agent.pid))

    @extend_schema(
        operation_id="todos_change",
        request=TodoChangeSerializer,
        responses={200: TodoSerializer},
    )
    def patch(self, request: Any, todo_id: UUID) -> Response:
        """Change a todo of your own project, or tick it off."""
        changes = self.validated(TodoChangeSerializer)
        todo = change_todo(todo_id=todo_id, by=self.agent, **changes)
        return Response(todo_body(todo, self.agent.pid))


urlpatterns = [
    path("journal", JournalView.as_view(), name="journal"),
    path("todos", TodoListView.as_view(), name="todos"),
    path("todos/<uuid:todo_id>", TodoView.as_view(), name="todo"),
]
