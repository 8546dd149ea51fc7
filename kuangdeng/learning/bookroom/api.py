"""Front door of the book rooms, for the home page, the demo mine, the command line and the documents."""

from kuangdeng.learning.bookroom.models import Loan, ReadingNote, Room, Title
from kuangdeng.learning.bookroom.queries import (
    notes_of_units,
    reader_of,
    reading_of_unit,
    shown_notes,
    waiting_rows,
)
from kuangdeng.learning.bookroom.rules import COPY_FLOW, NOTE_FLOW, RESERVATION_FLOW
from kuangdeng.learning.bookroom.services import (
    TitleData,
    add_copies,
    add_title,
    change_room,
    give_back,
    lend,
    pick_note,
    renew,
    reserve,
    set_up_rooms,
    write_note,
)

__all__ = [
    "COPY_FLOW",
    "NOTE_FLOW",
    "RESERVATION_FLOW",
    "Loan",
    "ReadingNote",
    "Room",
    "Title",
    "TitleData",
    "add_copies",
    "add_title",
    "change_room",
    "give_back",
    "lend",
    "notes_of_units",
    "pick_note",
    "reader_of",
    "reading_of_unit",
    "renew",
    "reserve",
    "set_up_rooms",
    "shown_notes",
    "waiting_rows",
    "write_note",
]
