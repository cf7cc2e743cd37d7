"""Base of every agent endpoint."""

from typing import Any, ClassVar

from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from access.principals import AgentPrincipal
from kernel.api.serializers import StrictSerializer
from kernel.errors import PRECONDITION_REQUIRED, CareError, invalid


class AgentView(APIView):
    # Parses, calls one service, serialises. `actions` names the guard's action per method. (No
    # docstring: the OpenAPI document would show it for each operation that has none.)

    actions: ClassVar[dict[str, str]] = {}
    query_parameters: ClassVar[frozenset[str]] = frozenset()

    @property
    def agent(self) -> AgentPrincipal:
        return self.request.user  # type: ignore[return-value]

    def perform_authentication(self, request: Any) -> None:
        try:
            super().perform_authentication(request)
        except Exception:
            # DRF forgets the attempt only for its own exceptions: whoever reads `request.user`
            # next (the exception handler does) would run into the same failure again.
            request.user = request.auth = None
            raise

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        unknown = sorted(set(request.query_params) - self.query_parameters)
        if unknown:
            texts = {name[:80]: "This parameter is not known here." for name in unknown[:20]}
            raise invalid(**texts)
        for name, values in request.query_params.lists():
            if any("\x00" in value for value in values):
                raise invalid(**{name: "May not hold a NUL character."})
            if len(values) > 1:
                raise invalid(**{name: "Give it once."})

    def validated(
        self, serializer: type[StrictSerializer], *, partial: bool = False
    ) -> dict[str, Any]:
        """The request's body as `serializer` reads it; `partial` lets required fields be left out.
        Raises invalid_request."""
        if not isinstance(self.request.data, dict):
            raise invalid("The body must be a JSON object.")
        checked = serializer(data=self.request.data, partial=partial)
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    def if_match(self) -> str:
        """The revision's ETag the caller saw. Raises precondition_required."""
        value = self.request.headers.get("If-Match", "").strip()
        if not value:
            raise CareError(PRECONDITION_REQUIRED)
        return value.removeprefix("W/").strip('"')

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        for name, value in getattr(request, "rate_headers", {}).items():
            response.setdefault(name, value)
        if response.status_code >= 400:  # an error is JSON, whatever else the address speaks
            request.accepted_renderer = JSONRenderer()
            request.accepted_media_type = JSONRenderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)
