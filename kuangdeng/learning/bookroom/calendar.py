"""A reader's due dates for the calendar of his phone."""

from datetime import timedelta

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from kuangdeng.kernel import clock
from kuangdeng.kernel.language import in_chinese
from kuangdeng.learning.bookroom.models import Loan
from kuangdeng.learning.bookroom.queries import open_loans
from kuangdeng.org.api import Person


def due_calendar(person: Person) -> bytes:
    """Every book that is to be given back as an event of its day, with a reminder the evening before."""
    with in_chinese():
        calendar = Calendar()
        calendar.add("prodid", "-//Kuangdeng//book rooms//ZH")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", _("职工书屋还书日"))
        for loan in open_loans(person):
            calendar.add_component(_event(loan))
    return bytes(calendar.to_ical())


def _event(loan: Loan) -> Event:
    event = Event()
    event.add("uid", f"loan-{loan.id}@kuangdeng")
    event.add("dtstamp", clock.now())
    event.add("dtstart", loan.due_on)
    event.add("dtend", loan.due_on + timedelta(days=1))
    event.add("summary", _("还书：《%s》") % loan.title.title)
    event.add("location", loan.room.name)
    event.add("description", _("条码 %s。还书前可以在矿灯里续借。") % loan.copy.barcode)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("明天该还书了：《%s》") % loan.title.title)
    alarm.add("trigger", timedelta(hours=-5))
    event.add_component(alarm)
    return event
