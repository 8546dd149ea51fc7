"""The ledger cannot be changed, and when it was, the chain names where."""

import pytest
from django.db import DatabaseError, connection, transaction

from kuangdeng.kernel.ids import uuid7
from kuangdeng.ledger.chain import seal, seal_all, verify
from kuangdeng.ledger.models import Entry, PendingEntry, Seal
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


def test_ten_thousand_entries_are_proven_and_one_flipped_letter_is_found() -> None:
    write(10_000)
    assert seal_all() + seal_all() + seal_all() + seal_all() + seal_all() == 10_000
    steps = list(verify(MINE))
    assert (steps[-1].sealed, steps[-1].broken) == (10_000, "")
    assert len(steps) > 2, "a long proof shows how far it has come"
    odd = Seal.objects.get(mine_id=MINE, seq=7_777).entry
    tamper("UPDATE ledger_entry SET subject_label = '第7777件' WHERE id = %s", odd.id)
    assert "第 7777 条" in proof() and str(odd.id) in proof()


def test_an_anchor_finds_a_chain_that_was_written_anew() -> None:
    """Whoever owns the database can change an entry and seal everything again; a value on paper convicts him."""
    entries = write(5)
    seal_all()
    head = list(verify(MINE))[-1].head
    anchor = {5: head[:20]}
    assert list(verify(MINE, expect=anchor))[-1].broken == ""
    tamper("UPDATE ledger_entry SET by_name = '别人' WHERE id = %s", entries[1].id)
    tamper("UPDATE ledger_entry e SET digest = ledger_digest(e) WHERE id = %s", entries[1].id)
    tamper("INSERT INTO ledger_pendingentry (entry_id, mine_id) SELECT entry_id, mine_id FROM ledger_seal")
    tamper("DELETE FROM ledger_seal WHERE mine_id = %s", MINE)
    assert seal_all() == 5
    assert proof() == "", "by itself the new chain is whole"
    assert "与抄录的" in list(verify(MINE, expect=anchor))[-1].broken


def test_an_anchor_beyond_the_end_finds_a_cut_tail() -> None:
    entries = write(4)
    seal_all()
    head = list(verify(MINE))[-1].head
    tamper("DELETE FROM ledger_seal WHERE seq = 4")
    tamper("DELETE FROM ledger_entry WHERE id = %s", entries[3].id)
    assert proof() == ""
    assert "整段删掉" in list(verify(MINE, expect={4: head}))[-1].broken


def test_a_short_anchor_proves_nothing_and_is_refused() -> None:
    write(1)
    seal_all()
    head = list(verify(MINE))[-1].head
    assert "不符" in list(verify(MINE, expect={1: head[:8]}))[-1].broken


def test_entries_and_seals_of_another_mine_are_apart() -> None:
    write(2)
    other = uuid7()
    post("test.verb", Subject("thing", uuid7(), "别矿的事"), mine_id=other, by=None)
    assert seal_all() == 3
    assert [list(verify(mine))[-1].sealed for mine in (MINE, other)] == [2, 1]
