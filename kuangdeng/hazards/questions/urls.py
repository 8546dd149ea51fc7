"""Addresses of the questions, within those of the hazards."""

from django.urls import URLPattern, path

from kuangdeng.hazards.questions import views

pages: list[URLPattern] = [
    path("", views.listing, name="questions"),
    path("clocks/", views.clocks, name="question_clocks"),
    path("on/<int:item_id>/", views.ask, name="question_ask"),
    path("<uuid:question_id>/", views.question, name="question"),
    path("<uuid:question_id>/photos/<str:sha256>", views.photo, name="question_photo"),
    path("<uuid:question_id>/<str:verb>/", views.do, name="question_verb"),
]
