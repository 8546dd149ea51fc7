"""What the mine has set: rules, must-knows, who is away."""

from datetime import datetime
from uuid import UUID

from django.db.models import Max, QuerySet

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.practice.models import Away, ExamMistake, MustKnow, PracticeRule
from kuangdeng.org.api import Person, has_power, reach


def held_rule(mine_id: UUID) -> PracticeRule | None:
    """The rule that holds today."""
    rows = PracticeRule.objects.filter(mine_id=mine_id, valid_from__lte=clock.today())
    return rows.order_by("-valid_from").first()


def practice_rules(mine_id: UUID) -> list[PracticeRule]:
    """All rules, the newest first."""
    return list(PracticeRule.objects.filter(mine_id=mine_id).prefetch_related("banks"))


def must_knows(person: Person) -> QuerySet[MustKnow]:
    """The must-knows that hold now."""
    if not has_power(person, "practice.settings"):
        return MustKnow.objects.none()
    rows = MustKnow.objects.filter(mine_id=person.mine_id, ended_at=None)
    return rows.select_related("category", "item", "by")


def get_must_know(must_id: int, *, by: Person) -> MustKnow:
    """One must-know. NotVisible when there is none."""
    found = one_of(must_knows(by).filter(id=must_id))
    if found is None:
        raise NotVisible
    return found


def trades_of(mine_id: UUID) -> list[str]:
    """The trades that people of the mine have."""
    rows = Person.objects.filter(mine_id=mine_id, is_active=True).exclude(trade="")
    return list(rows.order_by("trade").values_list("trade", flat=True).distinct())


def away_rows(person: Person) -> QuerySet[Away]:
    """Who of one's own units is or was away."""
    rows = Away.objects.filter(mine_id=person.mine_id).select_related("person__unit", "by")
    units = reach(person, "practice.away")
    return rows if units is None else rows.filter(person__unit_id__in=units)


def get_away(away_id: UUID, *, by: Person) -> Away:
    """One entry. NotVisible for who does not answer for that person."""
    found = one_of(away_rows(by).filter(id=away_id))
    if found is None:
        raise NotVisible
    return found


def taken_until(person: Person) -> datetime | None:
    """Up to when mistakes from exams were taken into the book of this person."""
    found: datetime | None = ExamMistake.objects.filter(person=person).aggregate(at=Max("at"))["at"]
    return found
