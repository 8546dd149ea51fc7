"""Addresses of legal reports, within those of the hazards."""

from django.urls import URLPattern, path

from kuangdeng.hazards.statutory.views import reports, rest

pages: list[URLPattern] = [
    path("", reports.index, name="statutory"),
    path("month/", reports.month, name="statutory_month"),
    path("quarter/", reports.quarter, name="statutory_quarter"),
    path("cells/<str:source>/<str:cell>/<str:row>/", reports.cell, name="statutory_cell"),
    path("draft/", reports.draft, name="statutory_draft"),
    path("reports/<uuid:report_id>/", reports.report, name="statutory_report"),
    path("reports/<uuid:report_id>/sheet/", reports.sheet, name="statutory_print"),
    path("reports/<uuid:report_id>/xlsx/", reports.xlsx, name="statutory_xlsx"),
    path("reports/<uuid:report_id>/word/", reports.document, name="statutory_word"),
    path("reports/<uuid:report_id>/scans/<str:sha256>", reports.scan, name="statutory_scan"),
    path("reports/<uuid:report_id>/<str:verb>/", reports.verb, name="statutory_verb"),
    path("majors/", rest.majors, name="statutory_majors"),
    path("majors/<uuid:hazard_id>/", rest.major, name="statutory_major"),
    path("majors/<uuid:hazard_id>/scans/<str:sha256>", rest.double_scan, name="statutory_double_scan"),
    path("majors/<uuid:hazard_id>/<str:to>/", rest.tick, name="statutory_tick"),
    path("majors/<uuid:hazard_id>/<str:to>/word/", rest.double_document, name="statutory_double_word"),
    path("majors/<uuid:hazard_id>/<str:to>/sheet/", rest.double_sheet, name="statutory_double_print"),
    path("orders/", rest.orders, name="statutory_orders"),
    path("orders/new/", rest.order_new, name="statutory_order_new"),
    path("orders/<uuid:order_id>/lift/", rest.lift, name="statutory_lift"),
    path("notices/", rest.notices, name="worker_notices"),
    path("notices/new/", rest.notice_new, name="worker_notice_new"),
    path("notices/<uuid:notice_id>/", rest.notice, name="worker_notice"),
    path("exports/", rest.exports, name="statutory_exports"),
    path("exports/new/", rest.export_new, name="statutory_export_new"),
    path("exports/<uuid:run_id>/file/", rest.export_file, name="statutory_file"),
    path("exports/mappings/", rest.mappings, name="statutory_mappings"),
    path("exports/mappings/new/", rest.mapping_new, name="statutory_mapping_new"),
    path("exports/mappings/<uuid:mapping_id>/", rest.mapping, name="statutory_mapping"),
    path("rules/", rest.report_rules, name="report_rules"),
    path("rules/new/", rest.rule, name="report_rule_new"),
    path("rules/<uuid:rule_id>/", rest.rule, name="report_rule"),
]
