"""Addresses of the study garden, within those of learning."""

from django.urls import URLPattern, path

from kuangdeng.learning.garden import views

pages: list[URLPattern] = [
    path("", views.gardens, name="gardens"),
    path("<uuid:branch_id>/", views.garden, name="garden"),
    path("<uuid:branch_id>/wall/", views.wall, name="garden_wall"),
    path("<uuid:branch_id>/dress/", views.dress, name="garden_dress"),
    path("<uuid:branch_id>/notices/", views.notices, name="garden_notices"),
    path("<uuid:branch_id>/notices/new/", views.notice_new, name="garden_notice_new"),
    path("notices/<uuid:notice_id>/down/", views.notice_down, name="garden_notice_down"),
    path("<uuid:branch_id>/picks/<str:kind>/<uuid:thing_id>/", views.pick, name="garden_pick"),
    path("<uuid:branch_id>/picks/<int:pick_id>/off/", views.unpick, name="garden_unpick"),
    path("<uuid:branch_id>/banner/<str:sha256>", views.banner, name="garden_banner"),
]
