"""Calendars that a phone subscribes to (iCalendar)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from kuangdeng.kernel import clock


def event(
    key: str, begins: date | datetime, ends: date | datetime, summary: str, *, place: str, text: str, reminder: str,
    ahead: timedelta,
) -> Event:  # fmt: skip
    """One thing with its reminder so long before; a day without an hour is a whole day, to which `ends` does not belong."""
    made, alarm = Event(), Alarm()
    told = {
        "uid": f"{key}@kuangdeng", "dtstamp": clock.now(), "dtstart": begins, "dtend": ends, "summary": summary,
        "location": place, "description": text,
    }  # fmt: skip
    for name, value in told.items():
        made.add(name, value)
    for name, value in {"action": "DISPLAY", "description": reminder, "trigger": -ahead}.items():
        alarm.add(name, value)
    made.add_component(alarm)
    return made


def calendar_of(product: str, name: str, events: Iterable[Event]) -> bytes:
    """The file that a phone fetches."""
    made = Calendar()
    told = {"prodid": f"-//Kuangdeng//{product}//ZH", "version": "2.0", "method": "PUBLISH", "x-wr-calname": name}
    for key, value in told.items():
        made.add(key, value)
    for one in events:
        made.add_component(one)
    return bytes(made.to_ical())
