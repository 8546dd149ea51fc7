"""Addresses of the shell, without a namespace."""

from django.urls import path

from kuangdeng.web import views

urlpatterns = [
    path("", views.home, name="home"),
]
