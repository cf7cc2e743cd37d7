from django.urls import path

from phonehome.console import views

app_name = "phonehome_console"
urlpatterns = [
    path("", views.review_list, name="review_list"),
    path("<uuid:record_id>/", views.review, name="review"),
]
