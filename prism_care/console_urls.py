from django.contrib.auth.views import LogoutView
from django.urls import path

from prism_care import views

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.SignInView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(next_page="console:login"), name="logout"),
]
