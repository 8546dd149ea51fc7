"""What the organisation does by itself, at night."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from procrastinate.contrib.django import app

from kuangdeng.kernel import clock
from kuangdeng.org.models import Membership, Person, Unit, UnitName
from kuangdeng.org.services._steps import hold_person, hold_unit


@app.periodic(cron="3 * * * *")
@app.task(queueing_lock="org.moves", lock="org.moves", name="org.moves")
def apply_moves_now(timestamp: int) -> int:
    """Every hour, so that midnight at the mine is one of them whatever the time zone: what begins today begins."""
    return apply_moves()


def apply_moves(day: date | None = None) -> int:
    """Let moves, departures and new unit names that were decided for this day take effect; returns how many.

    The decision is on the ledger since it was made, so nothing is entered here. Looks at everything that is not what
    it should be, not only at this day, so a night without power is made good the next time.
    """
    day = day or clock.today()
    changed = 0
    for person_id in list(_stale_persons(day)):
        with transaction.atomic():
            person = Person.objects.select_for_update(of=("self",)).select_related("unit").get(id=person_id)
            changed += hold_person(person, day)
    for unit_id in list(_stale_units(day)):
        with transaction.atomic():
            changed += hold_unit(Unit.objects.select_for_update(of=("self",)).get(id=unit_id), day)
    return changed


def _stale_persons(day: date) -> list[UUID]:
    row = Membership.objects.filter(person=OuterRef("id"), valid_from__lte=day).order_by("-valid_from")
    persons = Person.objects.annotate(
        there=Subquery(row.values("id")[:1]),
        held_unit=Subquery(row.values("unit")[:1]),
        held_trade=Subquery(row.values("trade")[:1]),
        held_post=Subquery(row.values("post")[:1]),
    ).filter(there__isnull=False)
    moved = Q(held_unit__isnull=False) & (
        Q(unit=None)
        | ~Q(unit=F("held_unit"))
        | ~Q(trade=F("held_trade"))
        | ~Q(post=F("held_post"))
        | Q(is_active=False)
    )
    return list(persons.filter(moved | Q(held_unit=None, is_active=True)).values_list("id", flat=True))


def _stale_units(day: date) -> list[UUID]:
    row = UnitName.objects.filter(unit=OuterRef("id"), valid_from__lte=day).order_by("-valid_from")
    units = Unit.objects.annotate(held=Subquery(row.values("name")[:1])).filter(held__isnull=False)
    return list(units.exclude(name=F("held")).values_list("id", flat=True))
