"""Addresses of the shell, without a namespace."""

from django.urls import include, path

from kuangdeng.web import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("kuangdeng.web.ledger_urls")),
]
