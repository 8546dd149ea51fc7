"""Addresses of the training files, within those of learning."""

from django.urls import URLPattern, path

from kuangdeng.learning.files import views

pages: list[URLPattern] = [
    path("", views.files, name="training_files"),
    path("persons/<uuid:person_id>/", views.person_file, name="person_file"),
    path("persons/<uuid:person_id>/file.xlsx", views.person_xlsx, name="person_xlsx"),
    path("persons/<uuid:person_id>/record/", views.person_record, name="person_record"),
    path("persons/<uuid:person_id>/lines/", views.line_new, name="record_line_new"),
    path("persons/<uuid:person_id>/papers/", views.person_papers, name="person_papers"),
    path("lines/<uuid:line_id>/strike/", views.line_strike, name="record_line_strike"),
    path("papers/<uuid:paper_id>/", views.record_paper, name="record_paper"),
    path("papers/<uuid:paper_id>/drop/", views.record_paper_drop, name="record_paper_drop"),
    path("classes/<uuid:class_id>/", views.class_file, name="class_file"),
    path("classes/<uuid:class_id>/file.xlsx", views.class_xlsx, name="class_xlsx"),
    path("classes/<uuid:class_id>/papers/", views.class_papers, name="class_papers"),
    path("class-papers/<uuid:paper_id>/", views.class_paper, name="class_paper"),
    path("class-papers/<uuid:paper_id>/drop/", views.class_paper_drop, name="class_paper_drop"),
]
