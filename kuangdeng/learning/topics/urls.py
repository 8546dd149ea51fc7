"""Addresses of research topics, within those of learning."""

from django.urls import URLPattern, path

from kuangdeng.learning.topics import views

pages: list[URLPattern] = [
    path("", views.listing, name="topics"),
    path("calls/", views.calls, name="topic_calls"),
    path("calls/new/", views.call_new, name="topic_call_new"),
    path("new/", views.new, name="topic_new"),
    path("<uuid:topic_id>/", views.topic, name="topic"),
    path("<uuid:topic_id>/edit/", views.edit, name="topic_edit"),
    path("<uuid:topic_id>/milestones/<int:milestone_id>/", views.milestone, name="topic_milestone"),
    path("<uuid:topic_id>/files/<int:file_id>/", views.file, name="topic_file"),
    path("<uuid:topic_id>/application/", views.application_sheet, name="topic_application"),
    path("<uuid:topic_id>/report/", views.report_sheet, name="topic_report"),
    path("<uuid:topic_id>/do/<str:verb>/", views.do, name="topic_verb"),
]
