"""Prometheus metrics, counted from the rows: the same whichever process answers."""

from collections.abc import Iterable

from django.db.models import Count, Min
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bridge.models import Signal
from incidents.models import Incident, Intake
from kernel import clock
from phonehome.models import PhoneHomeRecord, Shipment
from phonehome.states import PacketStatus


class Rows(Collector):
    """Counts by state, and the age of what waits longest."""

    def collect(self) -> Iterable[Metric]:
        for name, text, model, field in (
            ("prism_care_signals", "Signals by status", Signal, "status"),
            ("prism_care_intake", "Reports at the desk by status", Intake, "status"),
            ("prism_care_incidents", "Incidents by status", Incident, "status"),
            ("prism_care_packets", "Packets by status", PhoneHomeRecord, "status"),
            ("prism_care_shipments", "Shipments by state", Shipment, "state"),
        ):
            family = GaugeMetricFamily(name, text, labels=[field])
            rows = model._default_manager.order_by().values_list(field).annotate(Count("pk"))
            for value, count in rows:
                family.add_metric([value], count)
            yield family
        yield GaugeMetricFamily(
            "prism_care_oldest_review_seconds",
            "Age of the packet that has waited longest for an operator",
            value=self._oldest_review_seconds(),
        )

    @staticmethod
    def _oldest_review_seconds() -> float:
        waiting = PhoneHomeRecord.objects.filter(status=PacketStatus.PENDING)
        oldest = waiting.aggregate(oldest=Min("created_at"))["oldest"]
        return (clock.now() - oldest).total_seconds() if oldest else 0.0


REGISTRY = CollectorRegistry(auto_describe=False)
REGISTRY.register(Rows())
