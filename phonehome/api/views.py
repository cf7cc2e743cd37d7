"""The phone-home endpoints (api.md §phone-home)."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from access.api.views import AgentView
from kernel.api.envelope import error_body
from kernel.api.exceptions import record_refusal
from kernel.api.idempotency import once, once_settled
from kernel.api.pagination import KeysetPagination
from kernel.api.query import one_of
from kernel.api.schema import PAGE
from kernel.errors import CareError
from phonehome.api.serializers import (
    ContentSerializer,
    PhoneHomeSerializer,
    RecordSerializer,
    StageSerializer,
    VerbSerializer,
    WithdrawSerializer,
    record_body,
)
from phonehome.models import PhoneHomeRecord
from phonehome.selectors import get_packet, with_history
from phonehome.services.phone_home import PhoneHomeCall, failure_shape, phone_home
from phonehome.services.revise_packet import revise_packet
from phonehome.services.stage_packet import stage_packet
from phonehome.services.withdraw_packet import withdraw_packet
from phonehome.states import PacketStatus

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the revision you saw.",
)


def _answer(view: AgentView, record_id: UUID, status: int = 200) -> Response:
    return _with_etag(Response(record_body(get_packet(view.agent, record_id)), status=status))


def _with_etag(response: Response) -> Response:
    """A replayed answer is a stored body, so what names its revision is taken from there."""
    response["ETag"] = f'"{response.data["packet_sha256"]}"'
    return response


class RecordsView(AgentView):
    actions: ClassVar[dict[str, str]] = {
        "GET": "phonehome.packet.read",
        "POST": "phonehome.packet.stage",
    }
    pagination_class = KeysetPagination

    @property
    def query_parameters(self) -> frozenset[str]:  # type: ignore[override]
        staging = self.request.method == "POST"
        return frozenset() if staging else frozenset({"status", "limit", "cursor"})

    @extend_schema(
        operation_id="phone_home_records_list",
        parameters=[
            OpenApiParameter("status", str, enum=PacketStatus.values),
            *PAGE,
        ],
        responses=RecordSerializer(many=True),
    )
    def get(self, request: Any) -> Response:
        """Packets of the tenant, newest first."""
        found = with_history(PhoneHomeRecord.objects.filter(tenant_id=self.agent.tenant_id))
        status = one_of(request.query_params, "status", tuple(PacketStatus.values), None)
        if status:
            found = found.filter(status=status)
        paginator = KeysetPagination()
        page = paginator.paginate_queryset(found, request, view=self) or []
        return paginator.get_paginated_response([record_body(one) for one in page])

    @extend_schema(
        operation_id="phone_home_records_stage",
        request=StageSerializer,
        responses={201: RecordSerializer},
    )
    def post(self, request: Any) -> Response:
        """Stage a packet: it waits for an operator, and nothing leaves."""
        checked = _checked(self, StageSerializer)

        def work() -> Response:
            record = stage_packet(
                incident_id=checked.validated_data["incident_id"],
                tenant_id=self.agent.tenant_id,
                content=checked.content(),
                by=self.agent,
            )
            return _answer(self, record.pk, 201)

        return _with_etag(once(request, work))


class RecordView(AgentView):
    actions: ClassVar[dict[str, str]] = {
        "GET": "phonehome.packet.read",
        "PUT": "phonehome.packet.revise",
    }

    @extend_schema(operation_id="phone_home_records_read", responses=RecordSerializer)
    def get(self, request: Any, record_id: UUID) -> Response:
        """A packet with its decision, attempts and issue."""
        return _answer(self, record_id)

    @extend_schema(
        operation_id="phone_home_records_revise",
        parameters=[IF_MATCH],
        request=ContentSerializer,
        responses={200: RecordSerializer},
    )
    def put(self, request: Any, record_id: UUID) -> Response:
        """Write a new revision; it goes back to review, and an approval is void."""
        seen = self.if_match()
        revise_packet(
            record_id=record_id,
            seen_digest=seen,
            content=_checked(self, ContentSerializer).content(),
            by=self.agent,
            tenant_id=self.agent.tenant_id,
        )
        return _answer(self, record_id)


class WithdrawView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "phonehome.packet.withdraw"}

    @extend_schema(
        operation_id="phone_home_records_withdraw",
        request=WithdrawSerializer,
        responses={200: RecordSerializer},
    )
    def post(self, request: Any, record_id: UUID) -> Response:
        """Take a packet back before it is sent."""
        reason = self.validated(WithdrawSerializer)["reason"]

        def work() -> Response:
            withdraw_packet(
                record_id=record_id, tenant_id=self.agent.tenant_id, by=self.agent, reason=reason
            )
            return _answer(self, record_id)

        return _with_etag(once(request, work))


class PhoneHomeView(AgentView):
    actions: ClassVar[dict[str, str]] = {"POST": "phonehome.packet.ship"}

    @extend_schema(
        operation_id="phone_home",
        request=PhoneHomeSerializer,
        responses={200: VerbSerializer, 201: VerbSerializer, 202: VerbSerializer},
    )
    def post(self, request: Any) -> Response:
        """The verb of SPEC-115. It is safe to repeat by itself: the second answer is `duplicate`;
        with an `Idempotency-Key` the first settled answer is replayed."""
        data = self.validated(PhoneHomeSerializer)
        data["local_artifact_refs"] = data.get("local_artifact_refs") or []
        call = PhoneHomeCall(**data)
        return once_settled(request, lambda: self._answer(call))

    def _answer(self, call: PhoneHomeCall) -> Response:
        try:
            answer = phone_home(call, by=self.agent)
        except CareError as error:
            record_refusal(error, self.agent, path=self.request.path)
            details = {
                name: value
                for name, value in error.details.items()
                if name in ("issue_url", "issue_number")
            }
            body = {**failure_shape(call), **details, **error_body(error)}
            return Response(body, status=error.status, headers=error.headers)
        return Response(answer.body, status=answer.status)


def _checked(view: AgentView, serializer: type[ContentSerializer]) -> ContentSerializer:
    checked = serializer(data=view.request.data)
    checked.is_valid(raise_exception=True)
    return checked
