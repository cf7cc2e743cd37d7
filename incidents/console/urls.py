from django.urls import path

from incidents.console import checklist, deadlines, policies, timeline, views
from incidents.console.numbers import numbers

app_name = "incidents_console"
urlpatterns = [
    path("", views.incident_list, name="incidents"),
    path("numbers/", numbers, name="numbers"),
    path("deadlines/", deadlines.deadlines, name="deadlines"),
    path("deadlines/policies/", policies.policies, name="policies"),
    path("<uuid:pk>/", views.case, name="case"),
    path("<uuid:pk>/timeline/", timeline.timeline, name="timeline"),
    path("<uuid:pk>/timeline.jsonl", timeline.timeline_lines, name="timeline_lines"),
    path("<uuid:pk>/checklist/", checklist.checklist, name="checklist"),
    path("<uuid:pk>/deadlines/", deadlines.case_deadlines, name="case_deadlines"),
]
