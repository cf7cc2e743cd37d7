from django.urls import path

from bridge.api import views

urlpatterns = [
    path("signals", views.SignalsView.as_view(), name="signals"),
    path("signals/batch", views.BatchView.as_view(), name="signals-batch"),
    path("signals/<uuid:signal_id>", views.SignalView.as_view(), name="signal"),
    path("signals/<uuid:signal_id>/read", views.ReadView.as_view(), name="signal-read"),
    path("roster", views.RosterView.as_view(), name="roster"),
]
