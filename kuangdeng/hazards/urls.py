"""Addresses of the hazard loop."""

from django.urls import URLPattern, URLResolver, include, path

from kuangdeng.hazards import urls_settings
from kuangdeng.hazards.accidents import urls as accidents
from kuangdeng.hazards.bulletins import urls as bulletins
from kuangdeng.hazards.groups import urls as groups
from kuangdeng.hazards.questions import urls as questions
from kuangdeng.hazards.reconciliation import urls as reconciliation
from kuangdeng.hazards.statutory import urls as statutory
from kuangdeng.hazards.tracking import urls as tracking
from kuangdeng.hazards.views import importing, lists, paper, photos, queues, report, thing

app_name = "hazards"

pages: list[URLPattern | URLResolver] = [
    path("", lists.hazards, name="list"),
    path("report/", report.report, name="report"),
    path("report/<uuid:hazard_id>/", report.reported, name="reported"),
    path("standards/", report.pick_standard, name="pick_standard"),
    path("triage/", queues.triage, name="triage"),
    path("orders/", lists.orders, name="orders"),
    path("accepting/", lists.accepting, name="accepting"),
    path("extensions/", queues.extensions, name="extensions"),
    path("extensions/<uuid:extension_id>/<str:decision>/", thing.decide_extension, name="decide_extension"),
    path("supervision/", queues.supervision, name="supervision"),
    path("summary/", queues.summary, name="summary"),
    path("quarantine/", queues.quarantine, name="quarantine"),
    path("quarantine/<uuid:quarantine_id>/", queues.quarantined, name="quarantined"),
    path("bulk/<str:verb>/", lists.bulk, name="bulk"),
    *urls_settings.pages,
    path("bulletins/", include(bulletins.pages)),
    path("questions/", include(questions.pages)),
    path("groups/", include(groups.pages)),
    path("tracking/", include(tracking.pages)),
    path("reconciliation/", include(reconciliation.pages)),
    path("statutory/", include(statutory.pages)),
    path("import/", importing.start, name="import_start"),
    path("import/<uuid:run_id>/", importing.run, name="import_run"),
    path("import/<uuid:run_id>/problems.csv", importing.problems, name="import_problems"),
    path("import/<uuid:run_id>/export", paper.export_run, name="import_export"),
    path("ledger-sheet/", paper.ledger, name="print_ledger"),
    path("<uuid:hazard_id>/notice-sheet/", paper.notice, name="print_notice"),
    path("<uuid:hazard_id>/recheck-sheet/", paper.recheck, name="print_recheck"),
    path("<uuid:hazard_id>/", thing.detail, name="detail"),
    path("<uuid:hazard_id>/photos/<str:sha256>", photos.photo, name="photo"),
    path("<uuid:hazard_id>/due/", thing.due_proposal, name="due_proposal"),
    path("<uuid:hazard_id>/<str:verb>/", thing.verb, name="verb"),
]

urlpatterns = [
    path("hazards/", include(pages)),
    path("daily/", include(bulletins.open_pages)),
    path("accidents/", include(accidents.pages)),
    path("t/<str:tag>/", report.report, name="report_at"),
]
