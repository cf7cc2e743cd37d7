from incidents.api import incidents, intake, scan, transitions, triage

urlpatterns = [
    *intake.urlpatterns,
    *incidents.urlpatterns,
    *triage.urlpatterns,
    *transitions.urlpatterns,
    *scan.urlpatterns,
]
