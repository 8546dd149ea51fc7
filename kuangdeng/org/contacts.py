"""What the ledger asks of the organisation to reach people: addresses, ends of shifts, units above, names to hide."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import CharField, F, Value

from kuangdeng.ledger.api import Contact
from kuangdeng.org.models import Mine, Person, Unit
from kuangdeng.org.queries.shifts import timetables


class Directory:
    """The answers, from today's tables."""

    def contacts(self, person_ids: Iterable[UUID]) -> Mapping[UUID, Contact]:
        """Names and addresses of these people."""
        rows = Person.objects.filter(id__in=list(person_ids)).order_by()
        return {one.id: Contact(one.name, one.email, one.phone, one.is_active) for one in rows}

    def shift_ends(self, person_ids: Iterable[UUID], at: datetime) -> Mapping[UUID, datetime]:
        """When the shift of each one's unit ends; in a gap the next one to begin counts."""
        rows = list(Person.objects.filter(id__in=list(person_ids)).select_related("unit", "mine").order_by())
        if not rows:
            return {}
        tables = timetables(rows[0].mine, [one.unit for one in rows])
        found = {one.id: tables[one.unit_id].ends_after(at, 1) for one in rows}
        return {person_id: ends[0] for person_id, ends in found.items() if ends}

    def units_above(self, unit_id: UUID) -> frozenset[UUID]:
        """This unit and all above it."""
        above = Unit.objects.filter(id=unit_id).values_list("ancestors", flat=True).first()
        return frozenset({unit_id, *(above or ())})

    def names_in(self, mine_id: UUID, text: str) -> list[str]:
        """The names that stand in a text, of those who work here and of those who did."""
        rows = Person.objects.filter(mine_id=mine_id).alias(said=Value(text, output_field=CharField()))
        return list(rows.filter(said__contains=F("name")).order_by().values_list("name", flat=True).distinct())

    def mine_name(self, mine_id: UUID) -> str:
        """What the mine is called."""
        return Mine.objects.filter(id=mine_id).values_list("name", flat=True).first() or ""
