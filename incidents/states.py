"""Names of states and kinds in incidents, with a line on what each means."""

from django.db import models


class IntakeStatus(models.TextChoices):
    RECEIVED = "received", "received"  # waits for the desk
    ANSWERED = "answered", "answered"  # info, answered in reply
    HANDED_OFF = "handed_off", "handed off"  # an incident, with Clara
    ROUTED = "routed", "routed"  # enhancement or recommendation, with its lane owner


class Classification(models.TextChoices):
    INFO = "info", "info"
    INCIDENT = "incident", "incident"
    ENHANCEMENT = "enhancement", "enhancement"
    RECOMMENDATION = "recommendation", "recommendation"


class IncidentStatus(models.TextChoices):
    REPORTED = "reported", "reported"  # with Clara, no tier complete
    TRIAGING = "triaging", "triaging"  # at least tier 1 complete
    TRIAGED = "triaged", "triaged"  # all five tiers complete


class WithWhom(models.TextChoices):
    """Who has the case now; what the reporter is told."""

    INCIDENT_MANAGER = "incident_manager", "the incident manager"
    OPERATOR = "operator", "an operator"
    SHIPPING = "shipping", "the shipping worker"
    PRODUCT_TEAM = "product_team", "the product team"
    REPORTER = "reporter", "the reporter"


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


class TodoStatus(models.TextChoices):
    OPEN = "open", "open"
    DONE = "done", "done"


class DeskMode(models.TextChoices):
    AUTO = "auto", "auto"  # the built-in desk acts
    ASSIST = "assist", "assist"  # it only suggests
    AGENTS = "agents", "agents"  # it does nothing
