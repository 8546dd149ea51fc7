"""From a need to the archive: clashes, the roster, hours from the sign-in, corrections by another, the calendar."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.classes import queries, services
from kuangdeng.learning.classes.models import Lesson, LessonHours, Seat, TrainingNeed
from kuangdeng.learning.classes.rules import Conclusion, Limits
from kuangdeng.learning.classes.services import TeacherData
from kuangdeng.learning.classes.testkit import (
    EVIDENCE,
    PDF,
    all_passed,
    class_in,
    concluded,
    correction_in,
    data_for,
    finished,
    held,
    hours_row,
    lesson_in,
    need_in,
    opened,
    people_in,
    rostered,
    settled,
    teacher_in,
)
from kuangdeng.ledger.api import Notice, seal_all, tell_all
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_a_need_becomes_a_class_once_and_its_proposer_hears_of_it(cast: Cast) -> None:
    need = need_in(cast)
    one = services.accept_need(need.id, data=data_for(cast), by=cast.training_officer)
    need.refresh_from_db()
    assert need.training_class == one
    assert one.purpose == EVIDENCE
    with pytest.raises(Refused, match="已开班"):
        services.accept_need(need.id, data=data_for(cast), by=cast.training_officer)
    seal_all()
    tell_all()
    assert Notice.objects.filter(person_id=cast.unit_head.id, title__contains=one.code).exists()


def test_one_ledger_line_speaks_once_and_the_system_may_propose(cast: Cast) -> None:
    words = {"topic": "防治水", "evidence": EVIDENCE, "units": [cast.units["mining"]], "source_entry": "4711"}
    made = services.propose_need(**words, mine=cast.mine)  # type: ignore[arg-type]
    assert made.proposed_by is None
    with pytest.raises(Refused, match="已经提出过"):
        services.propose_need(**words, mine=cast.mine)  # type: ignore[arg-type]
    assert TrainingNeed.objects.count() == 1


def test_a_miner_may_not_make_classes_nor_see_them(cast: Cast) -> None:
    one = class_in(cast)
    with pytest.raises(Refused, match="没有权限"):
        services.make_roster(one.id, by=cast.miner)
    client = Client()
    client.force_login(cast.miner)
    assert client.get(f"/learning/classes/{one.id}/").status_code == 404
    other = make_cast("OTHER")
    with pytest.raises(NotVisible):
        queries.get_class(one.id, by=other.training_officer)


def test_classes_are_numbered_through_the_year(cast: Cast) -> None:
    first, second = class_in(cast), class_in(cast)
    assert (first.number, second.number) == (1, 2)
    assert second.code == f"{second.year}-02"


# Timetable --------------------------------------------------------------------------------------------------------------


def test_batch_teacher_and_room_are_never_in_two_places(cast: Cast) -> None:
    one, other = class_in(cast), class_in(cast, title="岗位培训班")
    lesson_in(one, cast)
    with pytest.raises(Refused, match="这一批") as batch:
        lesson_in(one, cast, hour=9, room="第三教室", teacher_id=None)
    assert batch.value.code == "batch_clash"
    with pytest.raises(Refused, match="秦讲师") as teacher:
        lesson_in(other, cast, hour=9, room="第三教室")
    assert teacher.value.code == "teacher_clash"
    with pytest.raises(Refused, match="教室") as room:
        lesson_in(other, cast, hour=9, room="第一 教室", teacher_id=None)
    assert room.value.code == "room_clash"
    assert Lesson.objects.count() == 1
    lesson_in(other, cast, hour=10)
    assert Lesson.objects.count() == 2, "one that begins when the other ends is no clash"


def test_a_cancelled_class_blocks_no_room(cast: Cast) -> None:
    one = rostered(cast)
    services.cancel_class(one.id, reason="停电", by=cast.training_officer)
    lesson_in(class_in(cast, title="岗位培训班"), cast)


def test_a_timetable_is_copied_day_by_day_or_not_at_all(cast: Cast) -> None:
    one = class_in(cast)
    lesson_in(one, cast)
    lesson_in(one, cast, day=1, topic="透水征兆")
    first, second = one.batches.order_by("number")
    services.copy_timetable(first.id, to_id=second.id, by=cast.training_officer)
    begins = list(second.lessons.order_by("starts_at").values_list("starts_at", flat=True))
    assert [clock.local(at).date() for at in begins] == [second.begin_on, second.begin_on + timedelta(days=1)]
    third = services.add_batch(
        one.id,
        begin_on=one.end_on + timedelta(days=5),
        end_on=one.end_on + timedelta(days=5),
        seats=9,
        by=cast.training_officer,
    )
    with pytest.raises(Refused, match="课要排在这些日期里"):
        services.copy_timetable(first.id, to_id=third.id, by=cast.training_officer)
    assert not third.lessons.exists()


def test_a_teacher_who_left_gets_no_lesson(cast: Cast) -> None:
    one, expert = class_in(cast), teacher_in(cast, invited=True)
    data = TeacherData("郭教授", organisation="示例矿业大学", left_on=clock.today())
    services.change_teacher(expert.id, data=data, by=cast.training_officer)
    with pytest.raises(Refused, match="停聘"):
        lesson_in(one, cast, teacher_id=expert.id)


def test_handouts_are_what_they_say(cast: Cast) -> None:
    lesson = lesson_in(class_in(cast), cast)
    services.add_handout(lesson.id, name="讲义.pdf", content=PDF, by=cast.teacher)
    for name, content in (("讲义.pdf", b"MZ\x90\x00"), ("讲义.exe", PDF), ("讲义.docx", PDF)):
        with pytest.raises(Refused, match="讲义要"):
            services.add_handout(lesson.id, name=name, content=content, by=cast.teacher)
    with pytest.raises(Refused, match="已经传过"):
        services.add_handout(lesson.id, name="讲义.pdf", content=PDF, by=cast.teacher)


# Roster -----------------------------------------------------------------------------------------------------------------


def test_leaders_sit_in_every_batch_and_do_not_count_against_their_unit(cast: Cast) -> None:
    people_in(cast, cast.units["mining_team"], 10)
    services.save_roster_rule(
        valid_from=clock.today(),
        limits=Limits(50, 3, 50, 3, 0),
        source="矿发〔2026〕示例号",
        confirmed=True,
        by=cast.training_officer,
    )
    one = class_in(cast, leaders_attend=True)
    one = services.make_roster(one.id, by=cast.training_officer)
    for batch in one.batches.all():
        leaders = set(batch.roster.filter(is_leader=True).values_list("person__name", flat=True))
        assert leaders == {"张建国", "赵志强"}
        assert batch.roster.filter(is_leader=False).count() == 3
    assert len(one.left) == 12 - 6
    assert "规定每批最多抽 3 人" in one.left[0]["why"]


def test_the_roster_may_be_made_again_and_keeps_who_sits(cast: Cast) -> None:
    people_in(cast, cast.units["mining_team"], 6)
    one = class_in(cast)
    services.make_roster(one.id, by=cast.training_officer)
    before = set(Seat.objects.values_list("batch_id", "person_id"))
    people_in(cast, cast.units["mining_team"], 3, begin=50)
    services.make_roster(one.id, by=cast.training_officer)
    assert before <= set(Seat.objects.values_list("batch_id", "person_id"))


def test_a_limit_is_passed_over_only_with_a_reason_and_it_stays(cast: Cast) -> None:
    batch = class_in(cast).batches.get(number=1)
    with pytest.raises(Refused, match="请写明原因") as refused:
        people_in(cast, cast.units["mining_team"], 1, trade="瓦检员", begin=80)
        gas = cast.units["mining_team"].persons.get(trade="瓦检员")
        services.add_seat(batch.id, person_id=gas.id, by=cast.training_officer)
    assert "1 名瓦检员" in str(refused.value)
    seat = services.add_seat(batch.id, person_id=gas.id, reason="已安排替班", by=cast.training_officer)
    assert seat.forced == "已安排替班"


def test_nobody_sits_in_two_lessons_at_once(cast: Cast) -> None:
    one = rostered(cast)
    seat = Seat.objects.filter(batch__training_class=one, batch__number=1).select_related("person").first()
    assert seat is not None
    other = class_in(cast, title="岗位培训班", batches=1)
    lesson_in(other, cast, room="第二教室", teacher_id=None)
    with pytest.raises(Refused, match="时间冲突") as refused:
        services.add_seat(other.batches.get().id, person_id=seat.person_id, reason="急", by=cast.training_officer)
    assert one.code in str(refused.value)


# Hours ------------------------------------------------------------------------------------------------------------------


def test_hours_follow_the_sign_in_and_say_why_not(cast: Cast) -> None:
    lesson = settled(cast)
    rows = LessonHours.objects.filter(lesson=lesson)
    assert rows.filter(valid=2, why="").count() == 1
    assert rows.filter(valid=0, why="missing").count() == rows.count() - 1 > 0
    assert lesson.sheet is not None
    assert attendance.counts(lesson.sheet.id).there == 1


def test_late_beyond_the_rule_does_not_count(cast: Cast) -> None:
    lesson = held(cast, present=0)
    first, second = Seat.objects.filter(batch=lesson.batch).select_related("person").order_by("person__number")[:2]
    assert lesson.sheet is not None
    for seat, minutes in ((first, 10), (second, 40)):
        with clock.set_to(lesson.starts_at + timedelta(minutes=minutes)):
            attendance.sign_by_card(lesson.sheet.id, typed=seat.person.number, by=cast.training_officer)
    with clock.set_to(lesson.ends_at + timedelta(minutes=5)):
        services.settle_lesson(lesson.id, by=cast.teacher)
    found = dict(LessonHours.objects.filter(lesson=lesson).values_list("person_id", "why"))
    assert (found[first.person_id], found[second.person_id]) == ("", "late")


def test_a_lesson_is_not_settled_before_it_is_over(cast: Cast) -> None:
    lesson = held(cast)
    with pytest.raises(Refused, match="还没有上完"):
        services.settle_lesson(lesson.id, by=cast.teacher)


def test_a_correction_changes_nothing_until_another_has_approved_it(cast: Cast) -> None:
    found = correction_in(cast)
    row = found.row
    assert row.valid == 0
    with pytest.raises(Refused, match="已有更正在等批准"):
        services.ask_correction(row.id, after=Decimal(1), reason="再申请一次", by=cast.training_officer)
    own = services.ask_correction(
        hours_row(row.lesson, valid=True).id,
        after=Decimal(1),
        reason="有签名",
        by=cast.training_officer,
    )
    with pytest.raises(Refused, match="不能批自己"):
        services.approve_correction(own.id, by=cast.training_officer)
    services.approve_correction(found.id, by=cast.mine_leader)
    row.refresh_from_db()
    assert (row.valid, row.why) == (2, "corrected")
    lesson = row.lesson
    with clock.set_to(lesson.ends_at + timedelta(hours=1)):
        services.settle_lesson(lesson.id, by=cast.teacher)
    row.refresh_from_db()
    assert row.valid == 2, "settling again leaves what was approved"


def test_conclusion_waits_for_hours_and_gives_each_who_passed_one_number(cast: Cast) -> None:
    one = opened(cast, leaders_attend=True)
    with pytest.raises(Refused, match="没有核定学时"):
        services.conclude_class(one.id, conclusions=all_passed(one), report="好", by=cast.training_officer)
    for lesson in Lesson.objects.filter(batch__training_class=one):
        with clock.set_to(lesson.ends_at + timedelta(minutes=5)):
            services.settle_lesson(lesson.id, by=cast.training_officer)
    services.conclude_class(one.id, conclusions=all_passed(one), report="好", by=cast.training_officer)
    numbers = list(Seat.objects.exclude(diploma="").values_list("diploma", flat=True))
    assert len(numbers) == len(set(numbers)) == Seat.objects.values("person").distinct().count()


def test_the_archive_reckons_how_long_it_is_kept(cast: Cast) -> None:
    special = services.close_class(concluded(cast).id, by=cast.training_officer)
    assert special.keep_until is not None
    assert special.keep_until.year == special.end_on.year + 3
    with pytest.raises(Refused):
        services.reopen_class(special.id, reason="改", by=cast.mine_leader)


def test_who_failed_owes_retraining_until_he_passes_a_later_class_of_the_kind(cast: Cast) -> None:
    one = finished(cast)
    services.conclude_class(
        one.id, conclusions=all_passed(one, Conclusion.FAILED), report="差", by=cast.training_officer
    )
    failed = {seat.person_id for seat in queries.failed_and_not_retrained(cast.mine.id)}
    assert failed == set(Seat.objects.filter(batch__training_class=one).values_list("person_id", flat=True))


def test_the_calendar_shows_the_lessons_and_dies_with_its_address(cast: Cast) -> None:
    one = opened(cast)
    seat = Seat.objects.filter(batch__training_class=one, person=cast.miner).first()
    assert seat is not None
    secret = services.make_lesson_calendar(by=cast.miner)
    body = Client().get(f"/learning/classes/timetable/{secret}.ics").content.decode()
    assert "探放水规定" in body
    assert body.count("BEGIN:VEVENT") == 1
    services.make_lesson_calendar(by=cast.miner)
    assert Client().get(f"/learning/classes/timetable/{secret}.ics").status_code == 404
