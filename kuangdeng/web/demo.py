"""Loading the demo mine (示例矿): its organisation, then every step of its hazards through the real verbs.

Each step runs with the clock held at the instant when it happened, so the ledger, the deadlines and the overdue
ladder are what a real mine's would be.
"""

from collections.abc import Callable
from datetime import time, timedelta
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from kuangdeng.hazards import api as hazards
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.ledger import api as ledger
from kuangdeng.org import api as org
from kuangdeng.web.channels import services as channels
from kuangdeng.web.channels.rules import ChannelData
from kuangdeng.web.demo_accidents import DemoAccidents
from kuangdeng.web.demo_books import DemoBooks
from kuangdeng.web.demo_bulletins import DemoBulletins
from kuangdeng.web.demo_classes import DemoClasses
from kuangdeng.web.demo_data import DemoHazard, DemoMine, DemoStep, make_demo_mine, make_org_files
from kuangdeng.web.demo_exams import DemoExams
from kuangdeng.web.demo_garden import DemoGarden
from kuangdeng.web.demo_groups import DemoGroups
from kuangdeng.web.demo_items import DemoItems
from kuangdeng.web.demo_legal import DemoLegal
from kuangdeng.web.demo_practice import DemoPractice
from kuangdeng.web.demo_study import DemoStudy
from kuangdeng.web.demo_talks import DemoTalks
from kuangdeng.web.screens import services as screens

CODE = "demo"
PASSWORD = "kuangdeng-demo"  # noqa: S105  printed beside the address, only for the demo mine
BEFORE = 400
"""Days before today on which the demo mine was founded."""
Progress = Callable[[int, int], None]


def loaded() -> bool:
    """Whether the demo mine is there, whole. Refused when its loading was broken off: half a mine shows wrong figures."""
    mine = org.Mine.objects.filter(code=CODE).first()
    if mine is None:
        return False
    if not ledger.Entry.objects.filter(mine_id=mine.id, verb="org.open_sample").exists():
        raise Refused("示例矿上次没有装完。请停止程序，删除数据文件夹 data 后重新运行 make demo。", code="half_loaded")
    return True


def load(progress: Progress) -> None:
    """Build the demo mine the way a real one is built: founded, set up, three Excel files read in, then its days
    replayed. Opening it to everybody is the last step, so that a broken-off load is seen."""
    now = clock.now()
    demo = make_demo_mine(now)
    with clock.set_to(now - timedelta(days=BEFORE)):
        mine = _organise(demo)
    Replay(mine, demo).run(progress)
    _hang_screens(mine, demo)
    _open_channels(mine, demo)
    org.open_sample(mine, password=PASSWORD)


def _organise(demo: DemoMine) -> org.Mine:
    """Found the mine and read its three files in."""
    number = demo.cast[org.Role.ADMINISTRATOR]
    name = next(person.name for person in demo.persons if person.number == number)
    mine, administrator, _password = org.found_mine(
        code=CODE, name=demo.name, number=number, administrator=name, is_sample=True
    )
    org.set_up_org(mine=mine, by=administrator)
    hazards.set_up(mine=mine, by=administrator)
    with TemporaryDirectory() as folder:
        for path in make_org_files(folder, demo):
            run = org.import_org(path, by=administrator, valid_from=clock.today())
            if run.state != org.ImportRun.State.DONE:
                raise Refused(f"示例文件 {path.name} 没有读入：{run.problems[:3]}")
    return mine


SCREENS = [
    ("副井口大屏（示例）", "副井口候罐室", "landscape"),
    ("井口立屏（示例）", "副井口检身房", "portrait"),
    ("调度室条屏（示例）", "调度室", "strip"),
]


def _hang_screens(mine: org.Mine, demo: DemoMine) -> None:
    """Three screens that wait to be paired, and a notice for them."""
    number = demo.cast[org.Role.ADMINISTRATOR]
    administrator = org.Person.objects.select_related("mine").get(mine=mine, number=number)
    for name, place, format in SCREENS:
        screens.register_screen(name=name, place_text=place, format=format, by=administrator)
    words = "本屏内容为示例。请各区队在班前会上通报今天的隐患和超期情况。"
    begin = clock.now()
    screens.post_notice(
        title="示例通知", words=words, starts_at=begin, ends_at=begin + timedelta(days=30), by=administrator
    )


def _open_channels(mine: org.Mine, demo: DemoMine) -> None:
    """A robot and an SMS gateway as they would be set, both switched off: a sample must call nobody."""
    number = demo.cast[org.Role.ADMINISTRATOR]
    administrator = org.Person.objects.select_related("mine").get(mine=mine, number=number)
    robot = ChannelData(
        "安监部群（示例）", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=example",
        topics=("hazard.major", "accident.report", "bulletin", "screen.interrupt"),
    )  # fmt: skip
    template = {
        "method": "POST", "content_type": "application/json", "body": '{"mobile":"{手机号}","content":"{内容}"}',
        "success": "code=0", "longest": "200",
    }  # fmt: skip
    gateway = ChannelData(
        "短信平台（示例）", "https://sms.example.com/send", topics=("hazard.order", "hazard.major"), options=template
    )
    for kind, data in (("wecom", robot), ("sms", gateway)):
        made = channels.add_channel(kind=kind, data=data, by=administrator)
        channels.switch_channel(made.id, on=False, by=administrator)
    channels.set_quiet_hours(quiet_from=time(22), quiet_until=time(6), daily_at=time(7, 30), by=administrator)
    channels.add_escalation(topic="hazard.order", kind="hours", hours=2, by=administrator)


class Replay:
    """Feeds the steps of the demo mine's hazards to the verbs, turning its keys into rows."""

    def __init__(self, mine: org.Mine, demo: DemoMine) -> None:
        self.mine, self.demo = mine, demo
        units = {unit.name: unit for unit in org.Unit.objects.filter(mine=mine)}
        places = {place.name: place for place in org.Place.objects.filter(mine=mine)}
        self.units = {unit.key: units[unit.name] for unit in demo.units}
        self.places = {place.key: places[place.name] for place in demo.places}
        self.people = {p.number: p for p in org.Person.objects.filter(mine=mine).select_related("mine", "unit")}
        anybody = next(iter(self.people.values()))
        self.grades = {grade.code: grade for grade in hazards.grades_of(anybody)}
        self.specialties = {specialty.code: specialty for specialty in hazards.specialties_of(anybody)}
        self.ids: dict[str, UUID] = {}
        self.open_extension: dict[str, UUID] = {}

    def run(self, progress: Progress) -> None:
        """Replay everything in the order in which it happened."""
        more = DemoAccidents(self.demo, self.people, self.units, self.places)
        steps = more.steps(clock.now())
        steps += DemoBulletins(self.mine, self.demo, self.people).steps(clock.now())
        steps += DemoGroups(self.mine, self.demo, self.people, self.units).steps(clock.now())
        steps += DemoLegal(self.mine, self.demo, self.people).steps(clock.now())
        steps += DemoItems(self.demo, self.people).steps(clock.now())
        exams = DemoExams(self.demo, self.people)
        steps += exams.steps(clock.now()) + DemoTalks(self.demo, self.people, exams).steps(clock.now())
        steps += DemoBooks(self.mine, self.demo, self.people).steps(clock.now())
        steps += DemoStudy(self.mine, self.demo, self.people).steps(clock.now())
        steps += DemoGarden(self.mine, self.demo, self.people).steps(clock.now())
        steps += DemoPractice(self.mine, self.demo, self.people).steps(clock.now())
        steps += DemoClasses(self.mine, self.demo, self.people, self.units).steps(clock.now())
        steps += [(step.at, partial(self._take, hazard, step)) for hazard, step in self.demo.timeline()]
        steps.sort(key=lambda one: one[0])
        for number, (at, take) in enumerate(steps, 1):
            with clock.set_to(at):
                take()
            progress(number, len(steps))

    def _take(self, hazard: DemoHazard, step: DemoStep) -> None:
        getattr(self, f"_{step.verb}", self._plain)(hazard, step)

    def _arguments(self, step: DemoStep) -> dict[str, Any]:
        """The verb's arguments with units, persons, grades and situations looked up."""
        looked_up: dict[str, Callable[[Any], Any]] = {
            "unit": self.units.__getitem__,
            "person": self.people.__getitem__,
            "supervisor": self.people.__getitem__,
            "grade": self.grades.__getitem__,
            "specialty": self.specialties.__getitem__,
            "situation": _situation,
        }
        return {key: looked_up.get(key, lambda value: value)(value) for key, value in step.data.items()}

    def _by(self, step: DemoStep) -> org.Person:
        person = self.people[step.by]
        person.__dict__.pop("_held_roles", None)
        return person

    def _plain(self, hazard: DemoHazard, step: DemoStep) -> None:
        verb = getattr(hazards, step.verb)
        verb(self.ids[hazard.key], by=self._by(step), **self._arguments(step))

    def _report(self, hazard: DemoHazard, step: DemoStep) -> None:
        data = hazards.ReportData(
            text=hazard.text,
            occurred_at=hazard.found_at,
            place_id=self.places[hazard.place].id,
            place_text=hazard.part,
            source=hazard.source,
            check_type=hazard.check_type,
            cause=hazard.cause,
            specialty_id=self.specialties[hazard.specialty].id,
            finder_ids=tuple(self.people[number].id for number in hazard.reporters),
        )
        self.ids[hazard.key] = hazards.report(data=data, by=self._by(step)).hazard.id

    def _reopen(self, hazard: DemoHazard, step: DemoStep) -> None:
        again = hazards.reopen(self.ids[step.data["of"]], text=hazard.text, by=self._by(step))
        self.ids[hazard.key] = again.id

    def _merge(self, hazard: DemoHazard, step: DemoStep) -> None:
        hazards.merge(self.ids[hazard.key], into_id=self.ids[step.data["into"]], by=self._by(step))

    def _resubmit(self, hazard: DemoHazard, step: DemoStep) -> None:
        hazards.resubmit(self.ids[hazard.key], text=step.data["text"], place_text=step.data["part"], by=self._by(step))

    def _dispatch(self, hazard: DemoHazard, step: DemoStep) -> None:
        facts = self._arguments(step)
        order = hazards.FivePoints(
            facts["person"].id, facts["measure"], facts["funds"], facts["due_at"], facts["contingency"]
        )
        hazards.dispatch(self.ids[hazard.key], unit=facts["unit"], order=order, by=self._by(step))

    def _request_extension(self, hazard: DemoHazard, step: DemoStep) -> None:
        asked = hazards.request_extension(self.ids[hazard.key], by=self._by(step), **step.data)
        self.open_extension[hazard.key] = asked.id

    def _approve_extension(self, hazard: DemoHazard, step: DemoStep) -> None:
        hazards.approve_extension(self.open_extension[hazard.key], by=self._by(step))


def _situation(key: tuple[str, int, str]) -> hazards.Situation:
    """A situation by catalogue, category and number."""
    catalogue, category, number = key
    rows = hazards.situations().filter(category__version__code=catalogue, category__no=category)
    return rows.get(keywords__code=number)
