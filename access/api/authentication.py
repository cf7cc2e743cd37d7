"""DRF authentication by agent key. Session cookies are not looked at."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication

from access.principals import AgentPrincipal
from access.services.authenticate_agent import authenticate_agent
from kernel.api.throttling import count_request
from kernel.errors import KEY_INVALID, CareError


class AgentKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer prc_<key id>_<secret>`; request.user and request.auth become the
    AgentPrincipal."""

    def authenticate(self, request: Any) -> tuple[AgentPrincipal, AgentPrincipal] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise CareError(KEY_INVALID)
        principal = authenticate_agent(token.strip())
        request.rate_headers = count_request(principal.key_id)
        return principal, principal

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="Prism Care"'


class AgentKeyScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document names it."""

    target_class = AgentKeyAuthentication
    name = "agentKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "prc_<key id>_<secret>"}
