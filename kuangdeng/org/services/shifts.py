"""The verbs of shifts: 班制、班次、单位执行的班制."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.search import fold
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.models import Mine, Person, Shift, ShiftScheme, Unit, UnitShift
from kuangdeng.org.queries import may
from kuangdeng.org.queries.shifts import forget_timetables
from kuangdeng.org.rules import ShiftTime, gap_minutes, overlapping


@dataclass(frozen=True)
class ShiftData:
    """One shift as it is typed: its name, from when to when, and the other ways to write it."""

    name: str
    start: time
    end: time
    aliases: Sequence[str] = field(default=())


def _check(by: Person) -> None:
    if not may(by, "org.manage"):
        raise Refused(_("您没有权限管理班制。请联系系统管理员。"), code="not_allowed")


def _enter(what: str, scheme: ShiftScheme, by: Person, payload: dict[str, object], unit: Unit | None = None) -> None:
    forget_timetables()
    post(
        f"org.{what}",
        Subject("shift_scheme", scheme.id, scheme.name),
        mine_id=scheme.mine_id,
        by=by,
        unit=unit,
        payload=payload,
    )


def _told(shifts: Sequence[ShiftData]) -> list[str]:
    return [f"{one.name} {one.start:%H:%M}–{one.end:%H:%M}" for one in shifts]


def check_shifts(shifts: Sequence[ShiftData], *, gaps: bool) -> None:
    """What every scheme must hold: names and spellings of its own, no overlap, no gap unless it is an office's.

    Refused in words that name the shifts.
    """
    if not shifts:
        raise Refused(_("一个班制至少要有一个班次。请填写班次名称和起止时间。"), field="shifts")
    seen: dict[str, str] = {}
    for shift in shifts:
        if not shift.name.strip():
            raise Refused(_("每个班次都要有名称。请补上。"), field="shifts")
        for word in dict.fromkeys(fold(word) for word in [shift.name, *shift.aliases] if word.strip()):
            if word in seen:
                raise Refused(
                    _("「%(word)s」在「%(seen)s」和「%(shift)s」里都有，分不清是哪个班。请只留一处。")
                    % {"word": word, "seen": seen[word], "shift": shift.name},
                    field="shifts",
                )
            seen[word] = shift.name
    times = [ShiftTime(one.name, one.start, one.end) for one in shifts]
    pair = overlapping(times)
    if pair is not None:
        raise Refused(
            _("「%(first)s」和「%(second)s」的时间重叠。请调整起止时间，使一个班结束时下一个班才开始。")
            % {"first": pair[0].name, "second": pair[1].name},
            field="shifts",
        )
    gap = gap_minutes(times)
    if gap > 0 and not gaps:
        hours = _("%d 小时") % (gap // 60) + (_(" %d 分") % (gap % 60) if gap % 60 else "")
        raise Refused(
            _("这些班次合起来还差 %(hours)s没有人值班。井下班制要排满 24 小时；科室班制请勾选「允许空档」。")
            % {"hours": hours},
            field="shifts",
        )


def _write_shifts(scheme: ShiftScheme, shifts: Sequence[ShiftData]) -> None:
    scheme.shifts.all().delete()
    Shift.objects.bulk_create(
        Shift(scheme=scheme, name=one.name.strip(), start=one.start, end=one.end,
              aliases=[word.strip() for word in one.aliases if word.strip()])
        for one in shifts
    )  # fmt: skip


def _check_name(name: str, mine_id: UUID, besides: UUID | None = None) -> str:
    name = name.strip()
    if not name:
        raise Refused(_("请填写班制名称，例如三八制。"), field="name")
    if ShiftScheme.objects.filter(mine_id=mine_id, name=name).exclude(id__in=[besides] if besides else []).exists():
        raise Refused(_("已经有名为「%(name)s」的班制。请换一个名称。") % {"name": name}, field="name")
    return name


@verb
def add_scheme(*, name: str, shifts: Sequence[ShiftData], by: Person, gaps: bool = False) -> ShiftScheme:
    """Write down a shift scheme (新增班制): 三八制, 四六制 or the mine's own. A mine's first one is its default.

    Refused when shifts overlap, or leave gaps although it is not an office's.
    """
    _check(by)
    name = _check_name(name, by.mine_id)
    check_shifts(shifts, gaps=gaps)
    Mine.objects.select_for_update(no_key=True).get(id=by.mine_id)
    first = not ShiftScheme.objects.filter(mine_id=by.mine_id, is_default=True).exists()
    scheme = ShiftScheme.objects.create(mine_id=by.mine_id, name=name, is_default=first)
    _write_shifts(scheme, shifts)
    _enter("add_scheme", scheme, by, {"shifts": _told(shifts), "default": first})
    return scheme


def _locked(scheme_id: UUID, by: Person) -> ShiftScheme:
    scheme = ShiftScheme.objects.select_for_update().filter(id=scheme_id, mine_id=by.mine_id).first()
    if scheme is None:
        raise NotVisible
    return scheme


@verb
def change_scheme(
    scheme_id: UUID, *, name: str, shifts: Sequence[ShiftData], by: Person, gaps: bool = False
) -> ShiftScheme:
    """Correct a scheme's names, spellings and, before anybody works by it, its times (修改班制).

    Refused to move the times of a scheme that is in force: what was judged by it would change afterwards. A new
    scheme from a day on says the same and keeps the past true.
    """
    _check(by)
    scheme = _locked(scheme_id, by)
    name = _check_name(name, by.mine_id, besides=scheme.id)
    check_shifts(shifts, gaps=gaps)
    before = sorted(scheme.shifts.values_list("start", "end"))
    if before != sorted((one.start, one.end) for one in shifts) and _in_force(scheme):
        raise Refused(
            _("这个班制已经在执行，改时间会改动过去的班次和期限。请新增一个班制，并从某一天起让单位执行它。"),
            field="shifts",
        )
    scheme.name = name
    scheme.save(update_fields=["name"])
    _write_shifts(scheme, shifts)
    _enter("change_scheme", scheme, by, {"shifts": _told(shifts)})
    return scheme


def _in_force(scheme: ShiftScheme) -> bool:
    return scheme.is_default or UnitShift.objects.filter(scheme=scheme, valid_from__lte=clock.today()).exists()


@verb
def put_on_scheme(*, scheme: ShiftScheme, valid_from: date, by: Person, unit: Unit | None = None) -> int:
    """Let a unit, with all below it, work by a scheme from a day on (执行班制); no unit means the whole mine.

    The days before keep the scheme that they had. Returns how many units got a row. Refused for a past day: shifts
    and deadlines of that day have been told already.
    """
    _check(by)
    scheme = _locked(scheme.id, by)
    if valid_from < clock.today():
        raise Refused(
            _("不能从过去的日期起改班制：那些天的班次和期限已经按原班制算过。请选择今天或以后的日期。"),
            field="valid_from",
        )
    if unit is not None and (unit.mine_id != by.mine_id or unit.closed_on is not None):
        raise Refused(_("请选择本矿在用的单位。"), field="unit")
    units = [unit] if unit else list(Unit.objects.filter(mine_id=by.mine_id, parent=None, closed_on=None))
    for one in units:
        UnitShift.objects.update_or_create(unit=one, valid_from=valid_from, defaults={"scheme": scheme})
    _enter(
        "put_on_scheme", scheme, by,
        {"from": valid_from.isoformat(), "unit": unit.name if unit else "全矿", "units": len(units)}, unit,
    )  # fmt: skip
    return len(units)


@verb
def take_off_scheme(row_id: int, *, by: Person) -> ShiftScheme:
    """Take back a change of scheme that has not begun (取消班制变更). Refused once its day has come."""
    _check(by)
    row = UnitShift.objects.select_related("scheme", "unit").filter(id=row_id, unit__mine_id=by.mine_id).first()
    if row is None:
        raise NotVisible
    if row.valid_from <= clock.today():
        raise Refused(_("这次班制变更已经生效，不能取消。请从今后某一天起改回原来的班制。"))
    row.delete()
    _enter("take_off_scheme", row.scheme, by, {"from": row.valid_from.isoformat(), "unit": row.unit.name}, row.unit)
    return row.scheme
