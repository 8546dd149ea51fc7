"""Addresses of the hazard loop."""

from django.urls import path

from kuangdeng.hazards import photo_views

app_name = "hazards"
urlpatterns = [
    path("<uuid:hazard_id>/photos/<str:sha256>", photo_views.photo, name="photo"),
]
