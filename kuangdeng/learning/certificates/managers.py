"""管理人员考核: who is in an office of safety, since when, until when he has to pass, and by what he has."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kuangdeng.kernel import clock
from kuangdeng.learning.certificates.models import Certificate, ManagerReminder
from kuangdeng.learning.certificates.queries import notice_days
from kuangdeng.learning.certificates.rules import (
    ASSESSED_LABELS,
    MANAGING,
    Assessed,
    Group,
    Status,
    assessed,
    reminder_due,
)
from kuangdeng.learning.classes import api as classes
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.standards import api as standards
from kuangdeng.org.api import ROLE_LABELS, Person, Role, in_office, reach


@dataclass(frozen=True)
class Manager:
    """One manager: his office, until when he has to pass, and what he has: a certificate, or a result that still holds."""

    person: Person
    roles: tuple[Role, ...]
    since: date
    due_on: date
    state: Assessed
    certificate: Certificate | None = None
    exam: str = ""
    valid_until: date | None = None

    @property
    def office(self) -> str:
        """矿领导、区队长."""
        return "、".join(str(ROLE_LABELS[one]) for one in self.roles)

    @property
    def label(self) -> object:
        """The state in words."""
        return ASSESSED_LABELS[self.state]

    @property
    def days(self) -> int:
        """How many days are left; fewer than none when he is late."""
        return (self.due_on - clock.today()).days


def managers(mine_id: UUID, person_id: UUID | None = None) -> list[Manager]:
    """Everybody in an office of safety, who is late first. The number of statements does not depend on how many."""
    today, book = clock.today(), standards.Rulebook(mine_id)
    held = in_office(mine_id, MANAGING)
    if person_id is not None:
        held = [one for one in held if one.person.id == person_id]
    ids = [one.person.id for one in held]
    groups = (Group.PRINCIPAL, Group.MANAGER)
    rows = Certificate.objects.filter(
        person__in=ids, status=Status.HELD, type__group__in=groups, valid_until__gte=today
    )
    certified = {one.person_id: one for one in rows.select_related("type").order_by("valid_until")}
    passed = _results_that_hold(mine_id, ids, book)
    found = []
    for one in held:
        due_on = standards.months_later(one.since, int(book.on("manager.months", one.since)))
        title, until = passed.get(one.person.id, ("", None))
        certificate = certified.get(one.person.id)
        state = assessed(
            certified=certificate is not None,
            passed=until is not None,
            due_on=due_on,
            today=today,
            first_year=int(book.on("records.year")),
        )
        found.append(Manager(one.person, one.roles, one.since, due_on, state, certificate, title, until))
    order = list(Assessed)
    return sorted(found, key=lambda one: (order.index(one.state), one.due_on))


def _results_that_hold(mine_id: UUID, ids: list[UUID], book: standards.Rulebook) -> dict[UUID, tuple[str, date]]:
    """Who has passed in a class for managers, with the exam and until when that counts, unless it counts no more."""
    found: dict[UUID, tuple[str, date]] = {}
    for sheet in classes.passed_in(mine_id, classes.Kind.MANAGERS).filter(person__in=ids).order_by("exam__opens_at"):
        last = exams.valid_until(sheet, book)
        if last is not None and last >= clock.today():
            found[sheet.person_id] = (sheet.exam.title, last)
    return found


def managers_seen(by: Person) -> list[Manager]:
    """Those of his reach."""
    limits = reach(by, "cert.see")
    return [one for one in managers(by.mine_id) if limits is None or one.person.unit_id in limits]


@dataclass(frozen=True)
class DueManager:
    """A reminder that has come and was not told."""

    person_id: UUID
    due_on: date
    step: int


def managers_to_remind(mine_id: UUID) -> list[DueManager]:
    """Who has to pass within 90, 60 or 30 days, or should have by now, and was not told so; the steps of the certificates."""
    steps = notice_days(mine_id)
    told = set(ManagerReminder.objects.filter(person__mine_id=mine_id).values_list("person_id", "due_on", "step"))
    found = []
    for one in managers(mine_id):
        step = reminder_due(one.due_on, clock.today(), steps)
        if one.state in (Assessed.LATE, Assessed.OWED) and step is not None:
            found.append(DueManager(one.person.id, one.due_on, step))
    return [one for one in found if (one.person_id, one.due_on, one.step) not in told]
