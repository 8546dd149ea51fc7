"""The verbs of the calendar: days that are not what their weekday says (放假、调休上班)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.models import CalendarDay, Mine, Person
from kuangdeng.org.queries import may

KINDS = {
    "holiday": CalendarDay.Kind.HOLIDAY, "workday": CalendarDay.Kind.WORKDAY, "makeup_workday": CalendarDay.Kind.WORKDAY,
    "放假": CalendarDay.Kind.HOLIDAY, "休息": CalendarDay.Kind.HOLIDAY, "休": CalendarDay.Kind.HOLIDAY,
    "节假日": CalendarDay.Kind.HOLIDAY, "法定节假日": CalendarDay.Kind.HOLIDAY, "上班": CalendarDay.Kind.WORKDAY,
    "调休上班": CalendarDay.Kind.WORKDAY, "补班": CalendarDay.Kind.WORKDAY, "班": CalendarDay.Kind.WORKDAY,
    "工作日": CalendarDay.Kind.WORKDAY, "调休": CalendarDay.Kind.WORKDAY,
}  # fmt: skip


@dataclass(frozen=True)
class DayData:
    """One day of a notice."""

    day: date
    kind: str
    name: str = ""
    source: str = ""
    confirmed: bool = False


def _check(by: Person) -> None:
    if not may(by, "org.manage"):
        raise Refused(_("您没有权限管理日历。请联系系统管理员。"), code="not_allowed")


def _enter(
    what: str, mine_id: UUID, label: str, by: Person | None, payload: dict[str, object], quantity: int = 1
) -> None:
    post(
        f"org.{what}",
        Subject("calendar", mine_id, label),
        mine_id=mine_id,
        by=by,
        quantity=quantity,
        payload=payload,
    )


def _write(mine_id: UUID, days: Sequence[DayData]) -> None:
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(mine_id=mine_id, day=one.day, kind=KINDS[one.kind], name=one.name[:30], source=one.source[:200],
                        confirmed=one.confirmed)
            for one in days
        ],
        update_conflicts=True,
        unique_fields=["mine", "day"],
        update_fields=["kind", "name", "source", "confirmed"],
    )  # fmt: skip


@verb
def set_day(*, data: DayData, by: Person) -> CalendarDay:
    """Write down one day (登记放假或调休). Refused for a kind that is neither."""
    _check(by)
    _check_kinds([data])
    _write(by.mine_id, [data])
    _enter("set_day", by.mine_id, f"{data.day:%Y-%m-%d}", by, {"kind": KINDS[data.kind], "name": data.name,
                                                              "confirmed": data.confirmed})  # fmt: skip
    return CalendarDay.objects.get(mine_id=by.mine_id, day=data.day)


def _check_kinds(days: Sequence[DayData]) -> None:
    for one in days:
        if one.kind not in KINDS:
            raise Refused(
                _("%(day)s 的类别「%(kind)s」认不出来。请填「放假」或「调休上班」。")
                % {"day": f"{one.day:%Y-%m-%d}", "kind": one.kind},
                field="kind",
            )


@verb
def drop_day(day_id: int, *, by: Person) -> CalendarDay:
    """Take a wrong day out of the calendar (删除日历日期)."""
    _check(by)
    row = CalendarDay.objects.select_for_update().filter(id=day_id, mine_id=by.mine_id).first()
    if row is None:
        raise NotVisible
    CalendarDay.objects.filter(id=row.id).delete()
    _enter("drop_day", by.mine_id, f"{row.day:%Y-%m-%d}", by, {"kind": row.kind, "name": row.name})
    return row


@verb
def import_days(*, days: Sequence[DayData], by: Person) -> int:
    """Take in the days of a year's notice (导入日历); the same day again replaces what was there.

    They are unconfirmed until a person has checked them against the notice. Refused when a day comes twice or its
    kind is unknown; then nothing is written.
    """
    _check(by)
    if not days:
        raise Refused(_("文件里没有日期。请检查表头是否有「日期」和「类别」两列。"), field="file")
    _check_kinds(days)
    seen: set[date] = set()
    for one in days:
        if one.day in seen:
            raise Refused(_("%(day)s 在文件里出现了两次。请只留一行。") % {"day": f"{one.day:%Y-%m-%d}"}, field="file")
        seen.add(one.day)
    _write(by.mine_id, days)
    years = sorted({one.day.year for one in days})
    _enter(
        "import_days", by.mine_id, "、".join(f"{year} 年" for year in years), by, {"years": years}, quantity=len(days)
    )
    return len(days)


@verb
def confirm_year(year: int, *, by: Person) -> int:
    """Stand for it that a year's days were checked against the notice (核对日历): from now on workdays are counted by it.

    Refused when the year has no days, or all are confirmed.
    """
    _check(by)
    rows = CalendarDay.objects.filter(mine_id=by.mine_id, day__year=year)
    if not rows.exists():
        raise Refused(_("日历里还没有 %(year)s 年的日期。请先导入。") % {"year": year})
    count = rows.filter(confirmed=False).update(confirmed=True)
    if count == 0:
        raise Refused(_("%(year)s 年的日期都已经核对过了。") % {"year": year})
    _enter("confirm_year", by.mine_id, f"{year} 年", by, {"year": year}, quantity=count)
    return count


@cache
def shipped_days() -> tuple[DayData, ...]:
    """The days that the product ships, read from the notices of the known years."""
    found = []
    for file in sorted(
        resources.files("kuangdeng.org").joinpath("data", "calendar").iterdir(), key=lambda one: one.name
    ):
        if file.name.endswith(".json"):
            for row in json.loads(file.read_text(encoding="utf-8")):
                found.append(
                    DayData(date.fromisoformat(row["day"]), row["kind"], row["name"], row["source"], row["confirmed"])
                )
    return tuple(found)


def seed_calendar(mine: Mine) -> int:
    """Give a new mine the days that the product knows; days that are there stay. Part of the set-up verb."""
    have = set(CalendarDay.objects.filter(mine=mine).values_list("day", flat=True))
    missing = [one for one in shipped_days() if one.day not in have]
    _write(mine.id, missing)
    return len(missing)
