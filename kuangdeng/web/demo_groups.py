"""The rectification groups of the demo mine (示例): who answers for what, what they fed back, which teams have heard it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from kuangdeng.hazards.api import groups, specialties_of
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.org import api as org
from kuangdeng.web.demo_cast import who
from kuangdeng.web.demo_data import DemoMine

Step = tuple[datetime, Callable[[], object]]
DAYS = 7
GROUPS = (
    ("顶板整治落实小组（示例）", "zc2", ("roof", "coal_face", "heading")),
    ("一通三防整治落实小组（示例）", "tf", ("ventilation", "fire", "dust")),
    ("机电运输整治落实小组（示例）", "jd", ("electromechanical", "transport")),
    ("防治水整治落实小组（示例）", "dc", ("water", "geology")),
)
REST = ("综合整治落实小组（示例）", "aj")
TOLD = (
    (
        "示例：现场查看，支护材料下井晚了一个班",
        "示例：材料已到位，当班处理，安监员现场盯着",
        "示例：先敲帮问顶，再进人；发现漏液马上换",
    ),
    (
        "示例：检修没有停电闭锁，牌也没挂",
        "示例：组织检修班重学停送电制度，逐台查了一遍",
        "示例：检修必须停电、闭锁、挂牌，一样不少",
    ),
    ("示例：巡查路线没有走到头，记录照抄", "示例：路线重新分段，每段签到", "示例：每班走到头，看到什么写什么"),
)
TEAMS_THAT_MEET = ("zc2-1", "zc1-1", "jj1-1", "jj2-1", "tf-1", "zj-1")


@dataclass
class DemoGroups:
    """Groups from a week ago on; each morning the lines find them, they feed back, some teams acknowledge."""

    mine: org.Mine
    demo: DemoMine
    people: Mapping[str, org.Person]
    units: Mapping[str, org.Unit]

    def steps(self, now: datetime) -> list[Step]:
        """Every step with its instant; none of them lies after `now`."""
        zone = ZoneInfo(self.mine.timezone)
        today = now.astimezone(zone).date()
        found: list[Step] = [(datetime.combine(today - timedelta(days=DAYS), time(6), zone), self._set_up)]
        for back in range(DAYS, -1, -1):
            morning = datetime.combine(today - timedelta(days=back), time(9, 5), zone)
            found.append((morning, self._assign))
            if back <= 3:
                found.append((morning + timedelta(hours=1), self._feed_back))
                found += [
                    (morning.replace(hour=hour, minute=30), lambda key=key: self._meet(key))  # type: ignore[misc]
                    for hour, key in zip((15, 15, 15, 23, 23, 23), TEAMS_THAT_MEET, strict=True)
                    if back or key != "jj2-1"
                ]
        return [(at, step) for at, step in found if at < now]

    def _set_up(self) -> None:
        safety = who(self.demo, self.people, "safety")
        known = {one.code: one for one in specialties_of(safety)}
        for name, key, codes in (*GROUPS, (*REST, ())):
            branch = org.Branch.objects.get(unit=self.units[key])
            covered = [known[code] for code in codes if code in known]
            people = [who(self.demo, self.people, "unit_head", key)]
            data = groups.GroupData(
                name,
                branch,
                who(self.demo, self.people, "branch_secretary", key),
                people,
                specialties=covered,
                whole_mine=not codes,
            )
            groups.save_group(None, data=data, by=safety)

    def _assign(self) -> None:
        for bulletin in groups.not_handed_out(self.mine):
            groups.assign_bulletin(bulletin.id)

    def _feed_back(self) -> None:
        """Two groups tell the front line what they found."""
        leaders = [who(self.demo, self.people, "branch_secretary", key) for _name, key, _codes in GROUPS]
        told = 0
        for number, leader in enumerate(leaders):
            for one in groups.waiting_for(leader, 1):
                units = groups.concerned(one.case, groups.tellable(self.mine.id))
                data = groups.FeedbackData(*TOLD[number % len(TOLD)], units=units)
                verb = groups.report_outcome if one.outcome else groups.feed_back
                verb(one.case.id, data=data, by=leader)
                told += 1
            if told == 2:
                return

    def _meet(self, key: str) -> None:
        leader = who(self.demo, self.people, "team_leader", key)
        team = leader.unit  # teams of different units bear the same names
        assert team is not None
        owed = groups.owed_to_hear(team)
        shift = next(one for one in groups.meeting_shifts(self.mine, team, clock.now()) if one.chosen)
        staff = list(groups.staff_of(team)[:9])
        data = groups.MeetingData(shift.day, shift.name, len(staff) + 2, staff, "示例：按反馈的要求逐项对照")
        try:
            groups.hold(team.id, data=data, acknowledgement_ids=[one.id for one in owed], by=leader)
        except Refused:
            return
