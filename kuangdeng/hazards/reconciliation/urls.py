"""Addresses of the reconciliation, within those of the hazards."""

from django.urls import URLPattern, path

from kuangdeng.hazards.reconciliation import views

pages: list[URLPattern] = [
    path("", views.days, name="reconciliation"),
    path("check/", views.check_now, name="reconciliation_check"),
    path("findings/<uuid:finding_id>/", views.explain, name="finding"),
    path("<uuid:bulletin_id>/<str:figure>/", views.figure, name="reconciliation_figure"),
]
