from django.urls import path

from incidents.api import views

urlpatterns = [
    path("intake", views.IntakeListView.as_view(), name="intake-list"),
    path("intake/<uuid:intake_id>", views.IntakeView.as_view(), name="intake"),
    path(
        "intake/<uuid:intake_id>/classification",
        views.ClassificationView.as_view(),
        name="intake-classification",
    ),
    path("incidents", views.IncidentListView.as_view(), name="incidents"),
    path("incidents/<str:incident_id>", views.IncidentView.as_view(), name="incident"),
    path(
        "incidents/<str:incident_id>/status",
        views.IncidentStatusView.as_view(),
        name="incident-status",
    ),
    path(
        "incidents/<str:incident_id>/triage/<int:tier>",
        views.TriageView.as_view(),
        name="incident-triage",
    ),
    path("redaction/scan", views.ScanView.as_view(), name="redaction-scan"),
]
