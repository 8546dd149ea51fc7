"""Addresses of the tracking pages, within those of the hazards."""

from django.urls import URLPattern, path

from kuangdeng.hazards.tracking import views

pages: list[URLPattern] = [
    path("", views.items, name="tracking"),
    path("accidents/", views.beside, name="tracking_accidents"),
    path("by/<str:by>/", views.grouped, name="tracking_by"),
]
