"""A learner's or teacher's timetable for the calendar of his phone."""

from datetime import timedelta

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from kuangdeng.kernel import clock
from kuangdeng.kernel.language import in_chinese
from kuangdeng.learning.classes.models import Lesson
from kuangdeng.learning.classes.queries import lessons_ahead, lessons_to_teach
from kuangdeng.org.api import Person


def timetable_calendar(person: Person) -> bytes:
    """Every lesson to attend (the last two weeks included) and to teach as an event, with a reminder an hour before."""
    with in_chinese():
        calendar = Calendar()
        calendar.add("prodid", "-//Kuangdeng//classes//ZH")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", _("培训课表"))
        attended = lessons_ahead(person, back=timedelta(days=14), most=500)
        taught = [lesson for lesson in lessons_to_teach(person, most=500) if lesson not in attended]
        for lesson in attended:
            calendar.add_component(_event(lesson, _("上课：《%s》") % lesson.topic))
        for lesson in taught:
            calendar.add_component(_event(lesson, _("讲课：《%s》") % lesson.topic))
    return bytes(calendar.to_ical())


def _event(lesson: Lesson, summary: str) -> Event:
    event = Event()
    event.add("uid", f"lesson-{lesson.id}@kuangdeng")
    event.add("dtstamp", clock.now())
    event.add("dtstart", lesson.starts_at)
    event.add("dtend", lesson.ends_at)
    event.add("summary", summary)
    event.add("location", lesson.room)
    one = lesson.batch.training_class
    event.add(
        "description",
        _("第 %(code)s 期%(title)s第 %(n)d 批") % {"code": one.code, "title": one.title, "n": lesson.batch.number},
    )
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", timedelta(hours=-1))
    event.add_component(alarm)
    return event
