"""The bridge's endpoints (api.md §bridge)."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from access.api.views import AgentView
from bridge.api.serializers import (
    BatchResultSerializer,
    BatchSerializer,
    RosterSerializer,
    SendSignalSerializer,
    SignalSerializer,
    signal_body,
)
from bridge.models import Signal
from bridge.selectors import mailbox, roster, visible_signal, wait_for_any
from bridge.services.mark_read import mark_read
from bridge.services.send_signal import send_signal
from bridge.states import SignalStatus
from kernel.api.envelope import error_body
from kernel.api.exceptions import as_care_error, record_refusal
from kernel.api.idempotency import once
from kernel.api.pagination import KeysetPagination, OldestFirst
from kernel.api.query import number, one_of, uuid_or_none
from kernel.api.schema import PAGE
from kernel.api.serializers import NothingSerializer

MAX_WAIT_SECONDS = 30


class SignalsView(AgentView):
    actions: ClassVar[dict[str, str]] = {
        "GET": "bridge.signal.read",
        "POST": "bridge.signal.send",
    }
    pagination_class = KeysetPagination

    @property
    def query_parameters(self) -> frozenset[str]:  # type: ignore[override]
        if self.request.method == "POST":
            return frozenset()
        return frozenset({"box", "status", "thread", "wait", "limit", "cursor"})

    @extend_schema(
        operation_id="signals_list",
        parameters=[
            OpenApiParameter("box", str, enum=["inbox", "sent"]),
            OpenApiParameter("status", str, enum=SignalStatus.values),
            OpenApiParameter("thread", UUID),
            OpenApiParameter(
                "wait",
                {"type": "integer", "minimum": 0, "maximum": MAX_WAIT_SECONDS},
                description="Seconds to hold an empty inbox open until something arrives.",
            ),
            *PAGE,
        ],
        responses=SignalSerializer(many=True),
    )
    def get(self, request: Any) -> Response:
        """The agent's inbox, oldest first, or what it sent, newest first."""
        query = request.query_params
        box = one_of(query, "box", ("inbox", "sent"), "inbox")
        status = one_of(query, "status", tuple(SignalStatus.values), None)
        signals = mailbox(
            self.agent, box=str(box), status=status, thread=uuid_or_none(query, "thread")
        )
        if box == "inbox":
            wait_for_any(signals, number(query, "wait", 0, 0, MAX_WAIT_SECONDS))
        paginator: KeysetPagination = OldestFirst() if box == "inbox" else KeysetPagination()
        page = paginator.paginate_queryset(signals, request, view=self)
        return paginator.get_paginated_response([signal_body(signal) for signal in page or []])

    @extend_schema(
        operation_id="signals_send",
        request=SendSignalSerializer,
        responses={201: SignalSerializer},
    )
    def post(self, request: Any) -> Response:
        """Send a signal to a persona of the own project or to a bridge persona of the tenant."""
        data = self.validated(SendSignalSerializer)
        return once(request, lambda: Response(signal_body(_send(self, data)), status=201))


class BatchView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "bridge.signal.send"}

    @extend_schema(
        operation_id="signals_send_batch",
        request=BatchSerializer,
        responses={201: BatchResultSerializer, 207: BatchResultSerializer},
    )
    def post(self, request: Any) -> Response:
        """Send up to a hundred signals; each one commits or fails alone."""
        signals = self.validated(BatchSerializer)["signals"]

        def work() -> Response:
            results = [self._one(item) for item in signals]
            failed = any("error" in result for result in results)
            return Response({"results": results}, status=207 if failed else 201)

        return once(request, work)

    def _one(self, item: Any) -> dict[str, Any]:
        try:
            checked = SendSignalSerializer(data=item)
            checked.is_valid(raise_exception=True)
            with transaction.atomic():
                return signal_body(_send(self, checked.validated_data))
        except Exception as error:
            refusal = as_care_error(error)
            record_refusal(refusal, self.agent, path=self.request.path)
            return error_body(refusal)


class SignalView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "bridge.signal.read"}

    @extend_schema(operation_id="signals_read_one", responses=SignalSerializer)
    def get(self, request: Any, signal_id: UUID) -> Response:
        """A signal that the agent sent or received, or whose thread it was handed."""
        return Response(signal_body(visible_signal(self.agent, signal_id)))


class ReadView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "bridge.signal.read"}
    takes_idempotency_key = False

    @extend_schema(operation_id="signals_mark_read", request=None, responses=SignalSerializer)
    def post(self, request: Any, signal_id: UUID) -> Response:
        """Mark a received signal read; repeating it changes nothing."""
        self.validated(NothingSerializer)
        return Response(signal_body(mark_read(signal_id=signal_id, by=self.agent)))


class RosterView(AgentView):
    actions: ClassVar[dict[str, str]] = {"GET": "bridge.roster.read"}
    query_parameters = frozenset({"identity"})

    @extend_schema(
        operation_id="roster",
        parameters=[OpenApiParameter("identity", str)],
        responses=RosterSerializer,
    )
    def get(self, request: Any) -> Response:
        """Whom the agent can address: its own project's personas and the tenant's bridges."""
        return Response({"results": roster(self.agent, request.query_params.get("identity"))})


def _send(view: AgentView, data: dict[str, Any]) -> Signal:
    return send_signal(
        sender=view.agent,
        by=view.agent,
        signal_type=data["signal_type"],
        payload=data["payload"],
        to_identity=data.get("to_identity"),
        to_pid=data.get("to_pid"),
        in_reply_to=data.get("in_reply_to"),
        category=data.get("category", ""),
    )
