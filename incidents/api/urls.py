from incidents.api import (
    artifacts,
    categories,
    containment,
    corrective_actions,
    incidents,
    intake,
    postmortem,
    rubric,
    scan,
    timeline,
    transitions,
    triage,
)

urlpatterns = [
    *intake.urlpatterns,
    *rubric.urlpatterns,
    *incidents.urlpatterns,
    *triage.urlpatterns,
    *transitions.urlpatterns,
    *postmortem.urlpatterns,
    *corrective_actions.urlpatterns,
    *timeline.urlpatterns,
    *scan.urlpatterns,
    *containment.urlpatterns,
    *categories.urlpatterns,
    *artifacts.urlpatterns,
]
