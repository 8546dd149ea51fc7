"""When a notice goes out, as tables: quiet hours across midnight, digests across shift boundaries, what climbs where."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from kuangdeng.ledger.rules import (
    Pace,
    Plan,
    Quiet,
    cut_names,
    escalates_at,
    fit,
    leaving,
    next_third,
    next_try,
    plan,
    room,
    stronger,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(clock: str, day: int = 22) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute), tzinfo=SHANGHAI)


NIGHT, NOON = Quiet(time(22), time(7)), Quiet(time(12), time(14))


@pytest.mark.parametrize(
    ("quiet", "when", "ends"),
    [
        (NIGHT, at("21:59"), None),
        (NIGHT, at("22:00"), at("7:00", 23)),
        (NIGHT, at("23:59"), at("7:00", 23)),
        (NIGHT, at("0:00"), at("7:00")),
        (NIGHT, at("6:59"), at("7:00")),
        (NIGHT, at("7:00"), None),
        (NOON, at("11:59"), None),
        (NOON, at("12:00"), at("14:00")),
        (NOON, at("14:00"), None),
        (NOON, at("23:00"), None),
        (Quiet(time(8), time(8)), at("8:00"), None),
    ],
)
def test_quiet_hours_end(quiet: Quiet, when: datetime, ends: datetime | None) -> None:
    assert quiet.ends(when) == ends


END = at("16:00")
TABLE = [
    # what is wanted                                                     when it goes
    ({"pace": Pace.NONE}, None),
    ({"pace": Pace.NONE, "urgent": True}, None),
    ({"pace": Pace.NOW}, Plan(at("15:30"))),
    ({"pace": Pace.SHIFT, "shift_end": END}, Plan(END, digest=True)),
    ({"pace": Pace.SHIFT}, Plan(END, digest=True)),  # without shifts: the next of 0, 8 and 16
    ({"pace": Pace.DAILY}, Plan(at("7:30", 23), digest=True)),
    ({"pace": Pace.DAILY, "daily_at": time(18)}, Plan(at("18:00"), digest=True)),
    ({"pace": Pace.DAILY, "daily_at": time(15, 30)}, Plan(at("15:30", 23), digest=True)),
    # a task that is due before the digest does not wait for it
    ({"pace": Pace.SHIFT, "shift_end": END, "must_act": True, "due_at": at("15:59")}, Plan(at("15:30"))),
    ({"pace": Pace.SHIFT, "shift_end": END, "must_act": True, "due_at": END}, Plan(at("15:30"))),
    ({"pace": Pace.SHIFT, "shift_end": END, "must_act": True, "due_at": at("16:01")}, Plan(END, digest=True)),
    ({"pace": Pace.SHIFT, "shift_end": END, "must_act": False, "due_at": at("15:59")}, Plan(END, digest=True)),
    ({"pace": Pace.SHIFT, "shift_end": END, "must_act": True}, Plan(END, digest=True)),
    # quiet hours hold what is not urgent
    ({"pace": Pace.NOW, "quiet": Quiet(time(15), time(17))}, Plan(at("17:00"))),
    ({"pace": Pace.NOW, "quiet": Quiet(time(15), time(17)), "urgent": True}, Plan(at("15:30"))),
    ({"pace": Pace.SHIFT, "shift_end": END, "urgent": True}, Plan(at("15:30"))),
    ({"pace": Pace.SHIFT, "shift_end": END, "quiet": Quiet(time(15), time(17))}, Plan(at("17:00"), digest=True)),
    (
        {"pace": Pace.SHIFT, "shift_end": END, "must_act": True, "due_at": END, "quiet": Quiet(time(15), time(17))},
        Plan(at("17:00")),
    ),
]


@pytest.mark.parametrize(("wanted", "expected"), TABLE)
def test_when_a_notice_of_half_past_three_goes_out(wanted: dict[str, object], expected: Plan | None) -> None:
    assert plan(at("15:30"), **wanted) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("when", "third"),
    [(at("0:00"), at("8:00")), (at("7:59"), at("8:00")), (at("8:00"), at("16:00")), (at("23:00"), at("0:00", 23))],
)
def test_thirds_of_the_day(when: datetime, third: datetime) -> None:
    assert next_third(when) == third


@pytest.mark.parametrize(
    ("used", "reachable", "channel"),
    [
        ([], ["email", "sms"], "email"),
        ([], ["sms"], "sms"),
        (["email"], ["email", "sms"], "sms"),
        (["email"], ["email"], None),
        (["sms"], ["email", "sms"], None),
        ([], [], None),
        (["wecom"], ["email"], "email"),
    ],
)
def test_a_task_climbs_to_the_next_stronger_channel(used: list[str], reachable: list[str], channel: str | None) -> None:
    assert stronger(used, reachable) == channel


def test_when_a_task_climbs() -> None:
    assert escalates_at("hours", 2, at("15:30"), END) == at("17:30")
    assert escalates_at("shift", 0, at("15:30"), END) == END
    assert escalates_at("shift", 0, at("15:30"), None) == at("16:00")


def test_names_are_cut_longest_first_and_bodies_stay_at_home() -> None:
    assert cut_names("李小明和李小都伤了", ["李小", "李小明", "李"]) == "李某某和李某都伤了"
    said = leaving("王铁柱\n违章操作", "王铁柱罚款 200 元", ["王铁柱"])
    assert said == ("王某某 违章操作", "")
    assert leaving("每日公布", "编者：王铁柱", ["王铁柱"], body_leaves=True) == ("每日公布", "编者：王某某")


def test_a_long_text_keeps_its_link() -> None:
    text = fit("隐患" * 2000, "\nhttps://kd.example.cn/n/abc/", 2048)
    assert text.endswith("…\nhttps://kd.example.cn/n/abc/")
    assert 2040 < len(text.encode()) <= 2048
    assert fit("短", "\nx", 2048) == "短\nx"
    assert len(fit("字" * 300, " http://x/", 200, count_bytes=False)) == 200
    assert fit("隐患排查", "\n" + "x" * 3000, 9) == "隐患…"


def test_the_rate_leaves_room() -> None:
    now = at("15:30")
    sent = [now - timedelta(seconds=n) for n in (0.5, 0.9, 30, 59, 61)]
    assert room(sent, now, per_minute=20) == 16
    assert room(sent, now, per_minute=100, per_second=5) == 3
    assert room(sent, now, per_minute=3) == 0


def test_the_next_try_waits_longer_each_time_or_as_long_as_it_is_told() -> None:
    now = at("15:30")
    assert [int((next_try(now, n) - now).total_seconds() / 60) for n in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert next_try(now, 1, timedelta(minutes=10)) - now == timedelta(minutes=10)
    assert next_try(now, 8, timedelta(minutes=10)) - now == timedelta(minutes=128)
