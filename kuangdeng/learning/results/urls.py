"""Addresses of the results, within those of learning."""

from django.urls import URLPattern, path

from kuangdeng.learning.results import views

pages: list[URLPattern] = [
    path("", views.listing, name="result_exams"),
    path("<uuid:exam_id>/", views.people, name="results"),
    path("<uuid:exam_id>/print/", views.printed, name="results_print"),
    path("<uuid:exam_id>/units/", views.units, name="result_units"),
    path("<uuid:exam_id>/items/", views.items, name="result_items"),
    path("sheets/<uuid:sitting_id>/", views.sheet, name="result_sheet"),
    path("marking/", views.marking, name="marking"),
    path("marking/<uuid:exam_id>/", views.mark, name="marking_exam"),
    path("marking/<uuid:exam_id>/read/", views.marked, name="marking_read"),
    path("regrades/", views.regrades, name="regrades"),
    path("regrades/<uuid:regrade_id>/", views.regrade, name="regrade"),
    path("regrades/of/<uuid:version_id>/", views.propose, name="regrade_new"),
]
