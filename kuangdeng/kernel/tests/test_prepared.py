"""A statement that is prepared once: in one's own transaction, on connections used again, and when the database dies."""

from __future__ import annotations

import threading

import pytest
from django.db import OperationalError, connection, transaction

from kuangdeng.kernel.prepared import Prepared

WHO = "SELECT pg_backend_pid(), (SELECT count(*) FROM pg_prepared_statements), %(said)s::text"


@pytest.fixture
def statement() -> Prepared:
    return Prepared(WHO)


def own_pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_the_same_connection_again_with_the_plan_kept(statement: Prepared) -> None:
    first, second = statement.row({"said": "甲"}), statement.row({"said": "乙"})
    assert first is not None and second is not None
    assert first[0] == second[0] != own_pid()
    assert second[1:] == (1, "乙")


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_it_is_part_of_it(statement: Prepared) -> None:
    with transaction.atomic():
        row = statement.row({"said": "甲"})
        assert row is not None and row[0] == own_pid()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_is_replaced_and_nobody_notices(statement: Prepared) -> None:
    row = statement.row({"said": "甲"})
    assert row is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [row[0]])
    again = statement.row({"said": "乙"})
    assert again is not None and again[0] != row[0] and again[2] == "乙"


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_is_said_once_and_keeps_the_connection() -> None:
    slow = Prepared("SELECT pg_backend_pid(), pg_sleep(%(seconds)s::float)")
    row = slow.row({"seconds": "0"})
    assert row is not None
    threading.Timer(0.2, cancel, [row[0]]).start()
    with pytest.raises(OperationalError):
        slow.row({"seconds": "20"})
    again = slow.row({"seconds": "0"})
    assert again is not None and again[0] == row[0]


def cancel(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_cancel_backend(%s)", [pid])
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_two_at_a_time_have_a_connection_each() -> None:
    slow = Prepared("SELECT pg_backend_pid(), pg_sleep(%(seconds)s::float)")
    pids: list[int] = []

    def ask() -> None:
        row = slow.row({"seconds": "0.3"})
        assert row is not None
        pids.append(row[0])

    threads = [threading.Thread(target=ask) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(pids)) == 2
