from incidents.api import categories, containment, incidents, intake, scan, transitions, triage

urlpatterns = [
    *intake.urlpatterns,
    *incidents.urlpatterns,
    *triage.urlpatterns,
    *transitions.urlpatterns,
    *scan.urlpatterns,
    *containment.urlpatterns,
    *categories.urlpatterns,
]
