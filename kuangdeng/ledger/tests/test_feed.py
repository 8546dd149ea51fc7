"""The feed reaches every reader once, in order, whatever fails on the way."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from uuid import UUID

import pytest
from django.db import connection, transaction

from kuangdeng.kernel import clock
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.ids import uuid7
from kuangdeng.ledger import routes
from kuangdeng.ledger.chain import seal_all
from kuangdeng.ledger.feed import MOST_TRIES, Reader, lag, read
from kuangdeng.ledger.models import Cursor, Delivery, Entry, FeedProblem, Notice, Subscription
from kuangdeng.ledger.notices import tell_all
from kuangdeng.ledger.routes import Recipient, Topic, declare_topics, route
from kuangdeng.ledger.services import Named, Subject, choose_topics, mark_read, open_notice, post

pytestmark = pytest.mark.django_db
MINE = uuid7()
ANNA, BAO = uuid7(), uuid7()


def write(verb: str = "test.verb", *, by: UUID | None = None, thing: UUID | None = None, **payload: object) -> Entry:
    who = Named(by, "王铁柱") if by else None
    return post(verb, Subject("thing", thing or uuid7(), "一件事"), mine_id=MINE, by=who, payload=payload)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Recipient]]:
    """A route for `test.verb`: whoever is in the list is told."""
    recipients: list[Recipient] = []
    for name in ("ROUTES", "SETTLES", "TOPICS"):
        monkeypatch.setattr(routes, name, getattr(routes, name))
    before = {name: dict(getattr(routes, name)) for name in ("ROUTES", "SETTLES", "TOPICS")}
    declare_topics(Topic("test", "试验"), Topic("test.loud", "要发邮件的", mail=True))
    route("test.verb")(lambda entry: recipients)
    route("test.settle", settles=["test"])(lambda entry: [])
    yield recipients
    for name, was in before.items():
        getattr(routes, name).clear()
        getattr(routes, name).update(was)


def to(person: UUID, **more: object) -> Recipient:
    values = {"role": "safety", "topic": "test", "title": "请办理", "url": "/x/", **more}
    return Recipient(person, **values)  # type: ignore[arg-type]


def test_a_reader_sees_every_entry_once_in_order() -> None:
    seen: list[UUID] = []
    reader = Reader("test", lambda entry: seen.append(entry.id))
    first = [write().id for _ in range(5)]
    assert read(reader) == 0, "nothing is sealed yet"
    seal_all()
    assert lag("test") == 5
    assert read(reader, batch=2) == 5
    second = [write().id for _ in range(3)]
    seal_all()
    assert read(reader) == 3
    assert seen == first + second
    assert (read(reader), lag("test")) == (0, 0)


def test_an_entry_that_fails_is_put_aside_and_the_feed_goes_on() -> None:
    seen: list[UUID] = []
    odd: set[UUID] = set()

    def take(entry: Entry) -> None:
        seen.append(entry.id)
        if entry.id in odd:
            Cursor.objects.create(reader="half", mine_id=uuid7())
            raise ValueError("这一条处理不了")

    entries = [write() for _ in range(4)]
    odd.add(entries[1].id)
    seal_all()
    reader = Reader("test", take)
    assert read(reader) == 4
    assert len(seen) == 4
    assert not Cursor.objects.filter(reader="half").exists(), "its half work is undone"
    problem = FeedProblem.objects.get()
    assert (problem.entry_id, problem.tries, "处理不了" in problem.error) == (entries[1].id, 1, True)
    at = now()
    for _ in range(MOST_TRIES + 3):
        at += timedelta(hours=2)
        with clock.set_to(at):
            read(reader)
    problem.refresh_from_db()
    assert problem.given_up_at is not None
    assert seen.count(entries[1].id) == MOST_TRIES
    assert all(seen.count(entry.id) == 1 for entry in entries if entry.id not in odd)


def test_what_was_put_aside_is_taken_when_it_works_again() -> None:
    broken = [True]

    def take(entry: Entry) -> None:
        if broken[0]:
            raise ValueError("暂时不行")

    write()
    seal_all()
    reader = Reader("test", take)
    read(reader)
    broken[0] = False
    assert read(reader) == 0, "not due yet"
    with clock.set_to(now() + timedelta(minutes=1)):
        assert read(reader) == 1
    assert not FeedProblem.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_one_entry_twice() -> None:
    for _ in range(60):
        write()
    seal_all()
    seen: list[UUID] = []

    def work() -> None:
        try:
            for _ in range(20):
                read(Reader("pair", lambda entry: seen.append(entry.id)), batch=3)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == len(set(seen)) == 60


@pytest.mark.django_db(transaction=True)
def test_a_crash_in_a_batch_loses_and_doubles_nothing(told: list[Recipient]) -> None:
    """The worker dies after the notices were made and before the cursor was written."""
    told.append(to(ANNA))
    for _ in range(3):
        write()
    seal_all()
    from kuangdeng.ledger import feed
    from kuangdeng.ledger.notices import READER

    with pytest.raises(RuntimeError), transaction.atomic():
        feed._batch(READER, MINE, 10)
        assert Notice.objects.count() == 3
        raise RuntimeError
    assert Notice.objects.count() == 0
    tell_all()
    assert Notice.objects.count() == 3
    Cursor.objects.all().delete()
    tell_all()
    assert Notice.objects.count() == 3, "even read again from the start, nobody is told twice"


def test_the_actor_is_not_told_of_his_own_act(told: list[Recipient]) -> None:
    told.extend([to(ANNA), to(BAO)])
    write(by=ANNA)
    seal_all()
    tell_all()
    assert [notice.person_id for notice in Notice.objects.all()] == [BAO]


def test_what_is_old_tells_nobody(told: list[Recipient]) -> None:
    told.append(to(ANNA))
    with clock.set_to(now() - timedelta(days=30)):
        write()
    write()
    seal_all()
    tell_all()
    assert Notice.objects.count() == 1


def test_subscriptions_person_before_role_before_topic(told: list[Recipient]) -> None:
    told.extend([to(ANNA), to(BAO)])
    Subscription.objects.create(mine_id=MINE, role="safety", topic="test", wanted=False)
    choose_topics(mine_id=MINE, person_id=BAO, choices={("test", "inbox"): True})
    write()
    seal_all()
    tell_all()
    assert [notice.person_id for notice in Notice.objects.all()] == [BAO]
    choose_topics(mine_id=MINE, person_id=BAO, choices={("test", "inbox"): None})
    write()
    seal_all()
    tell_all()
    assert Notice.objects.count() == 1


def test_mail_is_queued_for_who_has_an_address_and_wants_it(told: list[Recipient], settings: object) -> None:
    settings.EMAIL_CONFIGURED = True  # type: ignore[attr-defined]
    told.append(to(ANNA, topic="test.loud", addresses={"email": "anna@example.cn"}))
    told.append(to(BAO, topic="test.loud"))
    write()
    told.append(to(uuid7(), topic="test", addresses={"email": "c@example.cn"}))
    seal_all()
    tell_all()
    assert [delivery.address for delivery in Delivery.objects.all()] == ["anna@example.cn"]
    assert Notice.objects.count() == 3


def test_tasks_are_acted_when_the_thing_moved_on(told: list[Recipient]) -> None:
    told.extend([to(ANNA, must_act=True), to(BAO, must_act=True)])
    thing, other = uuid7(), uuid7()
    write(thing=thing, status="dispatched")
    write(thing=other, status="dispatched")
    write("test.note", thing=thing, by=ANNA, status="dispatched")
    seal_all()
    tell_all()
    acted = {(notice.person_id, notice.subject_id): notice.acted_at is not None for notice in Notice.objects.all()}
    assert acted == {
        (ANNA, str(thing)): True, (BAO, str(thing)): False, (ANNA, str(other)): False, (BAO, str(other)): False
    }  # fmt: skip
    write("test.note", thing=thing, by=uuid7(), status="rectifying")
    write("test.settle", thing=other, by=uuid7(), status="dispatched")
    seal_all()
    tell_all()
    assert not Notice.objects.filter(acted_at=None).exists()


def test_a_task_that_comes_late_is_acted_at_once_when_it_was_done_meanwhile(told: list[Recipient]) -> None:
    class Broken(list[Recipient]):
        def __iter__(self) -> Iterator[Recipient]:
            raise ValueError("路由出错")

    routes.ROUTES["test.verb"] = lambda entry: Broken()
    thing = uuid7()
    write(thing=thing, status="a")
    write("test.note", thing=thing, by=uuid7(), status="b")
    seal_all()
    tell_all()
    assert Notice.objects.count() == 0
    routes.ROUTES["test.verb"] = lambda entry: [to(ANNA, must_act=True)]
    with clock.set_to(now() + timedelta(minutes=1)):
        tell_all()
    assert Notice.objects.get().acted_at is not None


def test_reading_one_and_all(told: list[Recipient]) -> None:
    from kuangdeng.kernel.errors import NotVisible
    from kuangdeng.ledger.queries import to_do, unread

    told.append(to(ANNA, must_act=True))
    for _ in range(3):
        write()
    seal_all()
    tell_all()
    assert (unread(ANNA), unread(BAO)) == (3, 0)
    one = Notice.objects.first()
    with pytest.raises(NotVisible):
        open_notice(one.id, person_id=BAO)
    open_notice(one.id, person_id=ANNA)
    assert unread(ANNA) == 2
    assert mark_read(person_id=ANNA) == 2
    assert (unread(ANNA), to_do(ANNA).count()) == (0, 3)
