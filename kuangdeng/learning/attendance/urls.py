"""Addresses of the sign-in, within those of learning."""

from django.urls import URLPattern, path

from kuangdeng.learning.attendance.views import door, phone, room

pages: list[URLPattern] = [
    path("<uuid:sheet_id>/", room.sheet, name="attendance_sheet"),
    path("<uuid:sheet_id>/screen/", room.screen, name="attendance_screen"),
    path("<uuid:sheet_id>/codes/", room.codes, name="attendance_codes"),
    path("<uuid:sheet_id>/live/", room.live, name="attendance_live"),
    path("<uuid:sheet_id>/card/", room.card, name="attendance_card"),
    path("<uuid:sheet_id>/window/", room.window, name="attendance_window"),
    path("<uuid:sheet_id>/reopen/", room.reopen, name="attendance_reopen"),
    path("<uuid:sheet_id>/paper/", room.paper, name="attendance_paper"),
    path("<uuid:sheet_id>/sheet/", room.paper_sheet, name="attendance_paper_sheet"),
    path("<uuid:sheet_id>/door/", room.kiosk_open, name="attendance_door"),
    path("<uuid:sheet_id>/now/<str:verb>/", room.sheet_verb, name="attendance_verb"),
    path("doors/<uuid:kiosk_id>/close/", room.kiosk_close, name="attendance_door_close"),
    path("doubts/<uuid:doubt_id>/<str:verb>/", room.doubt_verb, name="attendance_doubt"),
    path("rows/<uuid:attendee_id>/correct/", room.correct, name="attendance_correct"),
    path("rows/<uuid:attendee_id>/ask-leave/", room.ask_leave, name="ask_leave"),
    path("rows/<uuid:attendee_id>/make-up/", room.hand_in, name="hand_in_makeup"),
    path("rows/<uuid:attendee_id>/leave/<str:verb>/", room.leave_verb, name="attendance_leave"),
    path("makeups/<uuid:makeup_id>/<str:verb>/", room.makeup_verb, name="attendance_makeup"),
]

open_pages: list[URLPattern] = [
    path("door/", door.door, name="door"),
    path("s/<uuid:sheet_id>/", phone.phone, name="sign_phone"),
    path("s/<uuid:sheet_id>/<str:code>/", phone.scan, name="sign_scan"),
]
