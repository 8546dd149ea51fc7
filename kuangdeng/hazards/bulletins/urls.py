"""Addresses of the daily bulletin, within those of the hazards."""

from django.urls import path

from kuangdeng.hazards.bulletins import views

pages = [
    path("", views.archive, name="bulletins"),
    path("latest/", views.newest, name="bulletin_latest"),
    path("compile/", views.compile_now, name="bulletin_compile"),
    path("policy/", views.policy, name="bulletin_policy"),
    path("<uuid:bulletin_id>/", views.bulletin, name="bulletin"),
    path("<uuid:bulletin_id>/sheet/", views.sheet, name="bulletin_print"),
    path("<uuid:bulletin_id>/<str:verb>/", views.do, name="bulletin_verb"),
]
open_pages = [
    path("", views.daily, name="daily"),
    path("<str:day>/", views.daily, name="daily_of"),
]
"""Readable on the office network without signing in, where the mine's policy says so."""
