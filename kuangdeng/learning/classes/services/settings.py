"""Limits, teachers, and the calendar that a learner gives to his phone."""

import secrets
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need, source_of
from kuangdeng.learning.classes.models import LessonCalendar, RosterRule, Teacher
from kuangdeng.learning.classes.rules import Limits
from kuangdeng.learning.classes.services._steps import check
from kuangdeng.learning.standards import api as standards
from kuangdeng.ledger.api import Subject, enter, post
from kuangdeng.org.api import Mine, Person, Unit


@verb
def set_up_classes(*, mine: Mine, by: Person | None = None) -> dict[str, int]:
    """Give a mine the training rules with their sources, none of them confirmed, and limits to change (初始化培训).

    May run again.
    """
    made = {"rules": standards.ship_rules(mine), "limits": 0}
    if not RosterRule.objects.filter(mine=mine).exists():
        RosterRule.objects.create(mine=mine, valid_from=clock.today(), source=standards.HOUSE, **asdict(Limits()))
        made["limits"] = 1
    post("training.set_up", Subject("mine", mine.id, mine.name), mine_id=mine.id, by=by, payload=dict(made))
    return made


@verb
def save_roster_rule(
    *, valid_from: date, limits: Limits, source: str, confirmed: bool, by: Person, unit: Unit | None = None
) -> RosterRule:
    """Say how many of a unit and of a team may be away in one batch from a day on (编班限额).

    Refused for numbers that are none, for a past day, and without a source when they are called confirmed.
    """
    check(by, "class.limits")
    if unit is not None and unit.mine_id != by.mine_id:
        raise NotVisible
    if valid_from < clock.today():
        raise Refused(_("规则从今天或以后的日期起用，不能改过去的。"), field="valid_from")
    bounds = {
        "unit_percent": (1, 100),
        "unit_most": (1, 500),
        "team_percent": (1, 100),
        "team_most": (1, 200),
        "trade_stay": (0, 50),
    }
    values = asdict(limits)
    for name, (least, most) in bounds.items():
        if not least <= values[name] <= most:
            raise Refused(_("请填 %(least)d 到 %(most)d。") % {"least": least, "most": most}, field=name)
    words = source_of(source, confirmed=confirmed)
    row, _new = RosterRule.objects.update_or_create(
        mine_id=by.mine_id, unit=unit, valid_from=valid_from,
        defaults={**values, "source": words, "confirmed": confirmed},
    )  # fmt: skip
    with in_chinese():
        label = _("编班限额：%s") % (unit.name if unit else _("全矿"))
    told = {**values, "valid_from": valid_from.isoformat(), "source": row.source, "confirmed": confirmed}
    enter("training.save_limits", Subject("roster_rule", str(row.pk), label), by.mine_id, by, told)
    return row


# Teachers ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TeacherData:
    """What is kept of a teacher."""

    name: str = ""
    person: Person | None = None
    organisation: str = ""
    title: str = ""
    qualification: str = ""
    qualified_until: date | None = None
    subjects: str = ""
    phone: str = ""
    fee: Decimal = Decimal(0)
    left_on: date | None = None
    is_sample: bool = False


def _teacher_values(data: TeacherData, by: Person, but: UUID | None) -> dict[str, object]:
    if data.person is not None and data.person.mine_id != by.mine_id:
        raise NotVisible
    name = (
        data.person.name if data.person else need(data.name, _("请填写教师姓名，或选本矿职工。"), field="name", most=60)
    )
    if data.person is None and not data.organisation.strip():
        raise Refused(_("外聘专家请填写工作单位。"), field="organisation")
    if (
        data.person
        and Teacher.objects.filter(mine_id=by.mine_id, person=data.person).exclude(id__in=[but] if but else []).exists()
    ):
        raise Refused(_("%s已经是教师。") % name, field="person", code="again")
    if data.fee < 0:
        raise Refused(_("课酬不能是负数。"), field="fee")
    return {
        **{key: value.strip() if isinstance(value, str) else value for key, value in data.__dict__.items()},
        "name": name,
    }


def _told(teacher: Teacher) -> dict[str, object]:
    return {
        "qualification": teacher.qualification, "organisation": teacher.organisation,
        "fee": str(teacher.fee) if teacher.fee else "", "left_on": teacher.left_on.isoformat() if teacher.left_on else "",
    }  # fmt: skip


@verb
def add_teacher(*, data: TeacherData, by: Person) -> Teacher:
    """Register somebody who teaches (登记教师): of the mine, or an invited expert. Refused twice for one person."""
    check(by, "class.teachers")
    made = Teacher.objects.create(mine_id=by.mine_id, **_teacher_values(data, by, None))
    enter("teacher.add", Subject("teacher", made.id, made.name), by.mine_id, by, _told(made))
    return made


@verb
def change_teacher(teacher_id: UUID, *, data: TeacherData, by: Person) -> Teacher:
    """Change what is kept of a teacher, or end his engagement (更正教师). Refused as for a new one."""
    check(by, "class.teachers")
    found = one_of(Teacher.objects.select_for_update(of=("self",)).filter(id=teacher_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    for name, value in _teacher_values(data, by, found.id).items():
        setattr(found, name, value)
    found.save()
    enter("teacher.change", Subject("teacher", found.id, found.name), by.mine_id, by, _told(found))
    return found


# The calendar -----------------------------------------------------------------------------------------------------------


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


@verb
def make_lesson_calendar(*, by: Person) -> str:
    """Give one's timetable a secret address for the phone's calendar (课表日历); it is told once, a new one ends the old."""
    secret = secrets.token_urlsafe(24)
    LessonCalendar.objects.update_or_create(person=by, defaults={"digest": _digest(secret), "made_at": clock.now()})
    enter("training.make_calendar", Subject("person", by.id, by.name), by.mine_id, by, {}, unit=by.unit)
    return secret


@verb
def revoke_lesson_calendar(*, by: Person) -> None:
    """End the address of one's timetable (停用课表日历). Refused when there is none."""
    gone, _rows = LessonCalendar.objects.filter(person=by).delete()
    if not gone:
        raise Refused(_("您没有启用课表日历。"), code="gone")
    enter("training.revoke_calendar", Subject("person", by.id, by.name), by.mine_id, by, {}, unit=by.unit)
