"""A water-control training drive: a need becomes classes in batches for four units, an invited expert teaches, people sign in,
hours are settled, the files are printed. The exam is added where the exams are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from kuangdeng.kernel import clock
from kuangdeng.learning.attendance.models import Attendee, Sheet
from kuangdeng.learning.certificates.testkit import kind_in
from kuangdeng.learning.classes.models import Lesson, LessonHours, Seat, TrainingClass
from kuangdeng.learning.classes.testkit import EVIDENCE, PDF, rules_of, teacher_in
from kuangdeng.ledger.api import seal_all, tell_all
from kuangdeng.org import pinyin
from kuangdeng.org.models import Membership, Person, Unit
from kuangdeng.org.testkit import PASSWORD, START, Cast, make_cast
from kuangdeng.web.tests.visitors import Visitor, Visitors, visitors

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
FOUR = (("地测科", "地质工"), ("钻机队", "探放水工"), ("机掘队", "掘进工"), ("综放队", "采煤工"))
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高"


@pytest.fixture
def people(browser: Browser, live_server: LiveServer) -> Iterator[Visitors]:
    with visitors(browser, live_server.url) as everybody:
        yield everybody


def four_units(cast: Cast) -> list[Unit]:
    """Four front-line units with a team each and a dozen people."""
    found = []
    hashed = cast.miner.password
    for place, (name, trade) in enumerate(FOUR):
        unit = Unit.objects.create(
            mine=cast.mine, name=name, kind="production", is_front_line=True, position=20 + place
        )
        team = Unit.objects.create(mine=cast.mine, name=f"{name}一班", kind="team", parent=unit, ancestors=[unit.id])
        made = Person.objects.bulk_create(
            Person(mine=cast.mine, number=f"8{place}{n:02d}", name=f"{surname}{name[0]}生", unit=team, trade=trade, password=hashed,
                   must_change_password=False, pinyin=pinyin.sort_key(surname), initials=pinyin.initials(surname))
            for n, surname in enumerate(SURNAMES[:12])
        )  # fmt: skip
        Membership.objects.bulk_create(Membership(person=one, unit=team, valid_from=START) for one in made)
        found.append(unit)
    return found


def add_lesson(officer: Visitor, batch: int, topic: str, teacher: str, start: object, room: str) -> Visitor:
    """Through the form of the batch."""
    officer.page.locator(f"#batch-{batch}").get_by_role("link", name="排课", exact=True).click()
    officer.arrive().fill(
        topic=topic,
        starts_at=f"{start:%Y-%m-%dT%H:%M}",
        ends_at=f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        hours="2",
        room=room,
    )  # type: ignore[operator]
    officer.page.locator("select[name=teacher]").select_option(label=teacher)
    return officer.go("排上")


def test_a_drive_from_the_need_to_the_files(people: Visitors, live_server: LiveServer) -> None:
    cast = make_cast()
    rules_of(cast)
    kind_in(cast)
    units = four_units(cast)
    teacher_in(cast)

    safety = people.at("desk").sign_in("3001", path="/learning/classes/needs/new/")
    safety.fill(topic="防治水", evidence=EVIDENCE)
    box = safety.page.locator("[data-picker][data-name=units]")
    for unit in units:
        box.locator("[data-input]").fill(unit.name)
        box.get_by_role("option", name=unit.name).first.click()
    safety.go("提出").sees("防治水", "待安排")
    seal_all()
    tell_all()

    officer = people.at("desk").sign_in("5001").sees("防治水")
    officer.open("/learning/classes/teachers/new/").fill(
        name="郭教授", organisation="示例矿业大学", title="教授", qualification="注册安全工程师 示例001", fee="200"
    ).go("登记").sees("郭教授", "外聘专家")
    officer.open("/learning/classes/needs/").follow("防治水").sees(EVIDENCE)
    officer.shot("training-need")
    officer.follow("开班").sees("按需求开班")  # the first click; everything is filled in
    today = clock.today()
    officer.fill(begin_on=today.isoformat(), batches="4")
    officer.go("建班").sees("第 ", "已建好", "先编班")  # the second
    one = TrainingClass.objects.get()
    assert one.units.count() == 4
    officer.follow("编班").go("自动编班").sees("各单位、班组每批抽多少人", "地测科一班")
    officer.shot("training-roster")
    sizes = [batch.roster.filter(is_leader=False).count() for batch in one.batches.all()]
    assert sizes == [12, 12, 12, 12], "three of each team in each batch"

    officer.open(f"/learning/classes/{one.id}/")
    start = clock.local() + timedelta(minutes=10)
    add_lesson(officer, 1, "水害防治形势和案例", "郭教授（外聘，示例矿业大学）", start, "第一教室").sees(
        "水害防治形势和案例", "（外聘）"
    )
    add_lesson(officer, 1, "探放水规定", "秦讲师（本矿）", start + timedelta(days=1), "第一教室")
    for number in (2, 3, 4):
        officer.page.locator(f"#batch-{number}").get_by_role("link", name="复制别批的课表").click()
        officer.arrive().go("复制")
    officer.sees("名册和课表都齐了").go("开班").sees("已开班")
    officer.shot("training-class")
    seal_all()
    tell_all()

    lesson = Lesson.objects.filter(batch__training_class=one, batch__number=1).order_by("starts_at").first()
    assert lesson is not None
    assert lesson.sheet is not None
    learners = [
        seat.person
        for seat in Seat.objects.filter(batch=lesson.batch).select_related("person").order_by("person__number")
    ]
    phone = (
        people.at("phone")
        .sign_in(learners[0].number, PASSWORD, path="/learning/classes/mine/")
        .sees("水害防治形势和案例", "第一教室")
    )
    phone.shot("training-mine-phone")

    door = people.at("desk").sign_in("5001", path=f"/learning/classes/lessons/{lesson.id}/").follow("打开签到表")
    door.page.get_by_role("button", name="把这台电脑变成签到机").click()
    for learner in learners[:-1]:
        door.page.locator("#typed").fill(learner.number)
        door.page.locator("#typed").press("Enter")
        expect(door.page.locator(".kiosk-said.is-done")).to_contain_text(learner.name)
    assert Attendee.objects.filter(sheet=lesson.sheet_id, state="present").count() == len(learners) - 1

    teacher = people.at("phone").sign_in("5003", path="/learning/classes/teaching/").sees("探放水规定", "还没有讲义")
    teacher.shot("training-teaching-phone")
    officer.open(f"/learning/classes/lessons/{lesson.id}/")
    officer.page.locator("input[type=file]").set_input_files(
        {"name": "水害案例.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    officer.go("上传讲义").sees("水害案例.pdf")

    past = timedelta(hours=3)
    for row in Lesson.objects.filter(id=lesson.id):  # three hours later
        Lesson.objects.filter(id=row.id).update(starts_at=row.starts_at - past, ends_at=row.ends_at - past)
    Sheet.objects.filter(id=lesson.sheet_id).update(
        starts_at=lesson.starts_at - past, ends_at=lesson.ends_at - past, opens_at=lesson.starts_at - past - timedelta(minutes=30),
        closes_at=lesson.ends_at - past,
    )  # fmt: skip
    officer.open(f"/learning/classes/lessons/{lesson.id}/").go("核定学时").sees("学时已核定", "没有签到")
    officer.shot("training-lesson")
    assert LessonHours.objects.filter(lesson=lesson, valid=2).count() == len(learners) - 1
    phone.open("/learning/classes/mine/").sees("2026 年有效 2 学时" if clock.today().year == 2026 else "有效 2 学时")

    officer.open(f"/learning/classes/{one.id}/hours/").sees("没有签到")
    officer.open(f"/learning/files/classes/{one.id}/").sees(
        "缺件", "没有考试记录", "郭教授", "水害案例.pdf", "一、培训计划", "六、综合考评报告"
    )
    officer.shot("training-class-file")
    officer.open(f"/learning/files/persons/{learners[0].id}/").sees(
        "缺件", "没有照片", one.title, "三、历次接受安全培训、考核的情况"
    )
    officer.shot("training-person-file")
    officer.open("/learning/certificates/barred/").sees("探放水工", "没有登记有效证照")
    officer.shot("training-barred")

    head = people.at("phone").sign_in("1003", path="/learning/classes/people/").sees("王铁柱", "还差 20")
    head.shot("training-people-phone")
    leader = people.at("desk").sign_in("4001", path="/learning/classes/summary/").sees("钻机队", "正在办的班")
    leader.shot("training-summary")
    expect(leader.page.get_by_role("link", name="下月不能入井名单")).to_be_visible()
