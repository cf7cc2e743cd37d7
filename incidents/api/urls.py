from incidents.api import (
    artifacts,
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
    *artifacts.urlpatterns,
]
