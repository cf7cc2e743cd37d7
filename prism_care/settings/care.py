"""The product's own settings, by the names operators know."""

from prism_care.settings.env import PRISM_VAR_DIR, read

__all__ = [
    "AGENT_KEY_DEFAULT_DAYS",
    "API_MAX_BODY_BYTES",
    "API_MAX_JSON_DEPTH",
    "API_RATE_LIMIT_PER_MINUTE",
    "CORRECTIVE_ACTION_DAYS",
    "DESK_MODE",
    "GH_CONFIG_DIR",
    "GH_TOKEN",
    "GITHUB_CREATE_MISSING_LABELS",
    "GITHUB_REPO",
    "GITHUB_REPO_VISIBILITY",
    "GITHUB_TRANSPORT",
    "INBOX_MAX_WAITERS",
    "INTAKE_STORM_MINUTES",
    "INTAKE_STORM_QUIET_MINUTES",
    "INTAKE_STORM_REPORTS",
    "PHONE_HOME_FOLDER",
    "PHONE_HOME_GH_TIMEOUT_SECONDS",
    "PHONE_HOME_KINDS",
    "PHONE_HOME_LEASE_SECONDS",
    "PHONE_HOME_LOOK_SECONDS",
    "PHONE_HOME_MAX_ATTEMPTS",
    "PHONE_HOME_REVIEW_HOURS",
    "PHONE_HOME_SHIP_DELAY_SECONDS",
    "SWEEP_SECONDS",
]

DESK_MODE = read(
    "DESK_MODE",
    default="auto",
    choices=("auto", "assist", "agents"),
    meaning="`auto`: the built-in desk classifies and triages; `assist`: it only suggests; "
    "`agents`: only agents act. A tenant can have its own.",
)
CORRECTIVE_ACTION_DAYS = read(
    "CORRECTIVE_ACTION_DAYS",
    "int",
    default=30,
    minimum=1,
    meaning="When a corrective action is due, unless it says so itself; an open one that is late "
    "is shown as overdue and Clara is reminded.",
)

INTAKE_STORM_REPORTS = read(
    "INTAKE_STORM_REPORTS",
    "int",
    default=20,
    minimum=1,
    meaning="Reports one reporter may send within `INTAKE_STORM_MINUTES`; further ones are a storm "
    "and held, none dropped, until it is over.",
)
INTAKE_STORM_MINUTES = read(
    "INTAKE_STORM_MINUTES",
    "int",
    default=10,
    minimum=1,
    meaning="The time within which `INTAKE_STORM_REPORTS` are counted.",
)
INTAKE_STORM_QUIET_MINUTES = read(
    "INTAKE_STORM_QUIET_MINUTES",
    "int",
    default=10,
    minimum=1,
    meaning="A storm is over when its reporter sent no report for this long, or when Sage or an "
    "operator releases it.",
)

GITHUB_TRANSPORT = read(
    "GITHUB_TRANSPORT",
    default="auto",
    choices=("auto", "gh", "app", "folder"),
    meaning="How issues leave: `gh` (the GitHub CLI), `folder` (files in `PRISM_VAR_DIR`), "
    "`auto` (gh where it is installed and logged in, else folder). `app` is refused at start-up "
    "until the GitHub App transport is part of the product.",
)
GITHUB_REPO = read(
    "GITHUB_REPO", default="FrankTewksbury/Prism", meaning="`owner/name` that receives the issues."
)
GITHUB_REPO_VISIBILITY = read(
    "GITHUB_REPO_VISIBILITY",
    default="private",
    choices=("private", "internal", "public"),
    meaning="What the operator approves; a shipment stops when the repository is not that.",
)
GITHUB_CREATE_MISSING_LABELS = read(
    "GITHUB_CREATE_MISSING_LABELS",
    "bool",
    default=True,
    meaning="Create labels that the repository lacks; otherwise `phone_home_label_missing`.",
)
GH_TOKEN = read(
    "GH_TOKEN", default="", meaning="Token handed to gh in its environment, never in its arguments."
)
GH_CONFIG_DIR = read("GH_CONFIG_DIR", default="", meaning="gh's own configuration folder.")

PHONE_HOME_FOLDER = PRISM_VAR_DIR / "issues"
PHONE_HOME_SHIP_DELAY_SECONDS = read(
    "PHONE_HOME_SHIP_DELAY_SECONDS",
    "int",
    default=10,
    minimum=0,
    meaning="Undo window between an approval and the shipment.",
)
PHONE_HOME_GH_TIMEOUT_SECONDS = read(
    "PHONE_HOME_GH_TIMEOUT_SECONDS",
    "int",
    default=60,
    minimum=1,
    meaning="Longest time one gh call may take before its process group is killed.",
)
PHONE_HOME_LEASE_SECONDS = read(
    "PHONE_HOME_LEASE_SECONDS",
    "int",
    default=300,
    minimum=1,
    meaning="How long a worker owns a shipment; a dead worker's shipment is free after it.",
)
PHONE_HOME_LOOK_SECONDS = read(
    "PHONE_HOME_LOOK_SECONDS",
    "int",
    default=10,
    minimum=0,
    meaning="After an unknown outcome, how long the repository is watched for the issue before "
    "a second create is allowed.",
)
PHONE_HOME_MAX_ATTEMPTS = read(
    "PHONE_HOME_MAX_ATTEMPTS",
    "int",
    default=8,
    minimum=1,
    meaning="Tries before a shipment waits for an operator.",
)
PHONE_HOME_REVIEW_HOURS = read(
    "PHONE_HOME_REVIEW_HOURS",
    "int",
    default=24,
    minimum=1,
    meaning="Time an operator has; afterwards the packet expires and is never sent by silence.",
)
PHONE_HOME_KINDS = read(
    "PHONE_HOME_KINDS",
    "list",
    default=["incident"],
    meaning="Kinds that may be staged: incident, enhancement, recommendation.",
)
SWEEP_SECONDS = read(
    "SWEEP_SECONDS", "int", default=5, minimum=1, meaning="Pause between two passes of the sweep."
)

AGENT_KEY_DEFAULT_DAYS = read(
    "AGENT_KEY_DEFAULT_DAYS", "int", default=365, minimum=1, meaning="Life of a new agent key."
)
API_MAX_BODY_BYTES = 256 * 1024
API_MAX_JSON_DEPTH = 32
API_RATE_LIMIT_PER_MINUTE = read(
    "API_RATE_LIMIT_PER_MINUTE",
    "int",
    default=6000,
    minimum=1,
    meaning="Requests one agent key may make in a minute (see CACHE_URL).",
)
INBOX_MAX_WAITERS = read(
    "INBOX_MAX_WAITERS",
    "int",
    default=8,
    minimum=0,
    meaning="Inboxes one web process holds open at once; others answer immediately.",
)
