"""The bulletins of the demo mine's last days (示例), and what its units asked about them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from kuangdeng.hazards.api import bulletins, questions, reconciliation
from kuangdeng.kernel.clock import today
from kuangdeng.kernel.errors import Refused
from kuangdeng.org import api as org
from kuangdeng.web.demo_cast import who
from kuangdeng.web.demo_data import DemoMine

Step = tuple[datetime, Callable[[], object]]
DAYS = 7
HOUR = time(7, 30)
NOTE = "示例：请各区队早班班前会组织学习，超期的今天报整改时间。"


@dataclass
class DemoBulletins:
    """A week of bulletins: checked and published in the morning, one of them by itself; questions on the late ones."""

    mine: org.Mine
    demo: DemoMine
    people: Mapping[str, org.Person]
    asked: list[UUID] = field(default_factory=list)

    def steps(self, now: datetime) -> list[Step]:
        """Every step with its instant; none of them lies after `now`."""
        zone = ZoneInfo(self.mine.timezone)
        found: list[Step] = []
        for back in range(DAYS, -1, -1):
            until = datetime.combine(now.astimezone(zone).date() - timedelta(days=back), HOUR, zone)
            found.append((until + timedelta(minutes=1), lambda until=until: self._compile(until)))  # type: ignore[misc]
            by_itself = back == 3
            at = until + timedelta(minutes=90 if by_itself else 35)
            found.append((at, lambda by_itself=by_itself: self._publish(by_itself)))  # type: ignore[misc]
            if back in (5, 2, 1):
                found.append((until + timedelta(hours=2, minutes=back), self._ask))
            if back in (5, 2):
                found.append((until + timedelta(hours=6), self._answer))
            if back == 5:
                found.append((until + timedelta(hours=7), self._settle))
            if back == 2:
                found.append((until + timedelta(hours=22), self._press))
        return [(at, step) for at, step in found if at < now]

    def _compile(self, until: datetime) -> None:
        bulletins.compile_day(mine=self.mine, owed=bulletins.Owed(until.date(), until))
        reconciliation.reconcile(self.mine)

    def _publish(self, by_itself: bool) -> None:
        waiting = bulletins.Bulletin.objects.filter(mine=self.mine, published_at=None).order_by("day").first()
        if waiting is None:
            return
        if by_itself:
            bulletins.publish(waiting.id, by=None)
            return
        bulletins.check(waiting.id, note=NOTE, by=who(self.demo, self.people, "safety"))
        bulletins.publish(waiting.id, by=who(self.demo, self.people, "safety"))

    def _head_of(self, unit_id: UUID | None) -> org.Person | None:
        unit = org.Unit.objects.filter(id=unit_id).first() if unit_id else None
        return next(iter(org.granted(self.mine.id, org.Role.UNIT_HEAD, unit)), None) if unit else None

    def _ask(self) -> None:
        """A unit head asks about the oldest late line of another unit."""
        last = bulletins.latest(self.mine.id)
        lines = bulletins.BulletinItem.objects.filter(bulletin=last, part=bulletins.Part.OVERDUE, unit__isnull=False)
        heads = org.granted(self.mine.id, org.Role.UNIT_HEAD)
        for line in lines.order_by("position")[:20]:
            asker = next((one for one in heads if one.unit_id not in (None, line.unit_id)), None)
            if asker is None:
                return
            try:
                made = questions.ask(line.id, text="示例：为什么还没有整改？今天能不能完？", by=asker)
            except Refused:
                continue
            self.asked.append(made.id)
            return

    def _answer(self) -> None:
        question = self._last()
        head = self._head_of(question.holder_id) if question else None
        if question and head:
            questions.answer(
                question.id, text="示例：配件昨晚到矿，今天中班换完。", promised_on=today() + timedelta(days=1), by=head
            )

    def _settle(self) -> None:
        if question := self._last():
            questions.settle(question.id, by=question.asker)

    def _press(self) -> None:
        if question := self._last():
            questions.press(question.id, text="示例：中班没有换，什么原因？", by=question.asker)

    def _last(self) -> "questions.Question | None":
        return questions.Question.objects.filter(id=self.asked[-1]).first() if self.asked else None
