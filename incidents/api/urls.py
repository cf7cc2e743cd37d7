from incidents.api import (
    categories,
    containment,
    incidents,
    intake,
    rubric,
    scan,
    transitions,
    triage,
)

urlpatterns = [
    *intake.urlpatterns,
    *rubric.urlpatterns,
    *incidents.urlpatterns,
    *triage.urlpatterns,
    *transitions.urlpatterns,
    *scan.urlpatterns,
    *containment.urlpatterns,
    *categories.urlpatterns,
]
