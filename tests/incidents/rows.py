"""Incidents by the dozen: rows as the services leave them, without a report each."""

from typing import Any

from incidents.models import Incident, Intake
from incidents.numbering import next_number
from tests.cast import Agent


def reported(agent: Agent, report: Any = "prism_signal crashes: KeyError") -> Intake:
    """A report through the front door; the desk has not looked at it."""
    answer = agent.report(report)
    return Intake.objects.get(pk=answer["intake_id"])


def incident(agent: Agent, title: str, **fields: Any) -> Incident:
    """A case of `agent` with any columns, opened from a report of its own."""
    intake = reported(agent, title)
    Intake.objects.filter(pk=intake.pk).update(status="handed_off", classification="incident")
    fields.setdefault("report", title)
    opened = Incident(
        tenant_id=agent.persona.tenant_id,
        incident_id=next_number("inc", agent.persona.tenant_id),
        intake=intake,
        project=agent.persona.project,
        reporter=agent.persona,
        title=title,
        **fields,
    )
    opened.save(force_insert=True)
    return opened
