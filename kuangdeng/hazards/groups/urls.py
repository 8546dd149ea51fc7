"""Addresses of the groups, within those of the hazards."""

from django.urls import URLPattern, path

from kuangdeng.hazards.groups import views

pages: list[URLPattern] = [
    path("", views.groups, name="groups"),
    path("new/", views.edit_group, name="group_new"),
    path("clocks/", views.clocks, name="group_clocks"),
    path("cases/", views.cases, name="cases"),
    path("cases/<uuid:case_id>/", views.case, name="case"),
    path("cases/<uuid:case_id>/<str:verb>/", views.do, name="case_verb"),
    path("feedback/", views.matrix, name="matrix"),
    path("feedback/<uuid:feedback_id>/photos/<str:sha256>", views.photo, name="feedback_photo"),
    path("pre-shift/", views.pre_shift, name="pre_shift"),
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/<uuid:meeting_id>/", views.meeting, name="meeting"),
    path("meetings/<uuid:meeting_id>/sheet/", views.meeting_sheet, name="meeting_print"),
    path("<uuid:group_id>/", views.group, name="group"),
    path("<uuid:group_id>/edit/", views.edit_group, name="group_edit"),
    path("<uuid:group_id>/end/", views.end_group, name="group_end"),
]
