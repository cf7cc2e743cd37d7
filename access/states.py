"""Names of states and classes in access, with a line on what each means."""

from django.db import models


class PersonaClass(models.TextChoices):
    PROJECT = "project", "project"  # reachable in its own project only
    BRIDGE = "bridge", "bridge"  # reachable from every project of the tenant (SPEC-116)


class PersonaStatus(models.TextChoices):
    ACTIVE = "active", "active"
    REVOKED = "revoked", "revoked"  # can neither send nor be reached


class PersonaDuty(models.TextChoices):
    """What the care desk expects of a persona of the home project; given by the seed only."""

    NONE = "", "none"
    INTAKE_DESK = "intake_desk", "intake desk"  # Sage: classifies
    INCIDENT_MANAGER = "incident_manager", "incident manager"  # Clara: triages, stages, ships
    SHIPPING = "shipping", "shipping service"  # ET: tells Clara what became of a shipment


class Scope(models.TextChoices):
    """What an agent key may be used for."""

    SIGNALS = "signals", "send and read signals, roster"
    INCIDENTS = "incidents", "intake, incidents, triage, status"
    PHONE_HOME = "phone_home", "phone-home records and the verb"
    REDACTION = "redaction", "redaction scan"
