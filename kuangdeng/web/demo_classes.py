"""Training in the demo mine (示例): a plan, teachers, a class that is over, a water-control drive that runs, certificates."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.api import attendance, certificates, classes, exams, talks
from kuangdeng.org import api as org
from kuangdeng.web.demo_cast import who
from kuangdeng.web.demo_data import DemoMine
from kuangdeng.web.demo_exams import NOTE, answer, settled_paper

Step = tuple[datetime, Callable[[], object]]
LABEL = "（示例）"
PLAN = (
    ("新工人岗前安全培训", "new", "off_the_job", "当年新招职工", 3, 72, 60),
    ("采掘班组长岗位培训", "post", "off_the_job", "采掘队班组长", 9, 16, 80),
    ("党员轮训", "members", "spare_time", "全矿党员", 7, 8, 400),
    ("防治水专项培训", "special", "off_the_job", "地测、钻机、机掘、综放", 11, 16, 480),
    ("在岗职工年度再培训", "post", "off_the_job", "井下在岗职工", 10, 20, 2600),
    ("特种作业人员复训", "trade_review", "off_the_job", "证照到期前的特种作业人员", 12, 24, 120),
)
EVIDENCE = "〔示例〕近两周检查，下煤层防治水措施在地测、钻机、机掘、综放四个单位贯彻不到位，11 处探放水牌板与现场不符。"
REPORT = "〔示例〕出勤较好，交接班和应急处置掌握较好，瓦斯超限停电流程答不全，建议增加现场演练。"
DRIVE = (
    ("水害防治形势和案例", "expert"),
    ("探放水规定和现场操作", "teacher"),
    ("透水征兆和避灾路线", "teacher"),
    ("防治水知识交流", "expert"),
)
SURFACE = (
    "装载机司机",
    "司炉工",
    "矿灯充电工",
    "储装工",
    "地面电工",
    "主提升机司机",
    "文员",
    "仓库保管员",
    "炊事员",
    "保洁员",
)
POST = (("班组长岗位职责和交接班", "teacher"), ("现场应急处置", "teacher"))


class DemoClasses:
    """What the training department did in the last two months, by the real verbs."""

    def __init__(
        self, mine: org.Mine, demo: DemoMine, people: Mapping[str, org.Person], units: Mapping[str, org.Unit]
    ) -> None:
        self.mine, self.demo, self.people, self.units = mine, demo, people, units
        self.plan: dict[str, UUID] = {}
        self.teachers: dict[str, classes.Teacher] = {}
        self.running: dict[str, classes.TrainingClass] = {}
        self.exams: dict[str, exams.Exam] = {}
        self.paper: UUID | None = None

    def steps(self, now: datetime) -> list[Step]:
        """Every step with its instant; none of them lies after `now`."""
        zone = ZoneInfo(self.mine.timezone)
        today = now.astimezone(zone).date()

        def at(days: int, hour: int, minute: int = 0) -> datetime:
            return datetime.combine(today + timedelta(days=days), time(hour, minute), zone)

        past, drive = today - timedelta(days=20), today - timedelta(days=1)
        found: list[Step] = [
            (at(-45, 9), self._found),
            (at(-45, 9, 20), self._teachers),
            (at(-44, 9), self._plan),
            (at(-43, 9), self._certificates),
            (at(-43, 15), self._surface),
            (at(-30, 9), lambda: self._prepare("post", past)),
            (at(-20, 8, 5), lambda: self._sign("post", past)),
            (at(-20, 18), lambda: self._settle("post", past)),
            (at(-20, 19), lambda: self._examine("post", at(-19, 9))),
            (at(-19, 12), lambda: self._sit("post", at(-19, 9))),
            (at(-18, 9), self._conclude),
            (at(-9, 10), self._need),
            (at(-8, 9), lambda: self._prepare("drive", drive)),
            (at(-1, 8, 5), lambda: self._sign("drive", drive)),
            (at(-1, 18), lambda: self._settle("drive", drive)),
            (at(-1, 19), lambda: self._examine("drive", at(7, 9))),
            (at(-1, 20), self._retrain),
        ]
        return [(moment, step) for moment, step in found if moment < now]

    def _who(self, role: org.Role) -> org.Person:
        return who(self.demo, self.people, role)

    @property
    def officer(self) -> org.Person:
        """培训科, who does most of it."""
        return self._who(org.Role.TRAINING_OFFICER)

    def _found(self) -> None:
        classes.set_up_classes(mine=self.mine, by=self.officer)
        certificates.set_up_certificates(mine=self.mine, by=self.officer)

    def _teachers(self) -> None:
        own = classes.TeacherData(
            person=self.officer,
            title="讲师",
            qualification="煤矿安全培训教师证〔示例〕",
            fee=Decimal(50),
            is_sample=True,
        )
        expert = classes.TeacherData(
            "郭教授" + LABEL, organisation="示例矿业大学", title="教授", qualification="注册安全工程师〔示例〕", subjects="矿井水害防治",
            fee=Decimal(200), is_sample=True,
        )  # fmt: skip
        self.teachers = {
            "teacher": classes.add_teacher(data=own, by=self.officer),
            "expert": classes.add_teacher(data=expert, by=self.officer),
        }

    def _plan(self) -> None:
        year = clock.today().year
        for title, kind, mode, audience, month, hours, heads in PLAN:
            data = classes.LineData(
                title + LABEL, kind, mode, audience, month, Decimal(hours), heads, max(1, heads // 120)
            )
            self.plan[title] = classes.save_plan_line(year=year, data=data, by=self.officer).id
        classes.approve_plan(year=year, by=self._who(org.Role.MINE_LEADER))

    def _certificates(self) -> None:
        """The existing list comes in as a spreadsheet: most hold, some run out soon, some are missing."""
        kinds = {trade: kind.name for kind in certificates.types_in_use(self.mine.id) for trade in kind.trades}
        lines, today = ["工号,姓名,证照种类,证号,发证机关,有效期起,有效期止"], clock.today()
        for place, number in enumerate(sorted(self.people)):
            person = self.people[number]
            if person.trade not in kinds or place % 23 == 0:
                continue
            left = 20 + place % 60 if place % 11 == 0 else 200 + place * 7 % 1500
            end = today + timedelta(days=left)
            begin = end - timedelta(days=6 * 365)
            lines.append(f"{number},{person.name},{kinds[person.trade]},示例{number},示例发证机关,{begin},{end}")
        lines += self._managers_lines(today)
        run = certificates.take_in(BytesIO("\n".join(lines).encode()), name="证照台账（示例）.csv", by=self.officer)
        certificates.confirm_import(run.id, by=self.officer)

    def _managers_lines(self, today: date) -> list[str]:
        """Most heads and leaders hold the certificate for managers, the others have still to pass."""
        kind = next(one.name for one in certificates.types_in_use(self.mine.id) if one.group == "manager")
        heads = {one.number for one in self.demo.grants if one.role in (org.Role.UNIT_HEAD, org.Role.MINE_LEADER)}
        end = today + timedelta(days=500)
        held = [self.people[number] for place, number in enumerate(sorted(heads)) if place % 4]
        return [
            f"{one.number},{one.name},{kind},示例G{one.number},示例发证机关,{today - timedelta(days=595)},{end}"
            for one in held
        ]

    def _need(self) -> None:
        units = [self.units[key] for key in ("dc", "zj", "jjj", "zf")]
        classes.propose_need(topic="防治水", evidence=EVIDENCE, units=units, by=self._who(org.Role.SAFETY))
        classes.propose_need(topic="手指口述" + LABEL, evidence="〔示例〕两个掘进队抽查 20 人，6 人说不全关键步骤。",
                             units=[self.units["jj1"], self.units["jj2"]], by=self._who(org.Role.SAFETY))  # fmt: skip

    def _prepare(self, key: str, begin: date) -> None:
        drive = key == "drive"
        units = [self.units[one] for one in (("dc", "zj", "jjj", "zf") if drive else ("zc1", "jj1"))]
        data = classes.ClassData(
            ("防治水专项培训班" if drive else "班组长岗位培训班") + LABEL, begin, "培训楼", units,
            kind=classes.Kind.SPECIAL if drive else classes.Kind.POST, purpose=EVIDENCE if drive else "〔示例〕提高班组长现场管理能力。",
            leaders_attend=drive, manager=self.officer, batches=4 if drive else 1, batch_days=2 if drive else 1,
            seats=80 if drive else 30, is_sample=True,
            plan_line_id=self.plan["防治水专项培训" if drive else "采掘班组长岗位培训"],
        )  # fmt: skip
        if drive:
            need = classes.TrainingNeed.objects.get(mine=self.mine, topic="防治水")
            one = classes.accept_need(need.id, data=data, by=self.officer)
        else:
            one = classes.prepare_class(data=data, by=self.officer)
        one = classes.make_roster(one.id, by=self.officer)
        batches = list(one.batches.order_by("number"))
        for place, (topic, teacher) in enumerate(DRIVE if drive else POST):
            day, hour = batches[0].begin_on + timedelta(days=place // 2), 8 if place % 2 == 0 else 14
            start = clock.at(day, hour, 30)
            lesson = classes.LessonData(
                start,
                start + timedelta(hours=3),
                Decimal(4),
                topic,
                "第一教室" if drive else "第二教室",
                teacher_id=self.teachers[teacher].id,
            )
            classes.add_lesson(batches[0].id, data=lesson, by=self.officer)
        for batch in batches[1:]:
            classes.copy_timetable(batches[0].id, to_id=batch.id, by=self.officer)
        self.running[key] = classes.open_class(one.id, by=self.officer)

    def _lessons(self, key: str, day: date) -> list[classes.Lesson]:
        rows = classes.Lesson.objects.filter(batch__training_class=self.running[key]).select_related("batch", "sheet")
        return [lesson for lesson in rows.order_by("starts_at") if clock.local(lesson.starts_at).date() == day]

    def _sign(self, key: str, day: date) -> None:
        """Most come in time, one in fifteen is late, one in ten does not come."""
        for lesson in self._lessons(key, day):
            seats = classes.Seat.objects.filter(batch=lesson.batch).select_related("person").order_by("person__number")
            for place, seat in enumerate(seats):
                if place % 10 == 7 or lesson.sheet is None:
                    continue
                moment = lesson.starts_at + timedelta(minutes=25 if place % 15 == 4 else -8)
                try:
                    with clock.set_to(moment):
                        attendance.sign_by_card(lesson.sheet.id, typed=seat.person.number, by=self.officer)
                except Refused:
                    continue

    def _settle(self, key: str, day: date) -> None:
        for lesson in self._lessons(key, day):
            with clock.set_to(max(clock.now(), lesson.ends_at + timedelta(minutes=5))):
                classes.settle_lesson(lesson.id, by=self.officer)

    def _examine(self, key: str, opens: datetime) -> None:
        """The exam of a class, everybody on its roster on the list."""
        if self.paper is None:
            self.paper = settled_paper("培训班结业卷" + LABEL, self.officer)
        one = self.running[key]
        data = exams.ExamData(
            title=f"{one.title}结业考试", kind=exams.Kind.CLASS, paper_id=self.paper, opens_at=opens,
            closes_at=opens + timedelta(hours=2), minutes=60, place="培训楼一楼机房", note=NOTE, is_sample=True,
        )  # fmt: skip
        self.exams[key] = classes.arrange_exam(one.id, data=data, by=self.officer).exam

    def _sit(self, key: str, opens: datetime) -> None:
        """Everybody sat it, knew nearly everything, and the results were published the same day."""
        exam, random = self.exams[key], Random(20261103)  # noqa: S311 - a demo that is the same every time
        with clock.set_to(opens - timedelta(hours=1)):
            exams.draw(exam.id, by=self.officer)
        rows = exams.Sitting.objects.filter(exam=exam).select_related("exam", "form", "person").order_by("id")
        for place, sitting in enumerate(rows):
            begin = opens + timedelta(seconds=20 * place)
            end = begin + timedelta(minutes=random.randint(20, 50))
            with clock.set_to(begin):
                exams.start(sitting.id, by=sitting.person, device="示例")
            with clock.set_to(end):
                answer(sitting, begin, end, 0.98, random)
        exams.close(exam.id, by=self.officer)
        exams.publish(exam.id, by=self.officer)

    def _surface(self) -> None:
        certificates.save_surface_trades(
            trades=SURFACE, surface=True, valid_from=clock.today(), source="〔示例〕矿劳资部门定的地面岗位", confirmed=False,
            by=self.officer,
        )  # fmt: skip

    def _retrain(self) -> None:
        """For who failed the make-up exam as well a class is being prepared, and he is in it."""
        data = classes.ClassData(
            "防治水重新培训班" + LABEL, clock.today() + timedelta(days=6), "培训楼", audience=classes.Audience.NOBODY,
            purpose="〔示例〕补考不合格的职工重新培训，学完再考。", manager=self.officer, is_sample=True,
        )  # fmt: skip
        batch = classes.prepare_class(data=data, by=self.officer).batches.get()
        for row in talks.retraining_owed(self.mine.id):
            classes.take_retraining(batch.id, retraining_id=row.id, by=self.officer, reason="〔示例〕必须重新培训。")

    def _conclude(self) -> None:
        one = self.running["post"]
        found = {}
        for row in classes.learners(classes.seats_of(one)):
            good = row.valid * 100 >= row.planned * 80
            found[row.seat.id] = (classes.Conclusion.PASSED if good else classes.Conclusion.UNFINISHED, "")
        classes.conclude_class(one.id, conclusions=found, report=REPORT, by=self.officer)
        classes.close_class(one.id, gaps="〔示例〕讲义待补扫描。", by=self.officer)
