"""Addresses of places, shifts and the calendar; hung up in urls.py."""

from django.urls import path

from kuangdeng.org.views import places, shifts

urlpatterns = [
    path("places/", places.places, name="places"),
    path("places/tree/", places.place_tree, name="place_tree"),
    path("places/new/", places.place_new, name="place_new"),
    path("places/pick/", places.pick_place, name="pick_place"),
    path("places/tags/", places.tags, name="tags"),
    path("places/spellings/", places.proposals, name="place_proposals"),
    path("places/spellings/bulk/<slug:verb>/", places.proposals_bulk, name="proposals_bulk"),
    path("places/spellings/<uuid:proposal_id>/", places.proposal, name="place_proposal"),
    path("places/spellings/<uuid:proposal_id>/is/<uuid:place_id>/", places.proposal_choose, name="proposal_choose"),
    path("places/spellings/<uuid:proposal_id>/new/", places.proposal_new, name="proposal_new"),
    path("places/spellings/<uuid:proposal_id>/drop/", places.proposal_drop, name="proposal_drop"),
    path("places/aliases/<int:alias_id>/remove/", places.alias_remove, name="alias_remove"),
    path("places/<uuid:place_id>/", places.place, name="place"),
    path("places/<uuid:place_id>/children/", places.place_children, name="place_children"),
    path("places/<uuid:place_id>/edit/", places.place_edit, name="place_edit"),
    path("places/<uuid:place_id>/do/<slug:verb>/", places.place_verb, name="place_verb"),
    path("shifts/", shifts.shifts, name="shifts"),
    path("shifts/new/", shifts.scheme_new, name="scheme_new"),
    path("shifts/<uuid:scheme_id>/", shifts.scheme_edit, name="scheme_edit"),
    path("shifts/<uuid:scheme_id>/put-on/", shifts.scheme_put_on, name="scheme_put_on"),
    path("shifts/rows/<int:row_id>/take-off/", shifts.scheme_take_off, name="scheme_take_off"),
    path("calendar/", shifts.calendar, name="calendar"),
    path("calendar/new/", shifts.calendar_day_new, name="calendar_day_new"),
    path("calendar/import/", shifts.calendar_import, name="calendar_import"),
    path("calendar/<int:day_id>/", shifts.calendar_day, name="calendar_day"),
    path("calendar/confirm/<int:year>/", shifts.calendar_confirm, name="calendar_confirm"),
]
