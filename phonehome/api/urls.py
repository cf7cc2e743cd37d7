from django.urls import path

from phonehome.api import views

urlpatterns = [
    path("phone-home", views.PhoneHomeView.as_view(), name="phone-home"),
    path("phone-home/records", views.RecordsView.as_view(), name="phone-home-records"),
    path(
        "phone-home/records/<uuid:record_id>",
        views.RecordView.as_view(),
        name="phone-home-record",
    ),
    path(
        "phone-home/records/<uuid:record_id>/withdraw",
        views.WithdrawView.as_view(),
        name="phone-home-record-withdraw",
    ),
]
