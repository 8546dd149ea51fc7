"""Addresses of the shell, without a namespace."""

from django.urls import include, path
from django.views.generic import RedirectView

from kuangdeng.web import views

urlpatterns = [
    path("", views.home, name="home"),
    path("learn/", views.learning, name="learn"),
    path("me/", RedirectView.as_view(pattern_name="org:me"), name="me"),
    path("", include("kuangdeng.web.ledger_urls")),
    path("", include("kuangdeng.web.channels.urls")),
    path("", include("kuangdeng.web.screens.urls")),
]
