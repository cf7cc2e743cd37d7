"""DRF and the OpenAPI document."""

__all__ = ["REST_FRAMEWORK", "SPECTACULAR_SETTINGS"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["access.api.authentication.AgentKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["access.api.permissions.GuardedByPolicy"],
    "DEFAULT_PARSER_CLASSES": ["kernel.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "kernel.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "kernel.api.schema.CareSchema",
    # One renderer, so `?format=` is a parameter like any other that is not known.
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "kernel.api.exceptions.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Prism Care",
    "DESCRIPTION": "The care desk between AI agents in customer projects and the product team.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": True,
    "ENUM_NAME_OVERRIDES": {
        "SignalStatusEnum": "bridge.states.SignalStatus",
        "IntakeStatusEnum": "incidents.states.IntakeStatus",
        "IncidentStatusEnum": "incidents.states.IncidentStatus",
        "TierStateEnum": "incidents.tier_sheets.SHOWN_STATES",
        "ScopeEnum": "incidents.states.Scope",
        "PacketStatusEnum": "phonehome.states.PacketStatus",
        "TodoStatusEnum": "incidents.states.TodoStatus",
        "SeverityEnum": "incidents.states.Severity",
        "KindEnum": "incidents.states.Kind",
        "CorrectiveKindEnum": "incidents.states.CorrectiveKind",
        "ActionStateEnum": "incidents.states.ActionState",
        "PostmortemStatusEnum": "incidents.states.PostmortemStatus",
    },
}
