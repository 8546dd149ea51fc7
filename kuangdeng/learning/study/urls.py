"""Addresses of study, within those of learning."""

from django.urls import URLPattern, path

from kuangdeng.learning.study.views import figures, sessions

pages: list[URLPattern] = [
    path("", sessions.studies, name="studies"),
    path("mine/", sessions.my_study, name="my_study"),
    path("new/", sessions.study_new, name="study_new"),
    path("statistics/", figures.statistics, name="study_statistics"),
    path("kinds/", figures.study_kinds, name="study_kinds"),
    path("kinds/new/", figures.study_kind, name="study_kind_new"),
    path("kinds/usual/", figures.study_kinds_usual, name="study_kinds_usual"),
    path("kinds/<uuid:kind_id>/", figures.study_kind, name="study_kind"),
    path("materials/<uuid:material_id>/", sessions.material, name="material_of_study"),
    path("materials/<uuid:material_id>/remove/", sessions.material_remove, name="study_material_remove"),
    path("photos/<uuid:photo_id>/", sessions.photo, name="photo_of_study"),
    path("photos/<uuid:photo_id>/remove/", sessions.photo_remove, name="study_photo_remove"),
    path("<uuid:session_id>/", sessions.study, name="study"),
    path("<uuid:session_id>/edit/", sessions.study_edit, name="study_edit"),
    path("<uuid:session_id>/people/", sessions.study_people, name="study_people"),
    path("<uuid:session_id>/materials/", sessions.material_new, name="study_material_new"),
    path("<uuid:session_id>/photos/", sessions.photos_new, name="study_photos_new"),
    path("<uuid:session_id>/sheet/", sessions.record_sheet, name="study_record_sheet"),
    path("<uuid:session_id>/record.docx", sessions.record_word, name="study_record_word"),
    path("<uuid:session_id>/do/<str:verb>/", sessions.study_verb, name="study_verb"),
]
