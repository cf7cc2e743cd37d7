"""A case's packets, on the case's own page."""

from incidents.hooks import CasePanel
from incidents.models import Incident
from phonehome.console.queue import rows_of

SHOWN = 20


def case_panel(incident: Incident) -> CasePanel | None:
    """The packets, the latest first; None for a case without one."""
    packets = incident.packets.select_related("incident__project").order_by("-id")
    rows = rows_of(list(packets[:SHOWN]))
    return CasePanel("Packets", "phonehome/_case_panel.html", {"rows": rows}) if rows else None
