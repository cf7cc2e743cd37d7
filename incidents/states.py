"""Names of states and kinds in incidents, with a line on what each means."""

from django.db import models


class IntakeStatus(models.TextChoices):
    RECEIVED = "received", "received"  # waits for the desk
    HELD = "held", "held"  # one of a storm; goes on when the storm is released
    ANSWERED = "answered", "answered"  # info, answered in reply
    HANDED_OFF = "handed_off", "handed off"  # an incident, with Clara
    JOINED = "joined", "joined"  # repeats an open case and belongs to it
    ROUTED = "routed", "routed"  # enhancement or recommendation, with its lane owner
    WITHDRAWN = "withdrawn", "withdrawn"  # taken back by its reporter


# A report that nobody has classified yet, and whose reporter is waiting.
WAITING = (IntakeStatus.RECEIVED, IntakeStatus.HELD)
# Nobody has said yet what these are.
UNCLASSIFIED = (IntakeStatus.RECEIVED, IntakeStatus.HELD, IntakeStatus.WITHDRAWN)


class Classification(models.TextChoices):
    INFO = "info", "info"
    INCIDENT = "incident", "incident"
    ENHANCEMENT = "enhancement", "enhancement"
    RECOMMENDATION = "recommendation", "recommendation"


# The rule of a row that only follows the first of equal reports in a storm.
SAME_IN_STORM = "same-in-storm"


class Origin(models.TextChoices):
    REPORT = "report", "report"  # by a signal to the desk
    IMPORT = "import", "import"  # by an incident_record document


class IncidentStatus(models.TextChoices):
    REPORTED = "reported", "reported"  # with Clara, no tier complete
    TRIAGING = "triaging", "triaging"  # at least tier 1 complete
    TRIAGED = "triaged", "triaged"  # all five tiers complete
    CONTAINED = "contained", "contained"  # the damage is stopped and every link is accounted for
    RESOLVED = "resolved", "resolved"  # the cause is gone
    CLOSED = "closed", "closed"  # the lesson is linked, or waived by an operator
    WITHDRAWN = "withdrawn", "withdrawn"  # no incident after all, or taken back


ENDED = (IncidentStatus.CLOSED, IncidentStatus.WITHDRAWN)
# seed 002 §9: these need every linking id, or a reason for each that is unknown.
LINKED = (IncidentStatus.CONTAINED, IncidentStatus.RESOLVED, IncidentStatus.CLOSED)


class Closure(models.TextChoices):
    """What lets a case close."""

    POSTMORTEM = "postmortem", "postmortem"  # linked to a corrective artifact
    WAIVER = "waiver", "waiver"  # an operator signed that there is nothing to learn


class WithWhom(models.TextChoices):
    """Who has the case now; what the reporter is told."""

    INCIDENT_MANAGER = "incident_manager", "the incident manager"
    OPERATOR = "operator", "an operator"
    SHIPPING = "shipping", "the shipping worker"
    PRODUCT_TEAM = "product_team", "the product team"
    REPORTER = "reporter", "the reporter"


class EventKind(models.TextChoices):
    """What a timeline entry is about."""

    MESSAGE = "message", "message"  # a signal of the case's thread, or to Clara about the case
    TRIAGE = "triage", "triage"  # classification and tiers
    SCAN = "scan", "scan"
    PACKET = "packet", "packet"  # what would leave: staged, revised, taken back
    REVIEW = "review", "review"  # an operator's decision
    SHIPPING = "shipping", "shipping"
    ISSUE = "issue", "issue"
    RECORD = "record", "record"  # the case itself: links, containment, transitions
    DEADLINE = "deadline", "deadline"
    LESSON = "lesson", "lesson"
    CORRECTION = "correction", "correction"  # of an earlier entry


class Severity(models.TextChoices):
    P0 = "P0", "P0"
    P1 = "P1", "P1"
    P2 = "P2", "P2"
    P3 = "P3", "P3"


class Scope(models.TextChoices):
    CUSTOMER_INTERNAL = "customer-internal", "customer-internal"  # never leaves
    PRISM_PRODUCT = "prism-product", "prism-product"
    MIXED = "mixed", "mixed"  # only the product side leaves


class Kind(models.TextChoices):
    INCIDENT = "incident", "incident"
    ENHANCEMENT = "enhancement", "enhancement"
    RECOMMENDATION = "recommendation", "recommendation"


class TierState(models.TextChoices):
    DRAFT = "draft", "draft"  # some fields are saved
    COMPLETE = "complete", "complete"
    REOPENED = "reopened", "reopened"  # was complete; what it rests on has changed


class CorrectiveKind(models.TextChoices):
    """Which artifact a lesson became (seed 002 §4)."""

    CHANGE = "change", "change"
    BUNDLE = "bundle", "bundle"
    EVAL_DATASET_UPDATE = "eval_dataset_update", "eval dataset update"
    RETIREMENT_PLAN = "retirement_plan", "retirement plan"
    POLICY_BUNDLE = "policy_bundle", "policy bundle"


class ActionState(models.TextChoices):
    OPEN = "open", "open"
    DONE = "done", "done"
    DROPPED = "dropped", "dropped"  # will not be done; the note says why


class PostmortemStatus(models.TextChoices):
    OPEN = "open", "open"
    CLOSED = "closed", "closed"  # no corrective action is open


class Stage(models.TextChoices):
    """What a deadline is about."""

    CLASSIFY = "classify", "classify"  # from the report to Sage's classification
    TRIAGE = "triage", "triage"  # from opened to all five tiers complete
    OPERATOR_REVIEW = "operator_review", "operator review"  # a packet waits for a person
    NEXT_UPDATE = "next_update", "next update"  # the word promised to the reporter
    TRACKING = "tracking", "tracking"  # the same while the product team has the case


class DeadlineState(models.TextChoices):
    OPEN = "open", "open"
    PAUSED = "paused", "paused"
    MET = "met", "met"
    CANCELLED = "cancelled", "cancelled"  # what it was about has ended another way


class EscalationKind(models.TextChoices):
    REMINDER = "reminder", "reminder"  # to whoever has the case
    SECOND_OPERATOR = "second_operator", "second operator"
    ON_CALL = "on_call", "on-call address"


class Delivery(models.TextChoices):
    """What became of an escalation's message. An e-mail is claimed (`sending`) before it is
    handed over: a crash in between leaves it there, and it is never sent twice."""

    TOLD = "told", "told"  # by a signal, or by a row that the console shows
    QUEUED = "queued", "queued"
    SENDING = "sending", "sending"
    SENT = "sent", "sent"
    FAILED = "failed", "failed"
    NO_ADDRESS = "no_address", "no address"  # nobody to write to, or no mail server


class TodoStatus(models.TextChoices):
    OPEN = "open", "open"
    DONE = "done", "done"


class DeskMode(models.TextChoices):
    AUTO = "auto", "auto"  # the built-in desk acts
    ASSIST = "assist", "assist"  # it only suggests
    AGENTS = "agents", "agents"  # it does nothing
