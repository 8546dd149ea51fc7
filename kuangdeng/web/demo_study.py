"""Study in the demo mine (示例): sessions of two months with their sign-ins, and a hundred days of which a quarter passed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from kuangdeng.kernel import clock
from kuangdeng.learning.api import attendance, campaigns, study
from kuangdeng.org import api as org
from kuangdeng.web.demo_cast import who
from kuangdeng.web.demo_data import DemoMine

Step = tuple[datetime, Callable[[], object]]
DAY_NOW = 24
"""Which day of the hundred it is."""
AWAY = range(9, 16)
"""The days on which one leader was away; he has caught up with all but the last ones."""
# days ago, hour, kind, topic, who is expected, what is missing at the end
SESSIONS = (
    (58, 15, "中心组学习", "安全生产责任和矿长带班制度（示例）", "leaders", ""),
    (44, 9, "专题讲座", "防治水：先探后掘、有疑必探（示例）", "heads", ""),
    (30, 15, "座谈", "一线职工谈班前会怎样开得有用（示例）", "unit", ""),
    (16, 15, "中心组学习", "学习上级安全生产会议精神（示例）", "leaders", ""),
    (5, 16, "专题辅导", "顶板管理和现场敲帮问顶（示例）", "unit", "approve"),
    (2, 15, "专题调研", "班组对隐患反馈的意见（示例）", "heads", "record"),
    (-3, 15, "专题辅导", "探放水钻孔记录怎样填（示例）", "unit", "hold"),
)
NOW = len(SESSIONS)
"""The number of the session that is running while the demo is looked at."""
SUBJECTS = (
    "防治水", "顶板管理", "通风管理", "瓦斯防治", "煤尘防治", "机电安全", "提升运输", "防灭火", "监测监控", "应急避险",
    "班前会", "手指口述", "隐患排查", "事故案例", "现场交接班", "自救互救", "劳动纪律", "党章党规", "支部建设", "一线经验",
)  # fmt: skip
NOTES = (
    "对照本岗位查了一遍，班前会上讲了一条。", "重点记住了操作顺序，回去先查现场。", "案例说明制度要落到每个班，已安排班组学习。",
    "这一讲和我们面上的问题对得上，准备列入本周检查。", "学完和副队长对了一遍分工。",
)  # fmt: skip
CAUGHT_UP = "外出期间缺的一讲，今天看完材料补上，联系分管工作写了两条落实意见。"
MADE_UP = "因上夜班没有参加，看了讲稿和会议记录，主要内容已在班组传达。"
RECORD = study.Record(
    content="学习材料全文，主讲人结合本矿实际逐条讲解。（示例）",
    talk="参加人员结合本单位实际发言，提出三条现场要改的地方。（示例）",
    outcome="各支部一周内传达到班组，下次例会汇报落实情况。（示例）",
)


@dataclass
class DemoStudy:
    """Sessions planned, noticed, signed into, recorded; a campaign of leaders, unit heads and secretaries."""

    mine: org.Mine
    demo: DemoMine
    people: Mapping[str, org.Person]
    sessions: dict[int, UUID] = field(default_factory=dict)
    campaign: UUID | None = None
    random: Random = field(default_factory=lambda: Random(20261123))  # noqa: S311 - a demo that is the same every time

    def steps(self, now: datetime) -> list[Step]:
        """Every step with its instant; none of them lies after `now`."""
        zone = ZoneInfo(self.mine.timezone)
        today = now.astimezone(zone).date()
        found: list[Step] = [(now - timedelta(days=70), self._set_up)]
        for number, (ago, hour, kind, topic, wanted, missing) in enumerate(SESSIONS):
            at = datetime.combine(today - timedelta(days=ago), time(hour, 0), zone)
            found += self._session(number, at, kind, topic, wanted, missing)
        found += self._running(now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0) - timedelta(minutes=20))
        first = today - timedelta(days=DAY_NOW - 1)
        found.append((datetime.combine(first, time(6, 0), zone), self._begin))
        for day in range(1, DAY_NOW + 1):
            at = datetime.combine(first + timedelta(days=day - 1), time(12, 30), zone)
            found.append((at, lambda day=day: self._do(day)))  # type: ignore[misc]
        found.append((datetime.combine(first + timedelta(days=AWAY.stop - 1), time(20, 0), zone), self._catch_up))
        return [(at, step) for at, step in found if at < now]

    def _who(self, role: str) -> org.Person:
        return who(self.demo, self.people, role)

    def _set_up(self) -> None:
        study.set_up_study(mine=self.mine, by=self._who("administrator"))

    def _holders(self, *roles: str) -> list[org.Person]:
        numbers = {one.number for one in self.demo.grants if one.role in roles}
        return [self.people[number] for number in sorted(numbers)]

    # Sessions -----------------------------------------------------------------------------------------------------------

    def _session(self, number: int, at: datetime, kind: str, topic: str, wanted: str, missing: str) -> list[Step]:
        found: list[Step] = [(at - timedelta(days=4), lambda: self._plan(number, at, kind, topic, wanted))]
        if missing == "hold":
            return found
        found += [
            (at - timedelta(hours=5), lambda: self._leave(number)),
            (at + timedelta(minutes=1), lambda: self._sign(number, 0.88)),
            (at + timedelta(minutes=12), lambda: self._sign(number, 0.3)),
            (at + timedelta(hours=2), lambda: self._finish(number)),
        ]
        if missing != "record":
            found.append((at + timedelta(hours=20), lambda: self._record(number)))
            found.append((at + timedelta(hours=50), lambda: self._make_up(number)))
        if not missing:
            found.append((at + timedelta(hours=28), lambda: self._approve(number)))
        return found

    def _running(self, at: datetime) -> list[Step]:
        """One that began a moment ago, whatever the hour: most have signed, some are missing, two things wait."""
        return [
            (
                at - timedelta(days=4),
                lambda: self._plan(NOW, at, "专题讲座", "防治水：老空水探放和透水征兆（示例）", "heads"),
            ),
            (at - timedelta(days=3), lambda: self._keep_open(at)),
            (at - timedelta(hours=5), lambda: self._leave(NOW)),
            (at - timedelta(minutes=10), lambda: self._sign(NOW, 0.72, every=timedelta(seconds=10))),
            (at + timedelta(minutes=7), lambda: self._sign(NOW, 0.3, every=timedelta(seconds=20))),
            (at + timedelta(minutes=15), self._second_on_a_phone),
            (at + timedelta(minutes=16), self._asks_leave),
        ]

    def _keep_open(self, at: datetime) -> None:
        """Its sign-in stays open for half a day: who starts the demo in the morning looks at it after lunch."""
        sheet_id = study.StudySession.objects.get(id=self.sessions[NOW]).sheet_id
        opens, closes = at - timedelta(minutes=30), at + timedelta(hours=12)
        attendance.set_window(sheet_id, opens_at=opens, closes_at=closes, late_after=5, by=self._runner(NOW))

    def _second_on_a_phone(self) -> None:
        """Somebody signs on the phone of another: the recorder has to look into the room."""
        rows = self._rows(NOW)
        row = rows[len(rows) // 2]
        first = attendance.Attendee.objects.filter(sheet_id=row.sheet_id, method="code").first()
        if first is not None:
            attendance.sign_by_code(row.sheet_id, device=first.device, number=row.person.number)

    def _asks_leave(self) -> None:
        row = self._rows(NOW)[-1]
        attendance.ask_leave(row.id, reason="井下处理皮带故障，赶不上来（示例）", by=row.person)

    def _plan(self, number: int, at: datetime, kind: str, topic: str, wanted: str) -> None:
        own = wanted == "unit"
        chair = self._who("branch_secretary" if own else "mine_leader")
        recorder = self._who("unit_head" if own else "political_work")
        unit = chair.unit_id if own else None
        kind_id = study.StudyKind.objects.get(mine=self.mine, name=kind).id
        data = study.SessionData(
            kind_id, topic, at, at + timedelta(hours=2), chair.id, recorder.id,
            "区队会议室" if own else "办公楼三楼会议室", "请大家会前先看讲稿。", "示例：外请专家" if wanted == "heads" else "", unit,
        )  # fmt: skip
        heads = tuple(one.id for one in self._holders("branch_secretary", "unit_head"))
        team = self._who("miner")
        chosen = {
            "leaders": study.Chosen(leaders=True, persons=heads[::4]),
            "heads": study.Chosen(persons=heads),
            "unit": study.Chosen(units=(team.unit_id,) if team.unit_id else (), persons=(self._who("team_leader").id,)),
        }[wanted]
        by = chair if own else self._who("political_work")
        self.sessions[number] = study.plan(data=data, chosen=chosen, by=by).id
        study.notify(self.sessions[number], by=by)

    def _rows(self, number: int) -> list[attendance.Attendee]:
        session = study.StudySession.objects.get(id=self.sessions[number])
        rows = attendance.attendees(session.sheet_id).filter(state=attendance.State.MISSING).order_by("person__number")
        return list(rows.select_related("person", "person__unit", "sheet"))

    def _runner(self, number: int) -> org.Person:
        session = study.StudySession.objects.select_related("recorder").get(id=self.sessions[number])
        person = self.people[session.recorder.number]
        person.__dict__.pop("_held_roles", None)
        return person

    def _leave(self, number: int) -> None:
        """One of them cannot come and says so; the recorder answers."""
        rows = [one for one in self._rows(number) if one.person_id != self._runner(number).id]
        row = rows[number % len(rows)]
        attendance.ask_leave(row.id, reason="当天上四点班", by=row.person)
        attendance.grant_leave(row.id, by=self._runner(number))

    def _sign(self, number: int, share: float, *, every: timedelta = timedelta()) -> None:
        """This share of those who are missing signs, one after the other."""
        chosen = [one for one in self._rows(number) if self.random.random() < share]
        for place, row in enumerate(chosen):
            with clock.set_to(clock.now() + place * every):
                device = f"demo{number}{row.person.number}"
                attendance.sign_by_code(row.sheet_id, device=device, number=row.person.number)

    def _finish(self, number: int) -> None:
        study.finish(self.sessions[number], by=self._runner(number))

    def _record(self, number: int) -> None:
        study.write_record(self.sessions[number], record=RECORD, by=self._runner(number))

    def _approve(self, number: int) -> None:
        session = study.StudySession.objects.select_related("chair").get(id=self.sessions[number])
        study.approve(session.id, by=self.people[session.chair.number])

    def _make_up(self, number: int) -> None:
        """Half of those who were not there catch up; one make-up still waits for its answer."""
        rows = [one for one in self._rows(number) if one.person_id != self._runner(number).id]
        for place, row in enumerate(rows[: max(1, len(rows) // 2)]):
            made = attendance.hand_in(row.id, on=clock.today(), text=MADE_UP, by=row.person)
            if place or number % 2:
                attendance.accept_makeup(made.id, by=self._runner(number))

    # A hundred days -----------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Leaders first: mine leaders, unit heads and branch secretaries; Sundays of the plan are days of rest."""
        by = self._who("political_work")
        data = campaigns.CampaignData(
            "百日集中学习活动（示例）", clock.today(), 100, "领导干部带头学，学一讲、写一条、改一处。（示例）"
        )
        made = campaigns.set_up(data=data, by=by)
        plan = [
            campaigns.DayPlan(
                day, "" if day % 7 == 0 else f"{SUBJECTS[day % len(SUBJECTS)]}第{(day - 1) // len(SUBJECTS) + 1}讲",
                "" if day % 7 == 0 else "看讲稿，联系分管工作写一条。", day % 7 == 0,
            )
            for day in range(1, 101)
        ]  # fmt: skip
        campaigns.plan_days(made.id, days=plan, by=by)
        people = tuple(one.id for one in self._holders("branch_secretary", "unit_head"))
        campaigns.choose(made.id, chosen=study.Chosen(leaders=True, persons=people), by=by)
        campaigns.start(made.id, by=by)
        self.campaign = made.id

    def _parts(self) -> list[campaigns.Participant]:
        if self.campaign is None:
            return []
        rows = campaigns.Participant.objects.filter(campaign_id=self.campaign, left_on=None)
        return list(rows.select_related("person__unit").order_by("person__number"))

    def _do(self, day: int) -> None:
        """Most do their day on the day; the leader who is away does not; some catch up with what they missed."""
        if self.campaign is None or day % 7 == 0:
            return
        leader = self._who("mine_leader").id
        for place, part in enumerate(self._parts()):
            if (part.person_id == leader and day in AWAY) or self.random.random() > (0.97 if place % 5 else 0.8):
                continue
            campaigns.do_day(self.campaign, number=day, note=NOTES[(day + place) % len(NOTES)], by=part.person)

    def _catch_up(self) -> None:
        """Back again, the leader catches up day by day; the last ones are still open."""
        if self.campaign is None:
            return
        leader = self._who("mine_leader")
        for day in list(AWAY)[:-3]:
            if day % 7:
                campaigns.do_day(self.campaign, number=day, note=CAUGHT_UP, by=leader)
