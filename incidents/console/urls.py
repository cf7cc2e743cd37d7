from django.urls import path

from incidents.console import checklist, deadlines, lesson, policies, timeline, views
from incidents.console.categories import categories
from incidents.console.importing import import_page
from incidents.console.lanes import lanes
from incidents.console.numbers import numbers
from incidents.console.record import document, record
from incidents.console.storms import storms
from incidents.console.triage import triage

app_name = "incidents_console"
urlpatterns = [
    path("", views.incident_list, name="incidents"),
    path("numbers/", numbers, name="numbers"),
    path("storms/", storms, name="storms"),
    path("deadlines/", deadlines.deadlines, name="deadlines"),
    path("deadlines/policies/", policies.policies, name="policies"),
    path("<uuid:pk>/", views.case, name="case"),
    path("<uuid:pk>/triage/", triage, name="triage"),
    path("<uuid:pk>/timeline/", timeline.timeline, name="timeline"),
    path("<uuid:pk>/timeline.jsonl", timeline.timeline_lines, name="timeline_lines"),
    path("<uuid:pk>/lesson/", lesson.lesson, name="lesson"),
    path("<uuid:pk>/checklist/", checklist.checklist, name="checklist"),
    path("<uuid:pk>/deadlines/", deadlines.case_deadlines, name="case_deadlines"),
    path("categories/", categories, name="categories"),
    path("lanes/", lanes, name="lanes"),
    path("import/", import_page, name="import"),
    path("<uuid:pk>/record/", record, name="record"),
    path("<uuid:pk>/record/<slug:name>.<slug:form>", document, name="document"),
]
