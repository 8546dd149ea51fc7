"""Addresses of the book rooms, within those of learning."""

from django.urls import URLPattern, path

from kuangdeng.learning.bookroom.views import catalogue, desk, kiosk, reader

pages: list[URLPattern] = [
    path("", reader.books, name="books"),
    path("mine/", reader.mine, name="my_books"),
    path("mine/calendar/", reader.my_calendar, name="my_calendar"),
    path("notes/", reader.notes, name="reading_notes"),
    path("notes/reported/", reader.reported, name="reported_notes"),
    path("notes/<uuid:note_id>/<str:verb>/", reader.note_verb, name="note_verb"),
    path("popular/", reader.popular, name="popular_books"),
    path("popular/sheet/", reader.popular_sheet, name="popular_sheet"),
    path("reservations/<uuid:reservation_id>/cancel/", reader.cancel, name="cancel_reservation"),
    path("loans/", desk.loans, name="book_loans"),
    path("loans/late-sheet/", desk.late_sheet, name="late_sheet"),
    path("loans/<uuid:loan_id>/renew/", reader.renew, name="renew_loan"),
    path("desk/", desk.desk, name="desk"),
    path("readers/<uuid:person_id>/", desk.reader, name="reader"),
    path("readers/<uuid:person_id>/card/", desk.bind_card, name="bind_card"),
    path("cards/<int:card_id>/unbind/", desk.unbind_card, name="unbind_card"),
    path("stock/", desk.stock_takes, name="stock_takes"),
    path("stock/<uuid:stock_id>/", desk.stock_take, name="stock_take"),
    path("stock/<uuid:stock_id>/sheet/", desk.stock_sheet, name="stock_sheet"),
    path("copies/<uuid:copy_id>/", desk.copy, name="book_copy"),
    path("copies/<uuid:copy_id>/<str:verb>/", desk.copy_verb, name="copy_verb"),
    path("work/", catalogue.work, name="book_work"),
    path("new/", catalogue.book_new, name="book_new"),
    path("labels/", catalogue.labels, name="book_labels"),
    path("labels/sheet/", catalogue.label_sheet, name="book_label_sheet"),
    path("import/", catalogue.import_start, name="book_import_start"),
    path("import/<uuid:run_id>/", catalogue.import_run, name="book_import"),
    path("import/<uuid:run_id>/problems.csv", catalogue.import_problems, name="book_import_problems"),
    path("export/", catalogue.export, name="book_export"),
    path("export/file", catalogue.export_file, name="book_export_file"),
    path("rooms/", catalogue.rooms, name="book_rooms"),
    path("rooms/new/", catalogue.room_new, name="book_room_new"),
    path("rooms/<uuid:room_id>/", catalogue.room_edit, name="book_room_edit"),
    path("rules/", catalogue.loan_rules, name="loan_rules"),
    path("rules/new/", catalogue.rule_new, name="loan_rule_new"),
    path("kiosks/", catalogue.kiosks, name="book_kiosks"),
    path("kiosks/<uuid:kiosk_id>/close/", catalogue.kiosk_close, name="book_kiosk_close"),
    path("<uuid:title_id>/", reader.book, name="book"),
    path("<uuid:title_id>/edit/", catalogue.book_edit, name="book_edit"),
    path("<uuid:title_id>/copies/", catalogue.copies_new, name="copies_new"),
    path("<uuid:title_id>/reserve/", reader.reserve, name="reserve_book"),
    path("<uuid:title_id>/note/", reader.write_note, name="write_note"),
]

open_pages: list[URLPattern] = [
    path("kiosk/", kiosk.kiosk, name="kiosk"),
    path("calendar/<str:secret>.ics", reader.due_calendar, name="due_calendar"),
]
