"""The ledger cannot be changed, and when it was, the chain names where."""

import pytest
from django.db import DatabaseError, connection, transaction

from kuangdeng.kernel.ids import uuid7
from kuangdeng.ledger.chain import seal, seal_all, verify
from kuangdeng.ledger.models import Entry, PendingEntry
from kuangdeng.ledger.services import Named, Subject, post

pytestmark = pytest.mark.django_db
MINE = uuid7()


def write(count: int) -> list[Entry]:
    return [
        post(
            "test.verb",
            Subject("thing", uuid7(), f"第{i}件"),
            mine_id=MINE,
            by=Named(uuid7(), "王铁柱"),
            payload={"n": i},
        )
        for i in range(count)
    ]


def proof() -> str:
    return list(verify(MINE))[-1].broken


def test_entries_are_sealed_once_in_order() -> None:
    write(5)
    assert PendingEntry.objects.count() == 5
    assert seal(MINE, most=3) == 3
    assert seal_all() == 2
    assert seal_all() == 0
    result = list(verify(MINE))[-1]
    assert (result.sealed, result.unsealed, result.broken) == (5, 0, "")


@pytest.mark.parametrize("statement", ["UPDATE ledger_entry SET by_name = '别人'", "DELETE FROM ledger_entry"])
def test_the_database_refuses_to_change_the_ledger(statement: str) -> None:
    write(1)
    with pytest.raises(DatabaseError, match="只能追加"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def tamper(statement: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, params)
        cursor.execute("SET session_replication_role = origin")


def test_a_changed_entry_is_named() -> None:
    entries = write(4)
    seal_all()
    tamper("UPDATE ledger_entry SET payload = '{\"n\": 99}' WHERE id = %s", entries[2].id)
    assert str(entries[2].id) in proof() and "改动" in proof()


def test_a_changed_entry_with_its_digest_made_to_fit_breaks_the_chain() -> None:
    entries = write(4)
    seal_all()
    tamper("UPDATE ledger_entry SET by_name = '别人' WHERE id = %s", entries[1].id)
    tamper("UPDATE ledger_entry e SET digest = ledger_digest(e) WHERE id = %s", entries[1].id)
    assert "第 2 条" in proof() and "接不上" in proof()


def test_a_removed_entry_is_missed() -> None:
    entries = write(4)
    seal_all()
    tamper("DELETE FROM ledger_entry WHERE id = %s", entries[0].id)
    assert "第 1 条" in proof()
    tamper("DELETE FROM ledger_seal WHERE entry_id = %s", entries[0].id)
    assert "第 1 条不见了" in proof()
