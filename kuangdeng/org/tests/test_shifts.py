"""Shifts across midnight, month end and a change of scheme; the calendar that never guesses."""

import itertools
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuangdeng.kernel.clock import set_to
from kuangdeng.kernel.errors import Refused
from kuangdeng.org.models import CalendarDay, ShiftScheme, UnitShift
from kuangdeng.org.queries.shifts import (
    calendar_warning,
    end_of_shift,
    forget_timetables,
    is_workday,
    scheme_of,
    shift_aliases,
    shift_at,
    shift_now,
    spans_between,
    timetables,
    workday,
    workdays_after,
)
from kuangdeng.org.rules import SchemeTimes, ShiftTime, Timetable, gap_minutes, overlapping, timetable
from kuangdeng.org.services import calendar as calendar_verbs
from kuangdeng.org.services import shifts as verbs
from kuangdeng.org.services.seed import set_up_org
from kuangdeng.org.services.shifts import ShiftData
from kuangdeng.org.testkit import Cast, make_cast

TZ = ZoneInfo("Asia/Shanghai")
THREE = SchemeTimes("三八制", (ShiftTime("零点班", time(0), time(8)), ShiftTime("八点班", time(8), time(16)),
                            ShiftTime("四点班", time(16), time(0))))  # fmt: skip
FOUR = SchemeTimes("四六制", (ShiftTime("一班", time(2), time(8)), ShiftTime("检修班", time(8), time(14)),
                           ShiftTime("三班", time(14), time(20)), ShiftTime("四班", time(20), time(2))))  # fmt: skip
OFFICE = SchemeTimes("单班制", (ShiftTime("白班", time(8), time(18)),))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TZ)


@pytest.fixture
def cast(db: None) -> Cast:
    forget_timetables()
    return make_cast()


# Pure -----------------------------------------------------------------------------------------------------------------

starts = st.lists(st.integers(0, 24 * 4 - 1), min_size=1, max_size=6, unique=True).map(sorted)


def tiling(quarters: list[int]) -> SchemeTimes:
    """A scheme of any mine that works around the clock: each shift ends where the next begins."""
    times = [time(q // 4, q % 4 * 15) for q in quarters]
    return SchemeTimes(
        str(quarters), tuple(ShiftTime(f"{i}班", t, times[(i + 1) % len(times)]) for i, t in enumerate(times))
    )


@given(starts, starts, st.integers(0, 40), st.integers(0, 40 * 24 * 60))
def test_every_instant_is_in_exactly_one_shift_across_midnight_month_end_and_a_change(
    before: list[int], after: list[int], change: int, minute: int
) -> None:
    first = date(2026, 1, 20)
    table = Timetable(TZ, tiling(before), ((first + timedelta(days=change), tiling(after)),))
    instant = datetime.combine(first, time(0), tzinfo=TZ) + timedelta(minutes=minute)
    span = table.shift_at(instant)
    assert span is not None and span.start <= instant < span.end
    spans = table.spans_between(first - timedelta(days=2), first + timedelta(days=45))
    assert all(a.end == b.start for a, b in itertools.pairwise(spans))
    assert [one for one in spans if one.start <= instant < one.end] == [span]
    ends = table.ends_after(instant, 4)
    assert ends[0] == span.end
    assert ends == sorted(set(ends)) and len(ends) == 4


@given(starts, st.integers(0, 24 * 60))
def test_a_scheme_that_tiles_the_day_has_neither_overlap_nor_gap(quarters: list[int], _minute: int) -> None:
    scheme = tiling(quarters)
    assert overlapping(scheme.shifts) is None
    assert gap_minutes(scheme.shifts) == 0


@given(st.integers(0, 3 * 24 * 60), st.integers(1, 9))
def test_starts_before_run_backwards(minute: int, count: int) -> None:
    table = Timetable(TZ, THREE, ((date(2026, 3, 1), FOUR),))
    instant = at("2026-02-27T00:00") + timedelta(minutes=minute)
    found = table.starts_before(instant, count)
    assert len(found) == count and found == sorted(found, reverse=True) and found[0] < instant


def test_a_change_to_later_shifts_lets_the_old_last_shift_work_on() -> None:
    table = Timetable(TZ, THREE, ((date(2026, 3, 1), FOUR),))
    night = table.shift_at(at("2026-03-01T00:30"))
    assert (night.name, night.day, night.end) == ("四点班", date(2026, 2, 28), at("2026-03-01T02:00"))


def test_a_change_to_earlier_shifts_cuts_the_old_last_shift() -> None:
    table = Timetable(TZ, FOUR, ((date(2026, 3, 1), THREE),))
    assert table.shift_at(at("2026-02-28T23:59")).end == at("2026-03-01T00:00")
    assert table.shift_at(at("2026-03-01T00:00")).name == "零点班"


def test_an_office_has_gaps_and_the_next_shift_counts() -> None:
    table = Timetable(TZ, OFFICE)
    assert table.shift_at(at("2026-11-22T20:00")) is None
    assert table.ends_after(at("2026-11-22T20:00"), 2) == [at("2026-11-23T18:00"), at("2026-11-24T18:00")]


def test_the_nearest_unit_with_a_row_that_has_begun_decides() -> None:
    rows = {"team": [(date(2026, 5, 1), FOUR)], "unit": [(date(2026, 1, 1), OFFICE), (date(2026, 7, 1), THREE)]}
    table = timetable(TZ, THREE, ["team", "unit"], rows)
    assert [table.scheme_on(date(2026, month, 15)) for month in (4, 6, 8)] == [OFFICE, FOUR, FOUR]
    assert table.scheme_on(date(2025, 12, 31)) == THREE


@pytest.mark.parametrize(
    ("shifts", "clash"),
    [
        ([("早", 8, 16), ("中", 15, 23)], ("早", "中")),
        ([("早", 6, 14), ("夜", 22, 7)], ("夜", "早")),
        ([("全", 8, 8), ("早", 9, 10)], ("全", "早")),
    ],
)
def test_overlap_is_found_also_over_midnight(shifts: list[tuple[str, int, int]], clash: tuple[str, str]) -> None:
    found = overlapping([ShiftTime(name, time(start), time(end)) for name, start, end in shifts])
    assert found is not None and (found[0].name, found[1].name) == clash


# Verbs and queries ----------------------------------------------------------------------------------------------------

FOUR_SIX = [ShiftData("一班", time(2), time(8)), ShiftData("检修班", time(8), time(14), ("检修",)),
            ShiftData("三班", time(14), time(20)), ShiftData("四班", time(20), time(2))]  # fmt: skip


def test_a_unit_changes_its_scheme_from_a_day_on(cast: Cast) -> None:
    with set_to(at("2026-02-20T09:00")):
        scheme = verbs.add_scheme(name="四六制", shifts=FOUR_SIX, by=cast.administrator)
        verbs.put_on_scheme(
            scheme=scheme, unit=cast.units["mining"], valid_from=date(2026, 3, 1), by=cast.administrator
        )
    team = cast.units["mining_team"]
    assert shift_at(cast.mine, team, at("2026-02-28T21:00")).name == "四点班"
    assert shift_at(cast.mine, team, at("2026-03-01T21:00")).name == "四班"
    assert shift_at(cast.mine, cast.units["tunnel"], at("2026-03-01T21:00")).name == "四点班"
    assert scheme_of(cast.mine, team, date(2026, 3, 1)) == scheme
    assert end_of_shift(cast.mine, team, at("2026-03-01T21:00"), ahead=1) == at("2026-03-02T08:00")
    names = [span.name for span in spans_between(cast.mine, team, date(2026, 2, 28), date(2026, 3, 1))]
    assert names == ["零点班", "八点班", "四点班", "一班", "检修班", "三班", "四班"]


def test_the_whole_mine_changes_at_once(cast: Cast) -> None:
    with set_to(at("2026-02-20T09:00")):
        scheme = verbs.add_scheme(name="四六制", shifts=FOUR_SIX, by=cast.administrator)
        count = verbs.put_on_scheme(scheme=scheme, valid_from=date(2026, 3, 1), by=cast.administrator)
    assert count == 8
    assert shift_at(cast.mine, cast.units["mining_team"], at("2026-03-02T09:00")).name == "检修班"


def test_the_past_keeps_its_scheme(cast: Cast) -> None:
    default = ShiftScheme.objects.get(mine=cast.mine)
    moved = [ShiftData("早班", time(7), time(19)), ShiftData("夜班", time(19), time(7))]
    with pytest.raises(Refused, match="改动过去"):
        verbs.change_scheme(default.id, name="三八制", shifts=moved, by=cast.administrator)
    with pytest.raises(Refused, match="过去的日期"):
        verbs.put_on_scheme(scheme=default, valid_from=date(2020, 1, 1), by=cast.administrator)
    same = [ShiftData(one.name, one.start, one.end, ("别名" + one.name,)) for one in default.shifts.all()]
    verbs.change_scheme(default.id, name="三八制", shifts=same, by=cast.administrator)
    assert shift_aliases(cast.mine.id)["别名八点班"] == "八点班"


def test_a_change_that_has_not_begun_may_be_taken_back(cast: Cast) -> None:
    default = ShiftScheme.objects.get(mine=cast.mine)
    verbs.put_on_scheme(scheme=default, unit=cast.units["mining"], valid_from=date(2099, 1, 1), by=cast.administrator)
    verbs.take_off_scheme(UnitShift.objects.get().id, by=cast.administrator)
    assert not UnitShift.objects.exists()


@pytest.mark.parametrize(
    ("shifts", "gaps", "words"),
    [
        ([ShiftData("早班", time(8), time(16)), ShiftData("中班", time(15), time(23))], True, "重叠"),
        ([ShiftData("早班", time(8), time(16)), ShiftData("中班", time(16), time(23))], False, "还差 9 小时"),
        ([], False, "至少"),
        ([ShiftData("早班", time(8), time(20), ("夜班",)), ShiftData("夜班", time(20), time(8))], False, "分不清"),
    ],
)
def test_a_scheme_that_cannot_be_worked_is_refused(cast: Cast, shifts, gaps: bool, words: str) -> None:
    with pytest.raises(Refused, match=words):
        verbs.add_scheme(name="新班制", shifts=shifts, gaps=gaps, by=cast.administrator)


def test_many_units_cost_two_statements(cast: Cast, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        tables = timetables(cast.mine, [None, *cast.units.values()])
        for table in tables.values():
            table.spans_between(date(2026, 1, 1), date(2026, 12, 31))
    assert len(tables) == 10


def test_the_top_line_names_the_running_shift_without_asking_the_database_again(
    cast: Cast, django_assert_num_queries
) -> None:
    with set_to(at("2026-11-22T08:00")):
        assert shift_now(cast.miner) == "八点班 08:00–16:00"
        with django_assert_num_queries(0):
            assert shift_now(cast.miner) == "八点班 08:00–16:00"
    with set_to(at("2026-11-22T23:59")):
        assert shift_now(cast.miner) == "四点班 16:00–00:00"


def test_a_new_mine_gets_its_schemes_and_its_known_years_once(cast: Cast) -> None:
    set_up_org(mine=cast.mine)
    assert set(ShiftScheme.objects.values_list("name", flat=True)) == {"三八制", "四六制", "单班制"}
    assert ShiftScheme.objects.get(is_default=True).name == "三八制"
    days = CalendarDay.objects.count()
    assert days > 60
    assert set_up_org(mine=cast.mine) == {"schemes": 0, "days": 0}
    assert CalendarDay.objects.count() == days


# Calendar -------------------------------------------------------------------------------------------------------------


def test_workdays_follow_the_notice_and_are_never_guessed(cast: Cast) -> None:
    set_up_org(mine=cast.mine)
    assert not is_workday(cast.mine.id, date(2026, 2, 17))
    assert is_workday(cast.mine.id, date(2026, 2, 14))
    assert not is_workday(cast.mine.id, date(2026, 11, 22))
    assert is_workday(cast.mine.id, date(2026, 11, 23))
    assert workdays_after(cast.mine.id, date(2026, 9, 30), 1) == date(2026, 10, 8)
    with pytest.raises(Refused, match="2027 年放假"):
        is_workday(cast.mine.id, date(2027, 3, 1))
    guess = workday(cast.mine.id, date(2027, 3, 1))
    assert (guess.is_workday, guess.confirmed) == (True, False)


def test_next_years_days_are_asked_for_from_november_on(cast: Cast) -> None:
    set_up_org(mine=cast.mine)
    with set_to(at("2026-10-31T12:00")):
        assert calendar_warning(cast.mine.id) == ""
    with set_to(at("2026-11-01T00:00")):
        assert "还没有 2027 年" in calendar_warning(cast.mine.id)
        day = calendar_verbs.DayData(date(2027, 1, 1), "放假", "元旦", "通知")
        calendar_verbs.import_days(days=[day], by=cast.administrator)
        assert "2027 年的放假和调休日期还没有核对" in calendar_warning(cast.mine.id)
        with pytest.raises(Refused):
            is_workday(cast.mine.id, date(2027, 1, 4))
        assert calendar_verbs.confirm_year(2027, by=cast.administrator) == 1
        assert calendar_warning(cast.mine.id) == ""
        assert is_workday(cast.mine.id, date(2027, 1, 4))


def test_an_import_with_a_wrong_row_writes_nothing(cast: Cast) -> None:
    days = [calendar_verbs.DayData(date(2027, 1, 1), "放假"), calendar_verbs.DayData(date(2027, 1, 1), "上班")]
    with pytest.raises(Refused, match="出现了两次"):
        calendar_verbs.import_days(days=days, by=cast.administrator)
    with pytest.raises(Refused, match="认不出来"):
        calendar_verbs.import_days(days=[calendar_verbs.DayData(date(2027, 1, 1), "随便")], by=cast.administrator)
    assert not CalendarDay.objects.exists()
