from incidents.api import incidents, intake, scan, triage

urlpatterns = [
    *intake.urlpatterns,
    *incidents.urlpatterns,
    *triage.urlpatterns,
    *scan.urlpatterns,
]
