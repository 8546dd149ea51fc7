"""Front door of the book rooms, for the home page, the demo mine, the command line and the documents."""

from kuangdeng.learning.bookroom.models import Copy, Kiosk, Loan, Room, Title
from kuangdeng.learning.bookroom.queries import Reader, Waiting, reader_of, waiting_for
from kuangdeng.learning.bookroom.rules import COPY_FLOW, NOTE_FLOW, RESERVATION_FLOW
from kuangdeng.learning.bookroom.services import (
    TitleData,
    add_copies,
    add_title,
    change_room,
    give_back,
    lend,
    lose_copy,
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
    "Copy",
    "Kiosk",
    "Loan",
    "Reader",
    "Room",
    "Title",
    "TitleData",
    "Waiting",
    "add_copies",
    "add_title",
    "change_room",
    "give_back",
    "lend",
    "lose_copy",
    "pick_note",
    "reader_of",
    "renew",
    "reserve",
    "set_up_rooms",
    "waiting_for",
    "write_note",
]
