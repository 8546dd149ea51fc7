"""Addresses of the ledger pages, the inbox and the mail that was given up."""

from django.urls import path

from kuangdeng.web import inbox_views, ledger_views

urlpatterns = [
    path("ledger/", ledger_views.ledger, name="ledger"),
    path("ledger/<uuid:entry_id>/", ledger_views.entry, name="ledger_entry"),
    path("ledger/problems/", ledger_views.problems, name="feed_problems"),
    path("ledger/problems/<int:problem_id>/again/", ledger_views.retry, name="feed_problem_retry"),
    path("inbox/", inbox_views.inbox, name="inbox"),
    path("inbox/read-all/", inbox_views.read_all, name="inbox_read_all"),
    path("inbox/settings/", inbox_views.settings, name="notice_settings"),
    path("inbox/roles/", inbox_views.roles, name="notice_roles"),
    path("inbox/mail/", inbox_views.dead_letters, name="dead_letters"),
    path("inbox/mail/<uuid:delivery_id>/again/", inbox_views.again, name="dead_letter_again"),
    path("inbox/<uuid:notice_id>/", inbox_views.open_notice, name="inbox_open"),
]
