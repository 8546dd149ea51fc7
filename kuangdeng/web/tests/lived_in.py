"""A mine that has been at work for two weeks: what the pictures show and every page is looked at with. All invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from kuangdeng.hazards import services
from kuangdeng.hazards.accidents import rules as accident_rules
from kuangdeng.hazards.accidents import services as accident_services
from kuangdeng.hazards.accidents.models import Accident, AccidentMeasure
from kuangdeng.hazards.accidents.testkit import NEAR_MISS, accident_in, measure_in, quick
from kuangdeng.hazards.models import Grade, Hazard, RoundPlan, Specialty
from kuangdeng.hazards.rules import FivePoints, Status
from kuangdeng.hazards.services.rounds import RoundData, record_round
from kuangdeng.kernel import clock
from kuangdeng.kernel.files import keep_photo, receive
from kuangdeng.learning import testkit as items
from kuangdeng.learning.bookroom.tests.rows import lived_in_books
from kuangdeng.learning.campaigns.tests.rows import a_makeup, lived_in_study
from kuangdeng.learning.classes.tests.rows import classes_for_lists
from kuangdeng.learning.exams.tests.rows import exams_for_lists
from kuangdeng.learning.garden.tests.rows import lived_in_garden
from kuangdeng.learning.practice.tests.rows import lived_in_practice
from kuangdeng.learning.talks.tests.rows import talks_for_lists
from kuangdeng.learning.topics.tests.rows import lived_in_topics
from kuangdeng.ledger.api import Delivery, Entry, FeedProblem, Notice, seal_all, tell_all
from kuangdeng.org import pinyin
from kuangdeng.org.api import propose_place
from kuangdeng.org.models import Membership, Person, Place
from kuangdeng.org.testkit import START
from kuangdeng.web.demo_data.books import BOOKS, NOTES
from kuangdeng.web.tests.visitors import roadway
from kuangdeng.web.tests.world import World

PLACES = [
    ("haul", "运输顺槽", "face"), ("open", "切眼", "face"), ("head", "1602掘进工作面", "area"), ("belt", "一部皮带巷", "level"),
    ("sub", "中央变电所", "level"), ("pump", "中央水泵房", "level"), ("shaft", "副井井底车场", "level"), ("store", "材料库", None),
]  # fmt: skip
PEOPLE = [
    ("1011", "马德福", "mining_team"), ("1012", "高长林", "mining_team"), ("1013", "欧阳建国", "mining"), ("1014", "董全有", "mining_team"),
    ("2011", "袁满仓", "tunnel"), ("2012", "薛保田", "tunnel"), ("2013", "韩秋生", "electric"), ("2014", "郝立新", "electric"),
    ("3011", "邱文安", "safety"), ("3012", "贺明", "safety"),
]  # fmt: skip
TRADES = {
    "mining_team": "采煤机司机",
    "mining": "采煤工",
    "tunnel": "掘进机司机",
    "electric": "井下电钳工",
    "safety": "安监员",
}
S = Status
# state, hours ago, hours until due after the order, grade, specialty, place, unit, text
LIVES = [
    (S.REPORTED, 1, 0, "", "", "gate", "", "回风顺槽 120 米处锚杆托盘松动 3 个"),
    (S.REPORTED, 2, 0, "", "", "belt", "", "一部皮带机头护罩缺一块，人能碰到滚筒，机头下面积煤超过半米，没人清"),
    (S.REPORTED, 5, 0, "", "", "head", "", "迎头风筒破口，长约 30 厘米，漏风"),
    (S.RETURNED, 26, 0, "", "", "haul", "", "支架漏液"),
    (S.GRADED, 3, 0, "B", "机电", "sub", "", "2 号高压开关柜门闭锁失灵，带电能打开"),
    (S.DISPATCHED, 4, 8, "B", "顶板", "gate", "mining", "超前支护第 3 排两根单体柱漏液，泵站压力不够"),
    (S.DISPATCHED, 30, 16, "C", "机电", "pump", "electric", "水泵房照明灯坏 2 盏，没有更换"),
    (S.RECTIFYING, 20, 24, "B", "顶板", "open", "mining", "切眼 42#–46# 架间漏矸，护帮板没有伸出"),
    (S.RECTIFYING, 76, 24, "A", "一通三防", "head", "tunnel", "1602 掘进工作面局部通风机没有实现双电源自动切换"),
    (S.RECTIFYING, 50, 8, "B", "机电", "haul", "mining", "运输顺槽电缆落地约 15 米，有两处被矸石压住"),
    (S.RECTIFIED, 40, 24, "C", "运输", "shaft", "electric", "副井井底车场 3 号道岔尖轨不密贴，缺一条螺栓"),
    (S.RECTIFIED, 28, 24, "B", "顶板", "gate", "mining", "回风顺槽出口 5 米范围内浮煤堆积，行人宽度不够 0.8 米"),
    (S.CLOSED, 120, 24, "C", "机电", "belt", "electric", "皮带机尾急停拉线松弛，拉不动"),
    (S.CLOSED, 200, 24, "B", "顶板", "gate", "mining", "回风顺槽 95 米处顶网撕裂，长约 1.2 米"),
    (S.CLOSED, 260, 24, "B", "一通三防", "head", "tunnel", "迎头瓦斯探头吊挂位置不对，离顶板 60 厘米"),
]  # fmt: skip


def sent(picture: bytes, by: Person) -> str:
    """A photo that somebody sent up; its number."""
    name = sha256(picture).hexdigest()
    with receive(iter([picture]), sha256=name, length=len(picture)) as incoming:
        return keep_photo(incoming, owner_id=by.id).original_sha256


RECTIFIED = "已按措施处理完，现场清理干净"


@dataclass
class LivedIn(World):
    """The world of the page table, with real names and two weeks of work behind it."""

    heads: dict[str, Person] = field(default_factory=dict)

    def fill(self, rows: int, *, begin: int = 0) -> None:
        cast = self.cast
        for key, name, above in PLACES:
            parent = cast.places.get(above or "")
            cast.places[key] = Place.objects.create(
                mine=cast.mine, name=name, parent=parent, tag=f"HQ{key}", ancestors=[*parent.ancestors, parent.id] if parent else [],
                full_name=f"{parent.full_name} {name}" if parent else name,
            )  # fmt: skip
        for number, name, unit in PEOPLE:
            trade = TRADES[unit]
            person = Person.objects.create(
                mine=cast.mine, number=number, name=name, unit=cast.units[unit], trade=trade, pinyin=pinyin.sort_key(name),
                initials=pinyin.initials(name),
            )  # fmt: skip
            Membership.objects.create(person=person, unit=person.unit, trade=trade, valid_from=START)
        self.heads = {"mining": cast.unit_head, "tunnel": cast.other_head, "electric": cast.electric_head}
        for number, life in enumerate(LIVES):
            self.live(number, *life)
        self.watch()
        self.walk_rounds()
        self.have_accidents()
        items.fill(cast, range(3))
        classes_for_lists(cast, range(3))
        self.read_books()
        self.sit_exams()
        lived_in_study(cast)
        a_makeup(cast)
        lived_in_practice(self.cast)
        lived_in_topics(self.cast)
        lived_in_garden(self.cast)
        for spelling in ("2305面回风", "老皮带头", "中央变"):
            propose_place(cast.mine, spelling, "import")
        seal_all()
        tell_all()
        for notice in Notice.objects.filter(deliveries=None).order_by("id")[:2]:
            Delivery.objects.create(
                mine_id=notice.mine_id,
                notice=notice,
                channel="email",
                address="aj@example.cn",
                state="dead",
                dead_at=notice.delivered_at,
            )

        for entry in Entry.objects.filter(verb__in=["hazard.dispatch", "hazard.accept"]).order_by("id")[:2]:
            FeedProblem.objects.create(
                reader="notices", entry=entry, mine_id=entry.mine_id, tries=6, error="磁盘空间不足",
                next_try_at=entry.received_at, first_at=entry.received_at,
                given_up_at=entry.received_at if entry.verb == "hazard.dispatch" else None,
            )  # fmt: skip

    def live(
        self,
        number: int,
        status: Status,
        ago: int,
        hours: int,
        grade: str,
        specialty: str,
        place: str,
        unit: str,
        text: str,
    ) -> None:
        """One hazard up to its state, each step at its hour."""
        cast, start = self.cast, clock.now() - timedelta(hours=ago)
        step = timedelta(hours=max(ago, 1)) / 12
        with clock.set_to(start):
            photos = [sent(roadway(number), cast.miner)] if number % 3 == 0 else []
            data = services.ReportData(text=text, place_id=cast.places[place].id, photos=tuple(photos))
            hazard = services.report(data=data, by=(cast.miner, cast.team_leader, cast.other_miner)[number % 3]).hazard
        head = self.heads.get(unit, cast.unit_head)
        order = (S.GRADED, S.DISPATCHED, S.RECTIFYING, S.RECTIFIED, S.ACCEPTED, S.CLOSED)
        reached = order.index(status) if status in order else -1
        if status == S.RETURNED:
            with clock.set_to(start + step):
                services.send_back(hazard.id, reason="请写明是几号架，并补一张近照", by=cast.safety)
        for at, one in enumerate(order[: reached + 1], 1):
            with clock.set_to(start + at * step):
                self.take(one, hazard, grade, specialty, unit, head, hours)
        self.hazards.append(Hazard.objects.get(id=hazard.id))

    def take(self, to: Status, hazard: Hazard, grade: str, specialty: str, unit: str, head: Person, hours: int) -> None:
        cast = self.cast
        if to == S.GRADED:
            services.grade(
                hazard.id, grade=Grade.objects.get(mine=cast.mine, code=grade), by=cast.safety,
                specialty=Specialty.objects.filter(mine=cast.mine, name__startswith=specialty, parent=None).first(),
            )  # fmt: skip
        elif to == S.DISPATCHED:
            points = FivePoints(
                head.id,
                "按规程处理，处理前设专人监护",
                None,
                clock.now() + timedelta(hours=hours),
                "先停机、先支护再处理",
            )
            services.dispatch(hazard.id, unit=cast.units[unit], order=points, by=cast.safety)
        elif to == S.RECTIFYING:
            services.sign(hazard.id, by=head)
        elif to == S.RECTIFIED:
            services.rectify(hazard.id, words=RECTIFIED, by=head)
        elif to == S.ACCEPTED:
            services.accept(hazard.id, words="现场复查合格", by=cast.safety)
        else:
            services.close(hazard.id, by=cast.safety2)

    def watch(self) -> None:
        """Some are under supervision, one waits for more time."""
        rectifying = [one for one in self.hazards if one.status == S.RECTIFYING]
        services.supervise(rectifying[1].id, supervisor=self.cast.mine_leader, by=self.cast.safety)
        until = clock.now() + timedelta(hours=30)
        services.request_extension(
            rectifying[0].id, until=until, reason="护帮板千斤顶要从地面下料，下一班才能到", by=self.cast.unit_head
        )

    def have_accidents(self) -> None:
        """One is being investigated, one is closed, and this shift there was a near miss."""
        cast = self.cast
        with clock.set_to(clock.now() - timedelta(days=40)):
            closed = accident_in(accident_rules.Status.CLOSED, cast, text="无极绳绞车绳头脱出，道口护栏被打断，没有伤人",
                                 kind=accident_rules.Kind.NON_CASUALTY)  # fmt: skip
        with clock.set_to(clock.now() - timedelta(days=4)):
            found = accident_in(accident_rules.Status.INVESTIGATING, cast)
            picture = sent(roadway(40), cast.safety)
            accident_services.tick(
                found.id,
                point="cause",
                evidence="11月19日原因分析会纪要：检修时没有停电闭锁",
                photos=[picture],
                by=cast.safety,
            )
            measure_in(accident_rules.MeasureStatus.DONE, cast, found)
            measure = accident_services.order_measure(
                found.id, unit=cast.units["mining"], person=cast.team_leader, by=cast.safety,
                text="综采一队全员重学检修停送电制度，逐人考试", due_at=clock.now() + timedelta(days=2),
            )  # fmt: skip
            accident_services.sign_measure(measure.id, by=cast.unit_head)
        with clock.set_to(clock.now() - timedelta(minutes=20)):
            missed = quick(cast, text=NEAR_MISS, kind=accident_rules.Kind.NEAR_MISS)
        self.accidents += [Accident.objects.get(id=one.id) for one in (found, closed, missed)]

    def read_books(self) -> None:
        """A shelf of books, some of them lent, late or wanted; notes; one stock-taking; a damaged import."""
        lived_in_books(self.cast, BOOKS[:14], NOTES)

    def sit_exams(self) -> None:
        """An exam that is on, one that is over, one that is being prepared."""
        Person.objects.bulk_create(
            Person(mine=self.cast.mine, number=f"7{number:03d}", name=name, unit=self.cast.units["mining"])
            for number, name in enumerate(("贺向前", "欧阳长河", "尉迟守一"))
        )
        exams_for_lists(self.cast, range(3))
        talks_for_lists(self.cast, range(3))

    @property
    def measure(self) -> AccidentMeasure:
        """The measure that is late."""
        return AccidentMeasure.objects.get(status=accident_rules.MeasureStatus.WORKING)

    def walk_rounds(self) -> None:
        cast = self.cast
        plan = RoundPlan.objects.filter(mine=cast.mine, role="team_leader").first()
        for number, keys in enumerate((("gate", "haul"), ("open",), ("gate", "open", "haul"))):
            start = clock.now() - timedelta(hours=8 * number + 3)
            data = RoundData(
                start,
                start + timedelta(hours=1),
                cast.team_leader,
                [cast.places[key] for key in keys],
                [cast.miner],
                plan,
            )
            record_round(data=data, by=cast.team_leader)
