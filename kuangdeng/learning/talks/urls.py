"""Addresses of the talks, within those of learning."""

from django.urls import URLPattern, path

from kuangdeng.learning.talks import views

pages: list[URLPattern] = [
    path("", views.listing, name="talks"),
    path("rules/", views.rule_list, name="talk_rules"),
    path("rules/new/", views.rule_new, name="talk_rule_new"),
    path("rules/ladder/", views.ladder, name="talk_ladder"),
    path("assign/", views.assign_all, name="talks_assign"),
    path("retraining/", views.retrainings, name="retrainings"),
    path("<uuid:talk_id>/", views.talk, name="talk"),
    path("<uuid:talk_id>/print/", views.sheet, name="talk_sheet"),
    path("<uuid:talk_id>/<str:verb>/", views.do, name="talk_verb"),
]
