"""Addresses of accidents; hung up in the urls of the hazards."""

from django.urls import path

from kuangdeng.hazards.accidents import import_views, views

pages = [
    path("", views.accidents, name="accidents"),
    path("report/", views.report, name="accident_report"),
    path("import/", import_views.start, name="accident_import_start"),
    path("import/template.xlsx", import_views.template, name="accident_import_template"),
    path("import/<uuid:run_id>/", import_views.run, name="accident_import_run"),
    path("measures/", views.measures, name="accident_measures"),
    path("measures/<uuid:measure_id>/<str:verb>/", views.measure_verb, name="accident_measure_verb"),
    path("<uuid:accident_id>/", views.detail, name="accident"),
    path("<uuid:accident_id>/reported/", views.reported, name="accident_reported"),
    path("<uuid:accident_id>/quick-sheet/", views.quick_sheet, name="accident_quick_sheet"),
    path("<uuid:accident_id>/investigation-sheet/", views.investigation_sheet, name="accident_investigation_sheet"),
    path("<uuid:accident_id>/photos/<str:sha256>", views.photo, name="accident_photo"),
    path("<uuid:accident_id>/casualties/new/", views.casualty, name="accident_casualty_new"),
    path("<uuid:accident_id>/casualties/<uuid:casualty_id>/", views.casualty, name="accident_casualty"),
    path(
        "<uuid:accident_id>/casualties/<uuid:casualty_id>/remove/",
        views.casualty_remove,
        name="accident_casualty_remove",
    ),
    path("<uuid:accident_id>/<str:verb>/", views.verb, name="accident_verb"),
]
