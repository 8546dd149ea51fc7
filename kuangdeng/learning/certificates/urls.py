"""Addresses of the certificates, within those of learning."""

from django.urls import URLPattern, path

from kuangdeng.learning.certificates.views import certificates as views
from kuangdeng.learning.certificates.views import managers, surface

pages: list[URLPattern] = [
    path("", views.certificates, name="certificates"),
    path("new/", views.certificate_new, name="certificate_new"),
    path("types/", views.types, name="certificate_types"),
    path("types/new/", views.type_edit, name="certificate_type_new"),
    path("types/<uuid:type_id>/", views.type_edit, name="certificate_type"),
    path("managers/", managers.managers, name="managers"),
    path("surface/", surface.trades, name="surface_trades"),
    path("surface/new/", surface.trades_new, name="surface_trades_new"),
    path("import/", views.import_start, name="certificate_import"),
    path("import/<uuid:run_id>/", views.import_run, name="certificate_import_run"),
    path("import/<uuid:run_id>/problems.csv", views.import_problems, name="certificate_import_problems"),
    path("barred/", views.barred, name="barred"),
    path("barred/sheet/", views.barred_sheet, name="barred_sheet"),
    path("barred/file.xlsx", views.barred_xlsx, name="barred_xlsx"),
    path("barred/publish/", views.barred_publish, name="barred_publish"),
    path("barred/lists/<uuid:list_id>/", views.barred_list, name="barred_list"),
    path("<uuid:certificate_id>/", views.certificate, name="certificate"),
    path("<uuid:certificate_id>/<str:verb>/", views.certificate_verb, name="certificate_verb"),
]
