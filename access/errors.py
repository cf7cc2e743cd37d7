"""Codes of access."""

from kernel.errors import define, step

SCOPE_MISSING = define(
    "key_scope_missing",
    403,
    "The agent key does not have the scope this action needs.",
    step("Ask an operator for a key with that scope", "ask_operator"),
)
OPERATOR_REQUIRED = define(
    "operator_required",
    403,
    "Only a signed-in operator with that duty may do this.",
    step("Sign in as an operator", "open_url", url="/console/login/"),
)
PROJECT_UNKNOWN = define(
    "project_unknown",
    404,
    "There is no such project.",
    step("Create it: manage.py project create PID", "run_command"),
)
PROJECT_AMBIGUOUS = define(
    "project_ambiguous",
    409,
    "More than one tenant has a project of that PID.",
    step("Name the tenant with --tenant", "fix_request"),
)
NAME_RESERVED = define(
    "persona_name_reserved",
    409,
    "A bridge persona of this tenant holds that name.",
    step("Choose another name", "fix_request"),
    source="SPEC-116",
)
DESK_UNSTAFFED = define(
    "desk_unstaffed",
    503,
    "A duty of the desk that this needs is held by no active persona.",
    step("Ask an operator to seed the desk: manage.py seed_care --home PID", "ask_operator"),
    source="SPEC-116",
    retryable=True,
)
HOME_PROJECT_CONFLICT = define(
    "home_project_conflict",
    409,
    "This tenant has another home project already.",
    step("Seed the tenant's own home project", "fix_request"),
)
OPERATOR_CREDENTIALS = define(
    "operator_credentials_wrong",
    403,
    "The operator's name or password is wrong, or the account is not active.",
    step("Check the name and the password", "fix_request"),
)
