from django.urls import path

from phonehome.console import carve_views, views

app_name = "phonehome_console"
urlpatterns = [
    path("", views.review_list, name="review_list"),
    path("<uuid:record_id>/", views.review, name="review"),
    path("<uuid:record_id>/carve-out/", carve_views.carve_out, name="carve_out"),
]
