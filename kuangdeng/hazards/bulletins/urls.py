"""Addresses of the daily bulletin, within those of the hazards."""

from django.urls import URLPattern, path

from kuangdeng.hazards.bulletins import views

pages: list[URLPattern] = [
    path("", views.archive, name="bulletins"),
    path("latest/", views.newest, name="bulletin_latest"),
    path("compile/", views.compile_now, name="bulletin_compile"),
    path("policy/", views.policy, name="bulletin_policy"),
    path("<uuid:bulletin_id>/", views.bulletin, name="bulletin"),
    path("<uuid:bulletin_id>/sheet/", views.sheet, name="bulletin_print"),
    path("<uuid:bulletin_id>/notice/", views.notice, name="bulletin_notice"),
    path("<uuid:bulletin_id>/<str:verb>/", views.do, name="bulletin_verb"),
]
open_pages: list[URLPattern] = [
    path("", views.daily, name="daily"),
    path("<str:day>/", views.daily, name="daily_of"),
]
"""Readable on the office network without signing in, where the mine's policy says so."""
