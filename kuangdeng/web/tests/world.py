"""A small mine with something in every list, for the tests that go through all pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction
from django.test import Client
from django.urls import reverse

from kuangdeng.hazards import importing
from kuangdeng.hazards.accidents import rules as accident_rules
from kuangdeng.hazards.accidents.models import Accident, AccidentMeasure
from kuangdeng.hazards.accidents.testkit import accident_in, measure_in
from kuangdeng.hazards.models import Hazard, RoundPlan
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.services.rounds import RoundData, record_round
from kuangdeng.hazards.setup import set_up
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel.clock import now
from kuangdeng.learning import testkit as items
from kuangdeng.learning.api import items as item_bank
from kuangdeng.learning.bookroom.tests.rows import books_for_lists
from kuangdeng.learning.campaigns.tests.rows import study_for_lists
from kuangdeng.learning.classes.tests.rows import classes_for_lists
from kuangdeng.learning.exams.tests.rows import exams_for_lists
from kuangdeng.learning.garden.tests.rows import garden_for_lists
from kuangdeng.learning.practice.tests.rows import practice_for_lists
from kuangdeng.learning.talks.tests.rows import talks_for_lists
from kuangdeng.learning.topics.tests.rows import topics_for_lists
from kuangdeng.ledger.api import Delivery, Entry, FeedProblem, Notice, seal_all, tell_all
from kuangdeng.org.api import propose_place
from kuangdeng.org.models import ApiToken, ImportRun, Person, Place, RoleGrant, Unit
from kuangdeng.org.services.seed import set_up_org
from kuangdeng.org.testkit import Cast, make_cast

STATES = (Status.REPORTED, Status.DISPATCHED, Status.RECTIFYING, Status.RECTIFIED, Status.CLOSED)
ACCIDENT_STATES = (
    accident_rules.Status.INVESTIGATING, accident_rules.Status.REPORTED, accident_rules.Status.CLOSED
)  # fmt: skip


@dataclass
class World:
    """The cast, and one of each thing that a page may be about."""

    cast: Cast
    hazards: list[Hazard] = field(default_factory=list)
    accidents: list[Accident] = field(default_factory=list)

    @classmethod
    def make(cls, rows: int = 3, code: str = "TEST") -> "World":
        """A mine with at least `rows` of everything that lists show."""
        world = cls(make_cast(code))
        set_up_org(mine=world.cast.mine)
        set_up(mine=world.cast.mine)
        world.fill(rows)
        return world

    def fill(self, rows: int, *, begin: int = 0) -> None:
        """Add rows to every list."""
        cast, numbers = self.cast, range(begin, begin + rows)
        for number in numbers:
            place = Place.objects.create(
                mine=cast.mine,
                name=f"联络巷{number}",
                full_name=f"联络巷{number}",
                tag=f"P{cast.mine.code[:4]}{number:05d}",
            )
            cast.places[f"more{number}"] = place
            status = STATES[number % len(STATES)]
            self.hazards.append(hazard_in(status, cast, text=f"第{number}处锚杆托盘松动", place=f"more{number}"))
        Unit.objects.bulk_create(
            Unit(mine=cast.mine, name=f"掘进一队{number}班", kind="team", parent=cast.units["tunnel"],
                 ancestors=[cast.units["tunnel"].id]) for number in numbers
        )  # fmt: skip
        Person.objects.bulk_create(
            Person(mine=cast.mine, number=f"7{number:03d}", name=f"职工{number}", unit=cast.units["mining"])
            for number in numbers
        )
        for number in numbers:
            RoleGrant.objects.create(
                person=cast.other_miner, role="team_leader", unit=cast.units["tunnel"],
                valid_from=date(2021, 1, 1) + timedelta(days=number), valid_to=date(2022, 1, 1),
            )  # fmt: skip
            ApiToken.objects.create(person=cast.safety, name=f"程序{number}", digest=f"{cast.mine.code}{number:060d}")
        plan = RoundPlan.objects.filter(mine=cast.mine, role="team_leader").first()
        for number in numbers:
            propose_place(cast.mine, f"2305面{number}号硐室", "import")
            start = now() - timedelta(hours=number + 2)
            places = [cast.places["gate"], cast.places[f"more{number}"]]
            data = RoundData(start, start + timedelta(hours=1), cast.team_leader, places, [cast.miner], plan)
            record_round(data=data, by=cast.team_leader)
        for number in numbers:
            state = ACCIDENT_STATES[number] if number < len(ACCIDENT_STATES) else accident_rules.Status.REPORTED
            self.accidents.append(accident_in(state, cast))
            measure_in(accident_rules.MeasureStatus.WORKING, cast, self.accident)
        items.fill(cast, numbers)
        books_for_lists(cast, numbers)
        exams_for_lists(cast, numbers)
        talks_for_lists(cast, numbers)
        study_for_lists(cast, numbers)
        practice_for_lists(cast, numbers)
        topics_for_lists(cast, numbers)
        garden_for_lists(cast, numbers)
        classes_for_lists(cast, numbers)
        seal_all()
        tell_all()
        for notice in Notice.objects.filter(mine_id=cast.mine.id, deliveries=None).order_by("id")[:rows]:
            Delivery.objects.create(
                mine_id=notice.mine_id,
                notice=notice,
                channel="email",
                address="x@example.cn",
                state="dead",
                dead_at=notice.delivered_at,
            )
        for entry in Entry.objects.filter(mine_id=cast.mine.id, verb="hazard.dispatch").order_by("-id")[:rows]:
            FeedProblem.objects.get_or_create(
                reader="notices", entry=entry,
                defaults={"mine_id": cast.mine.id, "tries": 6, "error": "单位查不到", "next_try_at": now(), "given_up_at": now()},
            )  # fmt: skip

    @property
    def problem(self) -> FeedProblem:
        """A ledger line whose notices were given up."""
        return FeedProblem.objects.filter(mine_id=self.cast.mine.id).order_by("id").first()

    @property
    def hazard(self) -> Hazard:
        """A hazard that the mining unit works on."""
        return next(one for one in self.hazards if one.status == Status.RECTIFYING)

    @property
    def accident(self) -> Accident:
        """An accident of the mining unit that is being investigated."""
        return self.accidents[0]

    @property
    def measure(self) -> AccidentMeasure:
        """A measure that the mining unit works on."""
        return AccidentMeasure.objects.filter(accident=self.accident).order_by("id").first()

    @property
    def entry(self) -> Entry:
        """A ledger line of the mining unit."""
        return Entry.objects.filter(mine_id=self.cast.mine.id, verb="hazard.sign").order_by("id").first()

    @property
    def delivery(self) -> Delivery:
        """A mail that was given up."""
        return Delivery.objects.filter(notice__mine_id=self.cast.mine.id).order_by("id").first()

    @property
    def run(self) -> ImportRun:
        """The import of an old ledger, read for its preview."""
        found = ImportRun.objects.filter(mine=self.cast.mine, kind="hazards").first()
        if found is None:
            with TemporaryDirectory() as folder:
                path = Path(folder) / "旧台账.csv"
                path.write_text(
                    "检查日期,隐患内容,地点\n2018-03-05,支架漏液,东翼\n不详,缺日期,东翼\n", encoding="utf-8"
                )
                found = importing.take_in(path, by=self.cast.safety)
            importing.read(found.id, by=self.cast.safety)
        return found

    @property
    def item(self) -> item_bank.Item:
        """An item that is in use."""
        return item_bank.Item.objects.filter(mine=self.cast.mine, status="in_use").order_by("id").first()

    @property
    def items_run(self) -> ImportRun:
        """An import of items, read for its preview."""
        return items.previewed(self.cast)

    @property
    def token(self) -> ApiToken:
        """A program's access."""
        return ApiToken.objects.filter(person=self.cast.safety).order_by("id").first()

    @property
    def grant(self) -> RoleGrant:
        """The team leader's role."""
        return RoleGrant.objects.filter(person=self.cast.team_leader).first()

    def notice_of(self, person: Person) -> Notice:
        return Notice.objects.filter(person_id=person.id).order_by("id").first()

    def client(self, part: str) -> Client:
        """A browser in which somebody of the cast is signed in."""
        return self.cast.browser(part)


def address(name: str, kwargs: dict[str, object]) -> str:
    return reverse(name, kwargs=kwargs)


@contextmanager
def shared(*sizes: int) -> Iterator[tuple[World, ...]]:
    """Worlds of these sizes for a whole module of tests that only read; each test undoes what it wrote itself."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # verbs are durable: they accept only a test around them
    with block:
        yield tuple(World.make(rows, f"T{rows}X") for rows in sizes)
        transaction.set_rollback(True)
