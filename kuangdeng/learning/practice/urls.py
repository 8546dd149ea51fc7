"""Addresses of the daily item, within those of learning."""

from django.urls import URLPattern, path

from kuangdeng.learning.practice.views import learner, settings, team

pages: list[URLPattern] = [
    path("", learner.practice, name="practice"),
    path("answer/", learner.answer, name="practice_give"),
    path("answers/<uuid:answer_id>/", learner.answered, name="practice_answer"),
    path("book/", learner.book, name="practice_book"),
    path("book/next/", learner.book_next, name="practice_book_next"),
    path("pictures/<uuid:version_id>/<str:sha256>", learner.picture, name="practice_picture"),
    path("meeting/", team.meeting, name="practice_meeting"),
    path("meetings/", team.meetings, name="practice_meetings"),
    path("figures/", team.figures, name="practice_figures"),
    path("figures/<uuid:unit_id>/", team.unit_figures, name="practice_unit"),
    path("away/", team.away, name="practice_away"),
    path("away/new/", team.away_new, name="practice_away_new"),
    path("away/<uuid:away_id>/cancel/", team.away_cancel, name="practice_away_cancel"),
    path("rules/", settings.rules, name="practice_rules"),
    path("rules/new/", settings.rule_new, name="practice_rule_new"),
    path("musts/", settings.musts, name="practice_musts"),
    path("musts/new/", settings.must_new, name="practice_must_new"),
    path("musts/item/<uuid:item_id>/", settings.must_new, name="practice_must_item"),
    path("musts/<int:must_id>/end/", settings.must_end, name="practice_must_end"),
]
