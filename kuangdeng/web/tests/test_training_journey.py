"""A water-control training drive: a need becomes classes in batches for four units, an invited expert teaches, people sign in,
hours are settled; the exam is arranged from the class, three fail, are talked with and pass the make-up; the files are printed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from kuangdeng.kernel import clock
from kuangdeng.learning.attendance.models import Attendee, Sheet
from kuangdeng.learning.certificates.testkit import kind_in
from kuangdeng.learning.classes.models import ClassExam, Lesson, LessonHours, Seat, TrainingClass
from kuangdeng.learning.classes.testkit import EVIDENCE, PDF, rules_of, teacher_in
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.exams.api import Exam, Sitting
from kuangdeng.learning.exams.testkit import a_blueprint, all_right, data_of, give, sitting_of
from kuangdeng.learning.items.testkit import SINGLE, items_in_use
from kuangdeng.learning.talks import api as talks
from kuangdeng.learning.talks.jobs import run_clock
from kuangdeng.learning.talks.testkit import record_of
from kuangdeng.ledger.api import seal_all, tell_all
from kuangdeng.org import pinyin
from kuangdeng.org.api import Role
from kuangdeng.org.models import Membership, Person, RoleGrant, Unit
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
    head = Person.objects.create(
        mine=cast.mine, number="8099", name="雷科长", unit=found[0], trade="", password=hashed, must_change_password=False,
        pinyin=pinyin.sort_key("雷科长"), initials=pinyin.initials("雷科长"),
    )  # fmt: skip
    Membership.objects.create(person=head, unit=found[0], valid_from=START)
    RoleGrant.objects.create(person=head, role=Role.UNIT_HEAD, unit=found[0], valid_from=START)
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


def sat(exam: Exam, person: Person, *, right: bool) -> Sitting:
    """Somebody sits the whole exam, all right or all wrong."""
    sitting = sitting_of(exam, person)
    exams.start(sitting.id, by=person, device="考场")
    sitting = sitting_of(exam, person)
    give(sitting, all_right(sitting) if right else {})
    exams.hand_in(sitting.id, by=person)
    return sitting_of(exam, person)


def over(officer: Visitor, exam: Exam) -> None:
    """收卷、公布 on the page of the exam, and what the talks do by the clock."""
    officer.open(f"/learning/exams/{exam.id}/").go("收卷").go("公布成绩").sees("已公布")
    run_clock()


def the_exam(people: Visitors, cast: Cast, officer: Visitor, one: TrainingClass) -> list[Person]:
    """Arranged from the class page, sat by everybody, one of them at a real phone; three fail. Returns those three."""
    stems = [f"防治水第{n}题：停止作业的甲烷浓度是（ ）。" for n in range(8)]
    items_in_use(cast, [{**SINGLE, "stem": stem} for stem in stems])
    a_blueprint(cast, "防治水抽题卷", 4)
    officer.open(f"/learning/classes/{one.id}/").sees("还没有安排考试").follow("安排考试")
    begin = clock.local() - timedelta(minutes=5)
    officer.fill(
        opens_at=f"{begin:%Y-%m-%dT%H:%M}", closes_at=f"{begin + timedelta(hours=3):%Y-%m-%dT%H:%M}", place="考试中心"
    )
    officer.page.locator("[name=per_person]").check()
    officer.go("安排考试").sees("考试已安排", "应考 49 人")
    officer.shot("training-class-exam")
    exam = ClassExam.objects.get(training_class=one).exam
    assert exam.pass_percent == 80
    officer.follow(f"{one.title}结业考试").go("抽题备卷").sees("考场码")
    exam.refresh_from_db()
    sheets = list(exam.sittings.select_related("person").order_by("person__number"))
    assert sum(sheet.leader for sheet in sheets) == 1, "the head who sits in all four batches is on the list once"
    first = next(sheet.person for sheet in sheets if not sheet.leader)
    failing = [sheet.person for sheet in sheets if not sheet.leader][1:4]
    phone = people.at("phone").sign_in(first.number, path="/learning/exams/mine/").follow(exam.title).go("开始答题")
    for number in range(4):
        phone.page.get_by_role("navigation", name="题号").get_by_role("button").nth(number).click()
        phone.page.locator(".exam-option", has_text="1.5%").click()
    expect(phone.page.locator("[data-state]")).to_have_text("答案都已保存", timeout=20_000)
    phone.page.locator("[data-hand-in]").click()
    with phone.page.expect_navigation():
        phone.page.locator("[data-sure-yes]").click()
    phone.arrive().sees("已经交卷", "合格")
    for sheet in sheets:
        if sheet.person != first:
            sat(exam, sheet.person, right=sheet.person not in failing)
    over(officer, exam)
    officer.open(f"/learning/classes/{one.id}/").sees("应考 49 人，合格 46 人")
    officer.open("/learning/certificates/barred/").sees("不合格，没有补考合格")
    return failing


def talks_and_make_up(
    people: Visitors, cast: Cast, officer: Visitor, one: TrainingClass, failing: list[Person]
) -> None:
    """Each failure is talked with, the first through the pages; the make-up asks other items and is passed."""
    exam = ClassExam.objects.get(training_class=one).exam
    cases = [talks.Talk.objects.get(exam=exam, person=person) for person in failing]
    officer.open(f"/learning/talks/{cases[0].id}/").follow("安排谈话人")
    officer.page.locator("select[name=talker]").select_option(str(cast.training_officer.id))
    officer.go("安排谈话人").follow("记录谈心")
    officer.fill(place="培训楼", reason="倒班没看书。", measures="班长每天带着做十道题。").go("记录谈心").sees(
        "待本人签字"
    )
    worker = people.at("phone").sign_in(failing[0].number, path=f"/learning/talks/{cases[0].id}/")
    worker.sees("倒班没看书。").go("我看过了，签字").sees("待补考")
    for case, person in zip(cases[1:], failing[1:], strict=True):
        talks.assign(case.id, talker_id=cast.training_officer.id, by=cast.training_officer)
        talks.record(case.id, data=record_of(exam), by=cast.training_officer)
        talks.sign(case.id, by=person)
    told = data_of(exam.paper, title=f"{exam.title}补考", kind=exams.Kind.MAKEUP, makeup_of=exam.id, per_person=True)
    made = exams.arrange(data=told, by=cast.training_officer)
    exams.enrol(made.id, people=exams.People(person_ids=[one.id for one in failing]), by=cast.training_officer)
    made = exams.draw(made.id, by=cast.training_officer)
    run_clock()
    for person in failing:
        asked = [sitting_of(which, person).form for which in (exam, made)]
        first, second = ({line[0] for line in form.lines} for form in asked if form is not None)
        assert not first & second, "the make-up asks what he was not asked"
        assert sat(made, person, right=True).passed
    over(officer, made)
    assert {case.status for case in talks.Talk.objects.filter(exam=exam)} == {talks.Status.DONE}


def the_files(officer: Visitor, one: TrainingClass, person: Person) -> None:
    """一期一档 and 一人一档, on screen and on paper, with both exams."""
    title = f"{one.title}结业考试"
    for path, words in (
        (f"/learning/files/classes/{one.id}/", "补考 8/8"), (f"/learning/files/persons/{person.id}/", f"{title}补考"),
    ):  # fmt: skip
        officer.open(path).sees(title, words)
        expect(officer.page.locator("main, article").first).not_to_contain_text("没有考试记录")
        made = officer.page.request.get(f"{officer.page.url}?format=pdf")
        assert made.body().startswith(b"%PDF-")
    officer.open(f"/learning/files/classes/{one.id}/").shot("training-class-file")
    officer.open(f"/learning/files/persons/{person.id}/").shot("training-person-file")
    officer.open("/learning/certificates/barred/")
    expect(officer.page.locator("main").first).not_to_contain_text("没有补考合格")


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
    assert Seat.objects.filter(batch__training_class=one, is_leader=True, person__number="8099").count() == 4

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
    officer.open(f"/learning/files/persons/{learners[0].id}/").sees(
        "缺件", "没有照片", one.title, "三、历次接受安全培训、考核的情况"
    )
    officer.open("/learning/certificates/barred/").sees("探放水工", "没有登记有效证照")
    officer.shot("training-barred")

    failing = the_exam(people, cast, officer, one)
    talks_and_make_up(people, cast, officer, one, failing)
    the_files(officer, one, failing[0])

    head = people.at("phone").sign_in("1003", path="/learning/classes/people/").sees("王铁柱", "还差 20 学时")
    head.shot("training-people-phone")
    leader = people.at("desk").sign_in("4001", path="/learning/classes/summary/").sees("钻机队", "正在办的班")
    leader.shot("training-summary")
    expect(leader.page.get_by_role("link", name="下月不能入井名单")).to_be_visible()
