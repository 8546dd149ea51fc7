"""The book rooms of the demo mine: sixty titles marked 示例, months of loans, all by the real verbs."""

from types import SimpleNamespace

import pytest

from kuangdeng.kernel import clock
from kuangdeng.learning.bookroom.models import Copy, Loan, ReadingNote, Reservation, Room, Title
from kuangdeng.org.models import Person
from kuangdeng.org.testkit import make_cast
from kuangdeng.web.demo_books import DemoBooks
from kuangdeng.web.demo_data.books import BOOKS


@pytest.mark.django_db
def test_the_shelves_are_full_and_people_read() -> None:
    cast = make_cast()
    Person.objects.bulk_create(
        Person(mine=cast.mine, number=f"7{number:03d}", name=f"职工{number}", unit=cast.units["mining"])
        for number in range(200)
    )
    people = {one.number: one for one in Person.objects.filter(mine=cast.mine).select_related("unit", "mine")}
    demo = SimpleNamespace(
        cast={"librarian": "5004", "miner": "1001", "team_leader": "1002"},
        persons=[SimpleNamespace(number=number) for number in sorted(people)],
    )
    now = clock.now()
    for at, take in sorted(DemoBooks(cast.mine, demo, people).steps(now), key=lambda one: one[0]):  # type: ignore[arg-type]
        with clock.set_to(at):
            take()
    assert Room.objects.count() == 2
    assert Title.objects.filter(remark="示例", isbn="").count() == len(BOOKS) >= 60, "no ISBN is invented"
    assert Copy.objects.count() > 90
    loans = Loan.objects.all()
    assert loans.count() > 120
    assert loans.filter(ended_at=None, due_on__lt=clock.today()).exists(), "somebody is late"
    assert loans.filter(person=cast.miner, ended_at=None).exists()
    assert ReadingNote.objects.count() == 10
    assert ReadingNote.objects.filter(picked_at__isnull=False).count() == 2
    assert Reservation.objects.filter(person=cast.team_leader, status="waiting").exists()
