"""The accidents of the demo mine (示例): one closed, one under investigation with a late measure, one near miss today."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kuangdeng.hazards.api import accidents
from kuangdeng.org import api as org
from kuangdeng.web.demo_cast import who
from kuangdeng.web.demo_data import DemoMine

Step = tuple[datetime, Callable[[], object]]
CLOSED = "示例：二采区无极绳绞车绳头脱出，道口护栏被打断，没有伤人，绞车停运"
OPEN = "示例：转载机机头检修时链条突然转动，一人右手被挤伤，已升井送医院"
MISSED = "示例：回风顺槽顶板掉下一块矸石，离人不到一米，没有伤人"


@dataclass
class DemoAccidents:
    """What happened, as steps for the clock of the replay. Persons are found by their roles."""

    demo: DemoMine
    people: Mapping[str, org.Person]
    units: Mapping[str, org.Unit]
    places: Mapping[str, org.Place]

    def steps(self, now: datetime) -> list[Step]:
        """Every step with its instant; none of them lies after `now`."""
        return [
            *self._closed(now - timedelta(days=38)),
            *self._open(now - timedelta(days=5)),
            (now - timedelta(hours=2), lambda: self._report(MISSED, accidents.Kind.NEAR_MISS, "w2", "zc2")),
        ]

    def _report(
        self, text: str, kind: str, place: str, unit: str, hurt: tuple[accidents.Hurt, ...] = (), stopped: str = ""
    ) -> UUID:
        data = accidents.QuickReport(
            text=text, kind=kind, place=self.places[place], unit=self.units[unit], hurt=hurt, stopped_area=stopped
        )
        return accidents.report(data=data, by=who(self.demo, self.people, "unit_head", unit)).id

    def _closed(self, start: datetime) -> list[Step]:
        ids: dict[str, UUID] = {}
        safety, hour = who(self.demo, self.people, "safety"), timedelta(hours=1)
        head = who(self.demo, self.people, "unit_head", "ys")

        def order() -> None:
            ids["measure"] = accidents.order_measure(
                ids["accident"], unit=self.units["ys"], person=head, by=safety,
                text="每班检查无极绳绞车绳头和道口护栏，签字留存", due_at=start + 96 * hour,
            ).id  # fmt: skip

        return [
            (start, lambda: ids.update(
                accident=self._report(CLOSED, accidents.Kind.NON_CASUALTY, "w2", "ys", stopped="无极绳绞车停运"))),
            (start + 3 * hour, lambda: self._complete(
                ids["accident"], "ys", start, "绳头楔块松动，没有按班检查", start + 9 * hour)),
            (start + 5 * hour, lambda: accidents.open_investigation(
                ids["accident"], investigator=safety, team="运输队、机电科各一人", by=safety)),
            (start + 6 * hour, order),
            (start + 8 * hour, lambda: accidents.sign_measure(ids["measure"], by=head)),
            (start + 60 * hour, lambda: accidents.finish_measure(
                ids["measure"], words="检查表已挂到绞车房，三班都在用", by=head)),
            (start + 70 * hour, lambda: accidents.accept_measure(ids["measure"], words="现场查看，记录齐全", by=safety)),
            *[
                (start + (72 + at) * hour, lambda point=point: accidents.tick(
                    ids["accident"], point=point, evidence="示例：事故分析会纪要", by=safety))
                for at, point in enumerate(accidents.NoLetPassPoint)
            ],
            (start + 80 * hour, lambda: accidents.close(
                ids["accident"], conclusion="绳头没有按班检查造成，责任人已处理，全队已学习", by=safety)),
        ]  # fmt: skip

    def _open(self, start: datetime) -> list[Step]:
        ids: dict[str, UUID] = {}
        safety, hour = who(self.demo, self.people, "safety"), timedelta(hours=1)
        head, miner = who(self.demo, self.people, "unit_head", "zc2"), self.people[self.demo.cast["miner"]]
        hurt = (accidents.Hurt(person=miner, severity=accidents.Severity.MINOR, note="右手食指、中指挤伤"),)

        def order(text: str, hours: int, unit: str) -> UUID:
            return accidents.order_measure(
                ids["accident"], unit=self.units[unit], person=who(self.demo, self.people, "unit_head", unit), text=text, by=safety,
                due_at=start + hours * hour,
            ).id  # fmt: skip

        return [
            (start, lambda: ids.update(
                accident=self._report(OPEN, accidents.Kind.INJURY, "p2", "zc2", hurt, "二采区皮带巷停运"))),
            (start + 2 * hour, lambda: self._complete(
                ids["accident"], "zc2", start, "检修时没有停电闭锁、没有专人监护", start + 6 * hour)),
            (start + 4 * hour, lambda: accidents.open_investigation(
                ids["accident"], investigator=who(self.demo, self.people, "mine_leader"), team="安监科、机电科、综采二队各一人", by=safety)),
            (start + 20 * hour, lambda: accidents.tick(
                ids["accident"], point=accidents.NoLetPassPoint.CAUSE, evidence="示例：原因分析会纪要", by=safety)),
            (start + 22 * hour, lambda: ids.update(late=order("检修前停电、闭锁、挂牌，专人监护", 90, "zc2"))),
            (start + 23 * hour, lambda: ids.update(more=order("全矿转载点急停和闭锁普查一遍", 240, "jk"))),
            (start + 26 * hour, lambda: accidents.sign_measure(ids["late"], by=head)),
        ]  # fmt: skip

    def _complete(self, accident_id: UUID, unit: str, at: datetime, cause: str, resumed: datetime) -> object:
        accident = accidents.Accident.objects.get(id=accident_id)
        data = accidents.Completion(
            text=accident.text, kind=accident.kind, occurred_at=at, unit=self.units[unit], place=accident.place,
            direct_cause=cause, indirect_cause="班前没有交代检查和监护", management_cause="检修制度没有落实到班组",
            stopped_area=accident.stopped_area, stopped_at=at, resumed_at=resumed,
        )  # fmt: skip
        return accidents.complete(accident_id, data=data, by=who(self.demo, self.people, "safety"))
