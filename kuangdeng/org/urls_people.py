"""Addresses of signing in, people, units and roles."""

from django.urls import path

from kuangdeng.org.views import entry, imports, me, persons, pickers, roles, units

urlpatterns = [
    path("sign-in/", entry.enter, name="sign_in"),
    path("sign-out/", entry.leave, name="sign_out"),
    path("switch-user/", entry.switch, name="switch_user"),
    path("password/", entry.change_password, name="change_password"),
    path("me/", me.me, name="me"),
    path("me/contact/", me.contact, name="contact"),
    path("me/sessions/", me.sessions, name="sessions"),
    path("me/tokens/", me.tokens, name="tokens"),
    path("me/tokens/<uuid:token_id>/revoke/", me.token_revoke, name="token_revoke"),
    path("persons/", persons.persons, name="persons"),
    path("persons/new/", persons.person_new, name="person_new"),
    path("persons/passwords/", persons.slips, name="slips"),
    path("persons/<uuid:person_id>/", persons.person, name="person"),
    path("persons/<uuid:person_id>/reset/", persons.reset, name="person_reset"),
    path("persons/<uuid:person_id>/sessions/end/", persons.end_sessions, name="person_sessions_end"),
    path("persons/<uuid:person_id>/<slug:verb>/", persons.person_verb, name="person_verb"),
    path("grants/", roles.grants, name="grants"),
    path("grants/<uuid:grant_id>/end/", persons.grant_end, name="grant_end"),
    path("powers/", roles.powers, name="powers"),
    path("units/", units.units, name="units"),
    path("units/new/", units.unit_new, name="unit_new"),
    path("units/<uuid:unit_id>/", units.unit, name="unit"),
    path("units/<uuid:unit_id>/<slug:verb>/", units.unit_verb, name="unit_verb"),
    path("import/", imports.start, name="import_start"),
    path("import/template.xlsx", imports.template, name="import_template"),
    path("import/<uuid:run_id>/", imports.run, name="import_run"),
    path("import/<uuid:run_id>/confirm/", imports.confirm, name="import_confirm"),
    path("import/<uuid:run_id>/drop/", imports.drop, name="import_drop"),
    path("pick/person/", pickers.pick_person, name="pick_person"),
    path("pick/unit/", pickers.pick_unit, name="pick_unit"),
]
