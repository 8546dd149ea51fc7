"""The home page: a to-do list, not a dashboard. What waits for me, what is late, my unit today, what changed."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from kuangdeng.hazards import api as hazards
from kuangdeng.kernel import clock, timetext
from kuangdeng.org.api import Person, has_power
from kuangdeng.web.menu import address
from kuangdeng.web.todos import Todo, todos_of


@dataclass
class Figure:
    """A number with its word, and where it leads."""

    label: str
    value: int
    url: str = ""
    tone: str = ""
    note: str = ""


@dataclass
class Home:
    """What stands on the page."""

    todos: list[Todo]
    figures: list[Figure]
    waiting: list[Figure]
    reported: list[hazards.Hazard]
    late_units: list[Figure]
    changes: list[hazards.Change]
    place: str
    report_first: bool
    leader: bool
    more_url: str
    begin: bool
    """Nothing has happened in the mine yet: the administrator is told how to begin."""


def build(person: Person) -> Home:
    """The page for one person at this moment; the number of statements does not depend on the number of rows."""
    whole = has_power(person, "hazard.see_all")
    works = has_power(person, "hazard.sign") or has_power(person, "hazard.accept")
    leader = has_power(person, "hazard.supervise")
    day = hazards.day_of(person)
    todos = todos_of(person)
    changes = hazards.changes(hazards.changes_for(person))
    return Home(
        todos=todos,
        figures=_figures(day, person, whole),
        waiting=_waiting(day, person),
        reported=[] if whole or works else hazards.reported_by(person),
        late_units=_late_units(person) if leader and whole else [],
        changes=changes,
        place=person.mine.name if whole else (person.unit.name if person.unit else ""),
        report_first=not works and not whole,
        leader=leader,
        more_url=reverse("hazards:orders")
        if has_power(person, "hazard.sign") and not whole
        else reverse("hazards:list"),
        begin=has_power(person, "org.import") and not changes and not day.open and not todos,
    )


def _figures(day: hazards.Day, person: Person, whole: bool) -> list[Figure]:
    """My unit today: what came in by shift, what was closed, what is open and late."""
    listing = reverse("hazards:list")
    shifts = "　".join(f"{name or _('未定班')}\u00a0{n}" for name, n in day.by_shift.items())
    return [
        Figure(_("今天上报"), day.reported, f"{listing}?received=today", note=shifts),
        Figure(_("今天销号"), day.closed),
        Figure(_("未办结"), day.open, f"{listing}?open=1"),
        Figure(_("已超期"), day.late, f"{listing}?late=1&sort=due", tone="late" if day.late else ""),
    ]


def _waiting(day: hazards.Day, person: Person) -> list[Figure]:
    """How many wait for each daily verb of this person, with the way to the whole queue."""
    queues = [
        ("hazard.grade", _("待定级"), ("reported",), "hazards:triage", ""),
        ("hazard.dispatch", _("待下达"), ("graded",), "hazards:list", "?status=graded"),
        ("hazard.sign", _("待签收"), ("dispatched",), "hazards:orders", "?status=dispatched"),
        ("hazard.rectify", _("整改中"), ("rectifying",), "hazards:orders", "?status=rectifying"),
        (
            "hazard.close",
            _("待验收"),
            ("rectified", "recheck"),
            "hazards:accepting",
            "?status=rectified&status=recheck",
        ),
        ("hazard.close", _("待销号"), ("accepted",), "hazards:accepting", "?status=accepted"),
    ]
    found = []
    for power, label, statuses, name, query in queues:
        url = address(name)
        if url and has_power(person, power):
            found.append(Figure(label, day.count(*statuses), url + query))
    return found


def _late_units(person: Person) -> list[Figure]:
    """Which units are late, the most first."""
    listing = reverse("hazards:list")
    return [
        Figure(name or _("未定单位"), n, f"{listing}?late=1&sort=due&unit={unit_id}", "late",
               _("最早%s") % timetext.clock(since, clock.now()))
        for unit_id, name, n, since in hazards.late_by_unit(person)
    ]  # fmt: skip
