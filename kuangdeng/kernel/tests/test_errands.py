"""Work that is handed to the worker tells how far it is while its transaction is still open."""

from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from kuangdeng.kernel import errands
from kuangdeng.kernel.clock import now, set_to
from kuangdeng.kernel.errands import carry_out, counted, errand_called, hand_over
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import LOST, Errand

WHO = uuid7()


def seen_by_others(name: str) -> tuple[int, int]:
    """What a page reads that is asked for at this moment: by a connection of its own."""
    line = connection.copy()
    try:
        with line.cursor() as cursor:
            cursor.execute("SELECT done, total FROM kernel_errand WHERE name = %s", [name])
            return tuple(cursor.fetchone())
    finally:
        line.close()


@pytest.mark.django_db(transaction=True)
def test_how_far_it_is_is_seen_before_the_work_is_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands, "TELL_EVERY", 0)
    seen = []

    def act(_by: UUID) -> None:
        with transaction.atomic():
            for _row in counted(range(3)):
                seen.append(seen_by_others("考试"))
            seen.append(seen_by_others("考试"))

    hand_over("考试", lambda: None, by_id=WHO)
    assert seen_by_others("考试") == (0, 0)
    assert carry_out("考试", act)
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert errand_called("考试") is None


@pytest.mark.django_db(transaction=True)
def test_it_is_told_once_a_second_and_what_is_heard_of_is_not_taken_for_lost() -> None:
    seen = []

    def act(_by: UUID) -> None:
        for _row in counted(range(5)):
            seen.append((*seen_by_others("题库"), is_moving("题库")))

    with set_to(now() - 2 * LOST):
        hand_over("题库", lambda: None, by_id=WHO)
    assert not is_moving("题库")
    assert carry_out("题库", act)
    assert seen == [(0, 5, True)] * 5


def is_moving(name: str) -> bool:
    found = errand_called(name)
    return found is not None and found.is_moving


@pytest.mark.django_db
def test_work_goes_on_when_it_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Line:
        closed = False

        def cursor(self) -> object:
            raise DatabaseError("no connection is left")

        def close(self) -> None:
            self.closed = True

    line, done = Line(), list[int]()
    monkeypatch.setattr(errands, "connection", SimpleNamespace(copy=lambda: line))
    hand_over("考试", lambda: None, by_id=WHO)
    assert carry_out("考试", lambda _by: done.extend(counted(range(3))))
    assert (done, line.closed) == ([0, 1, 2], True)


@pytest.mark.django_db
def test_outside_an_errand_there_are_only_the_rows(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert list(counted("瓦斯")) == ["瓦", "斯"]
    assert not Errand.objects.exists()
