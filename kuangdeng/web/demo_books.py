"""The two book rooms of the demo mine (示例): sixty well-known titles, the loans of the last months, notes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.api import bookroom
from kuangdeng.org import api as org
from kuangdeng.web.demo_data import DemoMine
from kuangdeng.web.demo_data.books import BOOKS, NOTES, REMARK

Step = tuple[datetime, Callable[[], object]]
DAYS = 150
LOANS = 170
KEPT = 6
"""Titles at the end of the list that go their own way: some readers keep them too long."""
PLACES = (("职工活动中心二楼", "每天 8:00—20:00"), ("单身公寓一层", "每天 16:00—22:00"))


@dataclass
class DemoBooks:
    """Catalogued on one day, lent and brought back since; some are late, one is lost, some wait in the queue."""

    mine: org.Mine
    demo: DemoMine
    people: Mapping[str, org.Person]
    titles: dict[str, UUID] = field(default_factory=dict)
    copies: dict[str, list[str]] = field(default_factory=dict)
    random: Random = field(default_factory=lambda: Random(20261122))  # noqa: S311 - a demo that is the same every time

    def steps(self, now: datetime) -> list[Step]:
        """Every step with its instant; none of them lies after `now`."""
        zone = ZoneInfo(self.mine.timezone)
        begin = datetime.combine(now.astimezone(zone).date() - timedelta(days=DAYS + 5), time(9, 0), zone)
        found: list[Step] = [(begin, self._furnish)]
        for number, (title, author, class_number) in enumerate(BOOKS):
            at = begin + timedelta(minutes=5 + number * 3)
            found.append((at, lambda row=(number, title, author, class_number): self._catalogue(*row)))  # type: ignore[misc]
        found += self._lives(begin + timedelta(days=5), now)
        for number, (title, text) in enumerate(NOTES):
            at = now - timedelta(days=2 + number * 7, hours=number)
            found.append((at, lambda title=title, text=text, number=number: self._note(title, text, number)))  # type: ignore[misc]
        for number, (title, _author, _class) in enumerate(BOOKS[-KEPT:-1]):
            at = now - timedelta(days=32 + 4 * number, hours=2)
            found.append((at, lambda title=title, number=number: self._keep(title, number)))  # type: ignore[misc]
        found.append((now - timedelta(days=1, hours=3), self._queue))
        return [(at, step) for at, step in found if at < now]

    def _librarian(self) -> org.Person:
        person = self.people[self.demo.cast["librarian"]]
        person.__dict__.pop("_held_roles", None)
        return person

    def _furnish(self) -> None:
        bookroom.set_up_rooms(mine=self.mine, by=self._librarian())
        for room, (place, hours) in zip(bookroom.Room.objects.filter(mine=self.mine), PLACES, strict=True):
            bookroom.change_room(
                room.id, name=f"{room.name}（示例）", place_text=place, hours=hours, by=self._librarian()
            )

    def _catalogue(self, number: int, title: str, author: str, class_number: str) -> None:
        data = bookroom.TitleData(title, author=author, class_number=class_number, remark=REMARK)
        made = bookroom.add_title(data=data, by=self._librarian())
        self.titles[title] = made.id
        rooms = list(bookroom.Room.objects.filter(mine=self.mine))
        for room in rooms if number < 30 else rooms[number % 2 :][:1]:
            added = bookroom.add_copies(made.id, room_id=room.id, count=2 if number < 6 else 1, by=self._librarian())
            self.copies.setdefault(title, []).extend(copy.barcode for copy in added)

    def _lives(self, begin: datetime, now: datetime) -> list[Step]:
        """Loans at random hours, the better known books more often; most are brought back in time."""
        chosen = self.random.sample([self.people[one.number] for one in self.demo.persons], LOANS)
        weights = [max(2, 40 - number) for number in range(len(BOOKS) - KEPT)]
        free: dict[tuple[str, int], datetime] = {}
        found: list[Step] = []
        starts = sorted(begin + timedelta(minutes=self.random.randrange(DAYS * 24 * 60)) for _one in chosen)
        for at, reader in zip(starts, chosen, strict=True):
            number = self.random.choices(range(len(BOOKS) - KEPT), weights)[0]
            title = BOOKS[number][0]
            place = self._free_copy(free, title, number, at)
            if place is None:
                continue
            late = self.random.random() < 0.12
            back = at + timedelta(days=self.random.randint(33, 50) if late else self.random.randint(4, 29), hours=3)
            free[title, place] = back
            found.append((at, lambda title=title, place=place, who=reader: self._lend(title, place, who)))  # type: ignore[misc]
            if back < now:
                found.append((back, lambda title=title, place=place: self._back(title, place)))  # type: ignore[misc]
        return found

    @staticmethod
    def _free_copy(free: dict[tuple[str, int], datetime], title: str, number: int, at: datetime) -> int | None:
        """The first copy of the title that is on the shelf then."""
        count = 4 if number < 6 else 2 if number < 30 else 1
        return next((one for one in range(count) if free.get((title, one), at) <= at), None)

    def _lend(self, title: str, place: int, reader: org.Person) -> None:
        try:
            bookroom.lend(barcode=self.copies[title][place], reader_id=reader.id, by=self._librarian())
        except Refused:
            return  # held for somebody who waits

    def _back(self, title: str, place: int) -> None:
        try:
            bookroom.give_back(barcode=self.copies[title][place], by=self._librarian())
        except Refused:
            return

    def _keep(self, title: str, number: int) -> None:
        """Somebody takes a book and does not bring it back in time."""
        numbers = sorted(self.people)
        self._lend(title, 0, self.people[numbers[len(numbers) // 2 + number * 7]])

    def _note(self, title: str, text: str, number: int) -> None:
        loans = (
            bookroom.Loan.objects.filter(title_id=self.titles[title]).select_related("person__unit").order_by("lent_at")
        )
        had = [loan.person for loan in loans]
        writer = had[number % len(had)] if had else self.people[self.demo.cast["miner"]]
        note = bookroom.write_note(self.titles[title], text=text, by=writer)
        if number in (1, 6):
            bookroom.pick_note(note.id, by=self._librarian())

    def _queue(self) -> None:
        """The people who sign in with the demo's accounts have something of their own to see."""
        miner, leader = self.people[self.demo.cast["miner"]], self.people[self.demo.cast["team_leader"]]
        self._lend(BOOKS[-1][0], 0, miner)
        for title_id in self.titles.values():
            try:
                bookroom.reserve(title_id, by=leader)
                return
            except Refused:
                continue
