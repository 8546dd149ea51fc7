"""借、还、续借、预约、催还 through the verbs, two kiosks at once among them."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.bookroom import rules, services
from kuangdeng.learning.bookroom.jobs import run_clock
from kuangdeng.learning.bookroom.models import Loan, Reminder, Reservation
from kuangdeng.learning.bookroom.queries import popular, stock_of
from kuangdeng.learning.bookroom.testkit import a_copy, book, kiosk_in, lent, noted, queued, ready, rooms_of, stock_in
from kuangdeng.learning.waiting import waiting_for
from kuangdeng.ledger.api import Entry, Notice
from kuangdeng.org.testkit import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def later(days: int) -> object:
    """Some days on, in the morning."""
    return clock.set_to((clock.local() + timedelta(days=days)).replace(hour=9))


def test_a_loan_runs_by_the_rule_of_its_day(cast: Cast) -> None:
    rooms_of(cast)
    services.save_rule(
        valid_from=clock.today(),
        terms=rules.Terms(days=45),
        source="矿工会〔示例〕1号",
        confirmed=True,
        by=cast.librarian,
    )
    loan = lent(cast)
    assert loan.due_on == clock.today() + timedelta(days=45)
    assert loan.unit == cast.miner.unit
    tomorrow = clock.today() + timedelta(days=1)
    services.save_rule(valid_from=tomorrow, terms=rules.Terms(days=10), source="", confirmed=False, by=cast.librarian)
    loan.refresh_from_db()
    assert loan.due_on == clock.today() + timedelta(days=45), "what is lent keeps its day"
    with pytest.raises(Refused, match="不能改过去"):
        services.save_rule(
            valid_from=clock.today() - timedelta(days=1),
            terms=rules.Terms(),
            source="",
            confirmed=False,
            by=cast.librarian,
        )


def test_who_is_refused(cast: Cast) -> None:
    title = book(cast, copies=6)
    codes = list(title.copies.values_list("barcode", flat=True))
    with pytest.raises(Refused, match="没有权限"):
        services.lend(barcode=codes[0], reader_id=cast.miner.id, by=cast.unit_head)
    with pytest.raises(Refused, match="没有这个条码"):
        services.lend(barcode="99999999", reader_id=cast.miner.id, by=cast.librarian)
    for code in codes[:3]:
        services.lend(barcode=code, reader_id=cast.miner.id, by=cast.librarian)
    with pytest.raises(Refused, match="借满 3 册"):
        services.lend(barcode=codes[3], reader_id=cast.miner.id, by=cast.librarian)
    with pytest.raises(Refused, match="已经在您名下"):
        services.lend(barcode=codes[0], reader_id=cast.miner.id, by=cast.librarian)
    with pytest.raises(Refused, match="刚由别人借走"):
        services.lend(barcode=codes[0], reader_id=cast.other_miner.id, by=cast.librarian)
    services.give_back(barcode=codes[0], by=cast.librarian)
    with later(40), pytest.raises(Refused, match="超期未还"):
        services.lend(barcode=codes[0], reader_id=cast.miner.id, by=cast.librarian)
    services.withdraw_copy(title.copies.get(barcode=codes[0]).id, note="破损", by=cast.librarian)
    with pytest.raises(Refused, match="丢失或剔旧"):
        services.lend(barcode=codes[0], reader_id=cast.other_miner.id, by=cast.librarian)


def test_renewing_adds_days_until_it_is_enough(cast: Cast) -> None:
    loan = lent(cast)
    due = loan.due_on
    assert services.renew(loan.id, by=cast.miner).due_on == due + timedelta(days=15)
    with pytest.raises(Refused, match="已续借 1 次"):
        services.renew(loan.id, by=cast.miner)


def test_no_renewal_for_others_late_or_wanted_books(cast: Cast) -> None:
    loan = lent(cast)
    with pytest.raises(Refused, match="没有权限"):
        services.renew(loan.id, by=cast.other_miner)
    with later(31), pytest.raises(Refused, match="已经超期"):
        services.renew(loan.id, by=cast.miner)
    queued(cast, title=loan.title)
    with pytest.raises(Refused, match="有人在排队"):
        services.renew(loan.id, by=cast.miner)


def test_the_queue_is_served_in_order_and_each_hears_it(cast: Cast) -> None:
    title = lent(cast).title
    first, second = queued(cast, "other_miner", title), queued(cast, "safety", title)
    code = a_copy(title).barcode
    services.give_back(barcode=code, by=cast.librarian)
    first.refresh_from_db()
    assert (first.status, first.held_until) == ("ready", clock.today() + timedelta(days=3))
    assert any("您预约的《矿井防治水》到了" in one for one in cast.told("other_miner"))
    assert cast.told("safety") == []
    with pytest.raises(Refused, match="有人预约"):
        services.lend(barcode=code, reader_id=cast.safety.id, by=cast.librarian)
    with later(4):
        assert run_clock() == 1
        second.refresh_from_db()
        assert second.status == "ready"
        assert any("过期没有来取" in one for one in cast.told("other_miner"))
        services.lend(barcode=code, reader_id=cast.safety.id, by=cast.librarian)
    second.refresh_from_db()
    assert second.status == "fetched"


def test_reserving_is_for_what_is_not_there(cast: Cast) -> None:
    title = book(cast)
    with pytest.raises(Refused, match="现在就有"):
        services.reserve(title.id, by=cast.miner)
    lent(cast, title)
    with pytest.raises(Refused, match="正在您手里"):
        services.reserve(title.id, by=cast.miner)
    queued(cast, title=title)
    with pytest.raises(Refused, match="已经预约"):
        services.reserve(title.id, by=cast.other_miner)
    with pytest.raises(Refused, match="没有馆藏"):
        services.reserve(book(cast, "没有册的书", copies=0).id, by=cast.miner)


def test_who_cancels_lets_the_next_one_have_it(cast: Cast) -> None:
    made = ready(cast)
    lent_to_other = queued_behind(cast, made)
    services.cancel(made.id, by=cast.other_miner)
    lent_to_other.refresh_from_db()
    assert lent_to_other.status == "ready"
    with pytest.raises(Refused, match="不能取消预约"):
        services.cancel(made.id, by=cast.other_miner)
    with pytest.raises(Refused, match="没有权限"):
        services.cancel(lent_to_other.id, by=cast.other_miner)


def queued_behind(cast: Cast, made: Reservation) -> Reservation:
    return services.reserve(made.title_id, by=cast.safety)


def test_reminders_come_before_at_and_after_each_once(cast: Cast) -> None:
    loan = lent(cast)
    for days, step in [(26, None), (27, "before"), (28, None), (30, "at"), (31, "late"), (33, None), (38, "late")]:
        with later(days):
            before = Reminder.objects.count()
            run_clock()
            run_clock()
            new = list(Reminder.objects.order_by("id").values_list("step", flat=True)[before:])
            assert new == ([step] if step else []), days
    said = cast.told("miner")
    assert [("到期，请按时" in one, "今天到期" in one, "尽快归还" in one) for one in said] == [
        (True, False, False), (False, True, False), (False, False, True), (False, False, True),
    ]  # fmt: skip
    with later(39):
        assert [(one.kind, one.title) for one in waiting_for(cast.miner)] == [("loan", "矿井防治水")]
        services.give_back(barcode=loan.copy.barcode, by=cast.librarian)
        cast.told("miner")
        assert not Notice.objects.filter(person_id=cast.miner.id, must_act=True, acted_at=None).exists()
        assert waiting_for(cast.miner) == []


def test_a_lost_book_ends_its_loan_and_can_be_found_again(cast: Cast) -> None:
    loan = lent(cast)
    queue = queued(cast, title=loan.title)
    copy = services.lose_copy(loan.copy_id, note="读者说在澡堂丢了", by=cast.librarian)
    loan.refresh_from_db()
    assert (loan.ending, copy.status, copy.amends) == ("lost", "lost", "none")
    assert any("已登记丢失" in one for one in cast.told("miner"))
    assert services.settle_loss(copy.id, amends="paid", by=cast.librarian).amends == "paid"
    services.find_copy(copy.id, by=cast.librarian)
    queue.refresh_from_db()
    assert queue.status == "ready", "who waits gets what was found"


def test_who_waits_for_a_copy_that_is_lost_gets_another_or_hears_that_he_waits_on(cast: Cast) -> None:
    made = ready(cast)
    assert made.copy
    title = made.title
    services.add_copies(title.id, room_id=made.copy.room_id, count=1, by=cast.librarian)
    services.lose_copy(made.copy_id, note="架上找不到", by=cast.librarian)
    first = made.copy
    made.refresh_from_db()
    assert made.status == "ready" and made.copy and made.copy != first
    services.lose_copy(made.copy_id, note="架上也找不到", by=cast.librarian)
    made.refresh_from_db()
    assert (made.status, made.copy, made.held_until) == ("waiting", None, None)
    assert any("先不要来取" in one for one in cast.told("other_miner"))
    services.find_copy(first.id, by=cast.librarian)
    made.refresh_from_db()
    assert made.copy == first


def test_a_kiosk_speaks_for_nobody_and_the_reader_hears_of_it(cast: Cast) -> None:
    kiosk, _secret = kiosk_in(cast)
    copy = a_copy(book(cast))
    services.lend(barcode=copy.barcode, reader_id=cast.miner.id, kiosk=kiosk)
    entry = Entry.objects.get(verb="book.lend")
    assert (entry.by_id, entry.payload["reader"], entry.payload["way"]) == (None, "王铁柱", "kiosk")
    assert any("自助借了《矿井防治水》" in one for one in cast.told("miner"))


def test_the_database_keeps_one_open_loan_per_copy(cast: Cast) -> None:
    loan = lent(cast)
    with pytest.raises(IntegrityError, match="one_open_loan_per_copy"), transaction.atomic():
        Loan.objects.create(
            mine=cast.mine, copy=loan.copy, title=loan.title, room=loan.room, person=cast.safety, due_on=loan.due_on
        )


@pytest.mark.django_db(transaction=True)
def test_two_kiosks_lend_one_copy_at_once_and_exactly_one_wins() -> None:
    cast = make_cast()
    copy = a_copy(book(cast))
    kiosks = [kiosk_in(cast, f"{number}号机")[0] for number in range(4)]
    readers = [cast.miner, cast.other_miner, cast.safety, cast.unit_head]
    start, came = threading.Barrier(4), []

    def stand(number: int) -> None:
        try:
            start.wait(timeout=20)
            services.lend(barcode=copy.barcode, reader_id=readers[number].id, kiosk=kiosks[number])
            came.append("lent")
        except Refused as refusal:
            came.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=stand, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    assert came.count("lent") == 1
    assert sum("刚由别人借走" in one for one in came) == 3, came
    assert Loan.objects.filter(copy=copy, ended_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_reader_at_two_kiosks_does_not_get_more_than_the_rule_allows() -> None:
    cast = make_cast()
    codes = list(book(cast, copies=6).copies.values_list("barcode", flat=True))
    kiosk, _secret = kiosk_in(cast)
    start, came = threading.Barrier(6), []

    def stand(code: str) -> None:
        try:
            start.wait(timeout=20)
            services.lend(barcode=code, reader_id=cast.miner.id, kiosk=kiosk)
        except Refused as refusal:
            came.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=stand, args=(code,)) for code in codes]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    assert Loan.objects.filter(person=cast.miner, ended_at=None).count() == 3
    assert all("借满 3 册" in one for one in came)


def test_notes_are_picked_reported_hidden_and_shown_again(cast: Cast) -> None:
    note = noted(cast)
    services.pick_note(note.id, by=cast.librarian)
    assert any("被推荐了" in one for one in cast.told("miner"))
    with pytest.raises(Refused, match="您自己写的"):
        services.report_note(note.id, reason="不妥", by=cast.miner)
    services.report_note(note.id, reason="抄来的", by=cast.other_miner)
    entry = Entry.objects.get(verb="book.report")
    assert entry.by_id is None, "who reported is not on the ledger"
    assert any("有人举报王铁柱写的" in one for one in cast.told("librarian"))
    assert [one.kind for one in waiting_for(cast.librarian)] == ["report"]
    services.hide_note(note.id, reason="整段抄自序言", by=cast.librarian)
    assert any("整段抄自序言" in one for one in cast.told("miner"))
    assert waiting_for(cast.librarian) == []
    shown = services.show_note(note.id, by=cast.librarian)
    assert (shown.status, shown.hidden_reason, shown.picked_at) == ("shown", "", None)
    with pytest.raises(Refused, match="至少写 10 个字"):
        services.write_note(note.title_id, text="好书", by=cast.miner)


def test_stock_taking_finds_what_is_missing_and_what_should_not_be_there(cast: Cast) -> None:
    title = book(cast, copies=5)
    copies = list(title.copies.all())
    services.lend(barcode=copies[0].barcode, reader_id=cast.miner.id, by=cast.librarian)
    services.move_copy(copies[1].id, room_id=rooms_of(cast)[1].id, by=cast.librarian)
    take = stock_in(cast)
    with pytest.raises(Refused, match="还没有扫过"):
        services.finish_stock(take.id, by=cast.librarian)
    services.scan(take.id, barcodes=[copies[1].barcode, copies[2].barcode, "12345678"], by=cast.librarian)
    services.scan(take.id, barcodes=[copies[2].barcode, copies[0].barcode], by=cast.librarian)
    stock = stock_of(take)
    assert (stock.expected, stock.found) == (3, 1)
    assert [one.copy for one in stock.missing] == copies[3:]
    assert (stock.elsewhere, stock.on_loan, stock.unknown) == ([copies[1]], [copies[0]], ["12345678"])
    done = services.finish_stock(take.id, by=cast.librarian)
    assert done.result["missing"] == [copies[3].barcode, copies[4].barcode]
    with pytest.raises(Refused, match="已经结束"):
        services.scan(take.id, barcodes=[copies[3].barcode], by=cast.librarian)


def test_books_lent_equally_often_share_a_place(cast: Cast) -> None:
    wanted = {"平凡的世界": ("miner", "team_leader"), "红岩": ("unit_head",), "活着": ("other_miner",)}
    for name, readers in wanted.items():
        codes = book(cast, name, copies=len(readers)).copies.values_list("barcode", flat=True)
        for part, code in zip(readers, codes, strict=True):
            services.lend(barcode=code, reader_id=cast.persons[part].id, by=cast.librarian)
    found = popular(cast.miner, clock.today().replace(day=1))
    assert [(place, count) for place, _title, count in found.ranked_titles] == [(1, 2), (2, 1), (2, 1)]


def test_the_ranking_is_per_head_with_teams_counted_to_their_unit(cast: Cast) -> None:
    title = book(cast, copies=4)
    codes = list(title.copies.values_list("barcode", flat=True))
    for part, code in zip(("miner", "team_leader", "unit_head", "other_miner"), codes, strict=True):
        services.lend(barcode=code, reader_id=cast.persons[part].id, by=cast.librarian)
    found = popular(cast.miner, clock.today().replace(day=1))
    assert [(one.title, n) for one, n in found.titles] == [("矿井防治水", 4)]
    units = {one.unit.name: one for one in found.units}
    assert "综采一队一班" not in units
    mining, tunnel = units["综采一队"], units["掘进一队"]
    assert (mining.loans, mining.readers, mining.heads, mining.rank) == (3, 3, 4, 1)
    assert (tunnel.loans, tunnel.heads, tunnel.rank) == (1, 2, 2)
    assert mining.per_head == 0.75


def test_barcodes_go_on_and_never_meet(cast: Cast) -> None:
    title, room = book(cast, copies=2), rooms_of(cast)[0]
    services.add_copies(title.id, room_id=room.id, barcodes=["01000003", "6901234567892"], by=cast.librarian)
    services.add_copies(title.id, room_id=room.id, count=2, by=cast.librarian)
    assert sorted(title.copies.values_list("barcode", flat=True)) == [
        "01000001", "01000002", "01000003", "01000004", "01000005", "6901234567892",
    ]  # fmt: skip
    with pytest.raises(Refused, match="条码已经用在别的书上"):
        services.add_copies(title.id, room_id=room.id, barcodes=["01000004"], by=cast.librarian)


def test_one_isbn_is_one_title(cast: Cast) -> None:
    book(cast, "煤矿安全规程", isbn="978-7-5020-4124-3")
    with pytest.raises(Refused, match="已经有这个 ISBN：《煤矿安全规程》"):
        book(cast, "规程", isbn="9787502041243")
    with pytest.raises(Refused, match="校验位不对"):
        book(cast, "规程", isbn="9787502041244")
