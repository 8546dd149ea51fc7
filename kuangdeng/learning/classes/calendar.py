"""A learner's or teacher's timetable for the calendar of his phone."""

from datetime import timedelta

from django.utils.translation import gettext as _
from icalendar import Event

from kuangdeng.kernel.calendars import calendar_of, event
from kuangdeng.kernel.language import in_chinese
from kuangdeng.learning.classes.models import Lesson
from kuangdeng.learning.classes.queries import lessons_ahead, lessons_to_teach
from kuangdeng.org.api import Person


def timetable_calendar(person: Person) -> bytes:
    """Every lesson to attend (the last two weeks included) and to teach as an event, with a reminder an hour before."""
    attended = lessons_ahead(person, back=timedelta(days=14), most=500)
    taught = [lesson for lesson in lessons_to_teach(person, most=500) if lesson not in attended]
    with in_chinese():
        events = [_event(lesson, _("上课：《%s》") % lesson.topic) for lesson in attended]
        events += [_event(lesson, _("讲课：《%s》") % lesson.topic) for lesson in taught]
        return calendar_of("classes", _("培训课表"), events)


def _event(lesson: Lesson, summary: str) -> Event:
    one = lesson.batch.training_class
    batch = {"code": one.code, "title": one.title, "n": lesson.batch.number}
    return event(
        f"lesson-{lesson.id}", lesson.starts_at, lesson.ends_at, summary, place=lesson.room,
        text=_("第 %(code)s 期%(title)s第 %(n)d 批") % batch, reminder=summary, ahead=timedelta(hours=1),
    )  # fmt: skip
