"""Reading shifts and the calendar: which shift an instant lies in, when it ends, whether a day is a workday."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.search import fold
from kuangdeng.org.models import CalendarDay, Mine, Person, Shift, ShiftScheme, Unit, UnitShift
from kuangdeng.org.rules import SchemeTimes, ShiftSpan, ShiftTime, Timetable, gap_minutes, timetable

# Timetables -----------------------------------------------------------------------------------------------------------


def timetables(mine: Mine, units: Iterable[Unit | None]) -> dict[UUID | None, Timetable]:
    """The timetable of each unit by its id (None: of the mine as a whole), with two statements for all of them."""
    wanted = {unit.id if unit else None: [unit.id, *reversed(unit.ancestors)] if unit else [] for unit in units}
    asked = {one for chain in wanted.values() for one in chain}
    rows = list(
        UnitShift.objects.filter(unit_id__in=asked).order_by("valid_from").values_list("unit_id", "valid_from", "scheme_id")
    ) if asked else []  # fmt: skip
    schemes, default = _schemes(mine, {scheme_id for _unit, _first, scheme_id in rows})
    by_unit: dict[object, list[tuple[date, SchemeTimes]]] = defaultdict(list)
    for unit_id, first, scheme_id in rows:
        by_unit[unit_id].append((first, schemes[scheme_id]))
    tz = ZoneInfo(mine.timezone)
    return {unit_id: timetable(tz, default, chain, by_unit) for unit_id, chain in wanted.items()}


def _schemes(mine: Mine, ids: set[UUID]) -> tuple[Mapping[UUID, SchemeTimes], SchemeTimes | None]:
    """The schemes asked for and the mine's default one, with their times, in one statement."""
    shifts: dict[UUID, list[ShiftTime]] = defaultdict(list)
    names: dict[UUID, str] = {}
    default_id: UUID | None = None
    rows = Shift.objects.filter(scheme__mine=mine).order_by("start")
    for scheme_id, scheme, is_default, name, start, end in rows.values_list(
        "scheme_id", "scheme__name", "scheme__is_default", "name", "start", "end"
    ):
        shifts[scheme_id].append(ShiftTime(name, start, end))
        names[scheme_id] = scheme
        default_id = scheme_id if is_default else default_id
    times = {one: SchemeTimes(names[one], tuple(shifts[one])) for one in names}
    for empty in ids - set(times):
        times[empty] = SchemeTimes("", ())
    return times, times.get(default_id) if default_id else None


def timetable_of(mine: Mine, unit: Unit | None) -> Timetable:
    """The timetable of one unit; for many units ask `timetables` once."""
    return timetables(mine, [unit])[unit.id if unit else None]


def scheme_of(mine: Mine, unit: Unit | None, on: date) -> ShiftScheme | None:
    """The scheme by which `unit` works on `on`: its own row, else the nearest unit above, else the mine's default."""
    if unit is not None:
        chain = [unit.id, *reversed(unit.ancestors)]
        rows = UnitShift.objects.filter(unit_id__in=chain, valid_from__lte=on).select_related("scheme")
        best = max(rows, key=lambda row: (-chain.index(row.unit_id), row.valid_from), default=None)
        if best:
            return best.scheme
    return ShiftScheme.objects.filter(mine=mine, is_default=True).first()


def spans_between(mine: Mine, unit: Unit | None, start: date, end: date) -> list[ShiftSpan]:
    """Every shift that begins on a day from `start` to `end`, by the scheme that holds on that day."""
    return timetable_of(mine, unit).spans_between(start, end)


def shift_at(mine: Mine, unit: Unit | None, at: datetime) -> ShiftSpan | None:
    """In which shift this instant lies; None in a gap of the scheme."""
    return timetable_of(mine, unit).shift_at(at)


def end_of_shift(mine: Mine, unit: Unit | None, at: datetime, *, ahead: int = 0) -> datetime | None:
    """When the shift of this instant ends (ahead=0), or the one after it (ahead=1), and so on.

    In a gap between shifts the next one to begin counts as the present one. None when the unit has no scheme.
    """
    ends = timetable_of(mine, unit).ends_after(at, ahead + 1)
    return ends[ahead] if len(ends) > ahead else None


NOW_KEPT = 60.0
LABEL_KEPT = 5.0
_kept: dict[tuple[UUID, UUID | None], tuple[float, Timetable]] = {}


def shift_now(person: Person) -> str:
    """The running shift of the person's unit for the top line: 八点班 08:00–16:00. Empty in a gap.

    Every page asks this, so the timetable is kept for a minute in this process.
    """
    table = _kept_timetable(person.mine, person.unit, NOW_KEPT)
    span = table.shift_at(clock.now())
    if span is None:
        return ""
    return f"{span.name} {span.start.astimezone(table.tz):%H:%M}–{span.end.astimezone(table.tz):%H:%M}"


def shift_name_at(mine: Mine, unit: Unit | None, at: datetime) -> ShiftSpan | None:
    """In which shift a report is made, for its label. Deadlines never ask this: the timetable may be seconds old."""
    return _kept_timetable(mine, unit, LABEL_KEPT).shift_at(at)


def _kept_timetable(mine: Mine, unit: Unit | None, most: float) -> Timetable:
    """The unit's timetable, read again when it is older than `most` seconds or a scheme was changed here."""
    key = (mine.id, unit.id if unit else None)
    kept = _kept.get(key)
    if kept is None or monotonic() - kept[0] > most:
        if len(_kept) > 500:
            _kept.clear()
        kept = _kept[key] = (monotonic(), timetable_of(mine, unit))
    return kept[1]


def forget_timetables() -> None:
    """Drop what is kept for the top line and for labels, after a change of schemes in this process and between tests."""
    _kept.clear()


# Registers ------------------------------------------------------------------------------------------------------------


def schemes(mine_id: UUID) -> QuerySet[ShiftScheme]:
    """The mine's shift schemes with their shifts."""
    return (
        ShiftScheme.objects.filter(mine_id=mine_id)
        .prefetch_related("shifts")
        .annotate(unit_count=Count("unit_rows__unit", distinct=True))
        .order_by("-is_default", "name")
    )


def get_scheme(scheme_id: UUID, *, by: Person) -> ShiftScheme:
    """One scheme of the person's mine. NotVisible when there is none."""
    scheme = schemes(by.mine_id).filter(id=scheme_id).first()
    if scheme is None:
        raise NotVisible
    return scheme


def has_gaps(scheme: ShiftScheme) -> bool:
    """Whether nobody works by this scheme at some time of the day: an office's scheme."""
    times = [ShiftTime(shift.name, shift.start, shift.end) for shift in scheme.shifts.all()]
    return bool(times) and gap_minutes(times) > 0


def scheme_rows(mine_id: UUID) -> QuerySet[UnitShift]:
    """Which unit works by which scheme from which day on, the latest first."""
    return (
        UnitShift.objects.filter(unit__mine_id=mine_id)
        .select_related("unit", "scheme")
        .order_by("-valid_from", "unit__name")
    )


def shift_aliases(mine_id: UUID) -> dict[str, str]:
    """Every way in which the mine's shifts are written, folded, with the shift's name; the default scheme decides first."""
    found: dict[str, str] = {}
    for shift in Shift.objects.filter(scheme__mine_id=mine_id).order_by("-scheme__is_default", "start"):
        for word in [shift.name, *shift.aliases]:
            found.setdefault(fold(word), shift.name)
    return found


# Calendar -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Workday:
    """Whether a day is worked in the offices. `confirmed` is False when that year's notice is not in the register."""

    is_workday: bool
    confirmed: bool
    name: str = ""


def calendar(mine_id: UUID) -> QuerySet[CalendarDay]:
    """The days that are not what their weekday says."""
    return CalendarDay.objects.filter(mine_id=mine_id)


def get_day(day_id: int, *, by: Person) -> CalendarDay:
    """One day of the mine's calendar. NotVisible when there is none."""
    row = CalendarDay.objects.filter(id=day_id, mine_id=by.mine_id).first()
    if row is None:
        raise NotVisible
    return row


def known_years(mine_id: UUID) -> dict[int, bool]:
    """The years that the calendar has, and whether every day of them is confirmed."""
    years: dict[int, bool] = {}
    for day, confirmed in calendar(mine_id).values_list("day", "confirmed"):
        years[day.year] = years.get(day.year, True) and confirmed
    return years


def workday(mine_id: UUID, day: date) -> Workday:
    """Whether the offices work on this day, and whether that is known or only guessed from the weekday."""
    around = CalendarDay.objects.filter(mine_id=mine_id, day__year=day.year)
    known = around.aggregate(first=Min("day"), confirmed=Count("id", filter=Q(confirmed=True)))
    row = around.filter(day=day).first() if known["first"] else None
    if row is not None:
        return Workday(row.kind == CalendarDay.Kind.WORKDAY, row.confirmed, row.name)
    return Workday(day.weekday() < 5, known["confirmed"] > 0)


def is_workday(mine_id: UUID, day: date) -> bool:
    """Whether the offices work on this day (工作日).

    Refused past the confirmed calendar: a weekday is not a workday just because nobody has read the notice yet.
    """
    known = workday(mine_id, day)
    if not known.confirmed:
        raise Refused(
            _(
                "日历里还没有经过核对的 %(year)s 年放假调休安排，不能推算 %(year)d年%(month)02d月%(day)02d日 是不是工作日。"
                "请在「设置 → 日历」导入国务院办公厅通知里的日期并确认。"
            )
            % {"year": day.year, "month": day.month, "day": day.day},
            code="calendar_unknown",
        )
    return known.is_workday


def workdays_after(mine_id: UUID, day: date, count: int) -> date:
    """The day `count` workdays after `day`, for duties of the offices; hazards run day and night and never ask this.

    Refused past the confirmed calendar.
    """
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(mine_id, day)
    return day


WARN_FROM = (11, 1)


def calendar_warning(mine_id: UUID) -> str:
    """From November on: a sentence when next year's days are missing or not checked; all year, for this year. Else empty."""
    today = clock.today()
    years = [today.year] + ([today.year + 1] if (today.month, today.day) >= WARN_FROM else [])
    rows = CalendarDay.objects.filter(mine_id=mine_id, day__year__in=years)
    found = dict(rows.values_list("day__year").annotate(checked=Count("id", filter=Q(confirmed=True))).order_by())
    for year in years:
        if year not in found:
            return _("日历里还没有 %(year)s 年的放假和调休日期，按工作日计算的期限会算不出来。请导入。") % {
                "year": year
            }
        if not found[year]:
            return _("日历里 %(year)s 年的放假和调休日期还没有核对。请对照国务院办公厅通知核对后确认。") % {
                "year": year
            }
    return ""
