"""A reader's due dates for the calendar of his phone."""

from datetime import timedelta

from django.utils.translation import gettext as _
from icalendar import Event

from kuangdeng.kernel.calendars import calendar_of, event
from kuangdeng.kernel.language import in_chinese
from kuangdeng.learning.bookroom.models import Loan
from kuangdeng.learning.bookroom.queries import open_loans
from kuangdeng.org.api import Person


def due_calendar(person: Person) -> bytes:
    """Every book that is to be given back as an event of its day, with a reminder the evening before."""
    with in_chinese():
        return calendar_of("book rooms", _("职工书屋还书日"), [_event(loan) for loan in open_loans(person)])


def _event(loan: Loan) -> Event:
    made = event(
        f"loan-{loan.id}", loan.due_on, loan.due_on + timedelta(days=1), _("还书：《%s》") % loan.title.title,
        place=loan.room.name, text=_("条码 %s。还书前可以在矿灯里续借。") % loan.copy.barcode,
        reminder=_("明天该还书了：《%s》") % loan.title.title, ahead=timedelta(hours=5),
    )  # fmt: skip
    made.add("transp", "TRANSPARENT")
    return made
