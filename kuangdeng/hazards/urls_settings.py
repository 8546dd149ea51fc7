"""Addresses of the mine's hazard tables, the catalogue, the inspections and the hints; hung up in urls.py."""

from django.urls import path

from kuangdeng.hazards.views import catalogue, hints, rounds, settings

pages = [
    path("hints/", hints.hints, name="hints"),
    path("settings/grades/", settings.grades, name="grades"),
    path("settings/grades/new/", settings.grade, name="grade_new"),
    path("settings/grades/<uuid:grade_id>/", settings.grade, name="grade_edit"),
    path("settings/specialties/", settings.specialties, name="specialties"),
    path("settings/specialties/new/", settings.specialty, name="specialty_new"),
    path("settings/specialties/<uuid:specialty_id>/", settings.specialty, name="specialty_edit"),
    path("settings/library/", settings.library, name="library"),
    path("settings/library/new/", settings.standard, name="standard_new"),
    path("settings/library/import/", settings.library_import, name="library_import"),
    path("settings/library/<uuid:standard_id>/", settings.standard, name="standard_edit"),
    path("settings/deadlines/", settings.deadline_rules, name="deadline_rules"),
    path("settings/deadlines/new/", settings.deadline_rule, name="deadline_rule_new"),
    path("settings/deadlines/<uuid:rule_id>/", settings.deadline_rule, name="deadline_rule_edit"),
    path("settings/ladder/", settings.ladder_rules, name="ladder_rules"),
    path("settings/ladder/new/", settings.ladder_rule, name="ladder_rule_new"),
    path("settings/ladder/<uuid:rule_id>/", settings.ladder_rule, name="ladder_rule_edit"),
    path("settings/accident-deadlines/", settings.accident_deadlines, name="accident_deadlines"),
    path("settings/accident-deadlines/new/", settings.accident_deadline, name="accident_deadline_new"),
    path("settings/accident-deadlines/<uuid:deadline_id>/", settings.accident_deadline, name="accident_deadline_edit"),
    path("settings/accident-levels/", settings.accident_levels, name="accident_levels"),
    path("settings/accident-levels/new/", settings.accident_level, name="accident_level_new"),
    path("settings/accident-levels/<uuid:level_id>/", settings.accident_level, name="accident_level_edit"),
    path("settings/wording/", settings.wording, name="wording"),
    path("settings/plans/", rounds.plans, name="round_plans"),
    path("settings/plans/new/", rounds.plan, name="round_plan_new"),
    path("settings/plans/<uuid:plan_id>/", rounds.plan, name="round_plan_edit"),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/<slug:code>/", catalogue.catalogue_version, name="catalogue_version"),
    path("catalogue/<slug:code>/correct/", catalogue.catalogue_correct, name="catalogue_correct"),
    path("catalogue/situations/<int:situation_id>/confirm/", catalogue.situation_confirm, name="situation_confirm"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/new/", rounds.round_new, name="round_new"),
    path("rounds/coverage/", rounds.coverage_all, name="round_coverage_all"),
    path("rounds/coverage/<uuid:plan_id>/", rounds.coverage, name="round_coverage"),
    path("rounds/<uuid:round_id>/", rounds.round_page, name="round"),
]
