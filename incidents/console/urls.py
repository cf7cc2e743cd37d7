from django.urls import path

from incidents.console import views

app_name = "incidents_console"
urlpatterns = [
    path("", views.incident_list, name="incidents"),
    path("<uuid:pk>/", views.case, name="case"),
]
