"""Weak → talk → make-up → retraining: who failed twice goes into a class from its page, and its conclusion settles it."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.classes import rules, services
from kuangdeng.learning.classes.models import LessonHours, Seat, TrainingClass
from kuangdeng.learning.classes.testkit import REPORT, all_passed, class_in, examined, finished, lesson_in
from kuangdeng.learning.talks import api as talks
from kuangdeng.learning.talks import services as talk_services
from kuangdeng.learning.talks.testkit import retraining
from kuangdeng.learning.waiting import waiting_for
from kuangdeng.ledger.api import Entry, Notice
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def taken(cast: Cast, one: TrainingClass, row: talks.Retraining, batch: int = 1) -> Seat:
    return services.take_retraining(
        one.batches.get(number=batch).id, retraining_id=row.id, reason="必须重新培训", by=cast.training_officer
    )


def sat_through(cast: Cast) -> tuple[TrainingClass, talks.Retraining]:
    """The miner is retrained in a class whose lessons are over, with every hour."""
    row = retraining(cast)
    one = finished(cast)
    taken(cast, one, row)
    return one, row


def with_hours(one: TrainingClass, row: talks.Retraining) -> None:
    """Every lesson of the batch of the miner counts for him."""
    seat = Seat.objects.get(batch__training_class=one, person=row.person)
    for lesson in seat.batch.lessons.all():
        LessonHours.objects.update_or_create(
            lesson=lesson, person=row.person,
            defaults={"seat": seat, "on": clock.today(), "planned": lesson.hours, "valid": lesson.hours},
        )  # fmt: skip
    LessonHours.objects.filter(lesson__batch__training_class=one).update(valid=F("planned"), why="")


def conclude(cast: Cast, one: TrainingClass, conclusion: str = rules.Conclusion.PASSED) -> None:
    services.conclude_class(one.id, conclusions=all_passed(one, conclusion), report=REPORT, by=cast.training_officer)


@pytest.mark.parametrize(
    ("conclusion", "passed", "hours", "said"),
    [
        ("passed", True, True, True),
        ("passed", None, True, None),
        ("passed", True, False, False),
        ("passed", False, True, False),
        ("failed", True, True, False),
        ("unfinished", None, True, False),
    ],
)
def test_hours_exam_and_conclusion_together_complete_it(
    conclusion: str, passed: bool | None, hours: bool, said: bool | None
) -> None:
    assert rules.retrained(conclusion, passed, enough_hours=hours) is said


def test_from_the_needs_page_into_a_class_with_one_ledger_line(cast: Cast) -> None:
    row = retraining(cast)
    one = class_in(cast)
    client = cast.browser("training_officer")
    assert "1 人等重新培训" in client.get("/").content.decode()
    needs = client.get(reverse("learning:training_needs")).content.decode()
    take = reverse("learning:retraining_take", args=[row.id])
    assert row.person.name in needs and take in needs
    assert take in client.get(reverse("learning:roster", args=[one.id])).content.decode()
    assert take in client.get(reverse("learning:talk", args=[row.talk_id])).content.decode()
    batch = one.batches.get(number=2)
    before = Entry.objects.count()
    assert client.post(take, {"batch": "", "reason": ""}).status_code == 422
    done = client.post(take, {"batch": str(batch.id), "reason": "必须重新培训"})
    assert done.status_code == 302
    assert [entry.verb for entry in Entry.objects.order_by("id")[before:]] == ["roster.retrain"]
    assert Seat.objects.get(batch=batch).person == row.person
    row.refresh_from_db()
    assert (row.class_id, row.where) == (one.id, f"{one.code} 期{one.title}")
    assert "等重新培训" not in client.get("/").content.decode()
    assert take not in client.get(reverse("learning:training_needs")).content.decode()
    assert "重新培训</span>" in client.get(reverse("learning:roster", args=[one.id])).content.decode()


def test_he_reads_which_class_it_became(cast: Cast) -> None:
    row = retraining(cast)
    one = class_in(cast)
    taken(cast, one, row)
    assert any(f"您编入第 {one.code} 期{one.title}第 1 批重新培训" in title for title in cast.told("miner"))
    task = Notice.objects.filter(person_id=cast.training_officer.id, subject_id=str(row.talk_id), must_act=True)
    assert task.exists() and not task.filter(acted_at=None).exists(), "the officer's task is done by taking him in"
    miner = cast.browser("miner")
    assert f"请参加重新培训：{one.code} 期{one.title}" in miner.get("/").content.decode()
    with clock.set_to(clock.now() + timedelta(days=60)):
        [mine] = [line for line in waiting_for(cast.miner) if line.kind == "retrained"]
        assert mine.at is None, "when the class begins is not his to keep"
    page = miner.get(reverse("learning:talk", args=[row.talk_id])).content.decode()
    assert one.title in page and reverse("learning:my_training") in page
    officer = cast.browser("training_officer").get(reverse("learning:talk", args=[row.talk_id])).content.decode()
    assert reverse("learning:training_class", args=[one.id]) in officer


def test_who_completes_the_class_is_through_by_itself(cast: Cast) -> None:
    one, row = sat_through(cast)
    with_hours(one, row)
    examined(cast, one, passing=[row.person])
    conclude(cast, one)
    row.refresh_from_db()
    talk = talks.Talk.objects.get(id=row.talk_id)
    assert talk.status == talks.Status.DONE and row.done_at is not None
    assert one.code in talk.end_note and "2 学时" in talk.end_note
    assert any("重新培训办结了" in title for title in cast.told("miner"))
    entry = Entry.objects.filter(verb="class.conclude").get()
    assert entry.payload["retrained"] == 1 and "retrain_again" not in entry.payload


def test_sent_back_he_is_in_the_class_again_and_the_new_conclusion_counts(cast: Cast) -> None:
    one, row = sat_through(cast)
    with_hours(one, row)
    examined(cast, one, passing=[row.person])
    conclude(cast, one)
    services.reopen_class(one.id, reason="学时核错了", by=cast.training_officer)
    row.refresh_from_db()
    talk = talks.Talk.objects.get(id=row.talk_id)
    assert (row.done_at, row.class_id, talk.status, talk.ended_at) == (None, one.id, talks.Status.RETRAINING, None)
    LessonHours.objects.filter(person=row.person).update(valid=0)
    conclude(cast, one)
    row.refresh_from_db()
    assert (row.class_id, row.accepted_at) == (None, None)


def test_who_fails_it_owes_it_anew_with_a_new_deadline(cast: Cast) -> None:
    one, row = sat_through(cast)
    with_hours(one, row)
    first = talks.Talk.objects.get(id=row.talk_id).due_at
    assert first is not None
    with clock.set_to(clock.now() + timedelta(days=6)):
        conclude(cast, one, rules.Conclusion.FAILED)
        assert [one.person for one in talks.retraining_owed(cast.mine.id)] == [row.person]
        due = talks.Talk.objects.get(id=row.talk_id).due_at
        assert due is not None and due > first + timedelta(days=5)
        assert any("还要再参加一期" in title for title in cast.told("miner"))
        assert "1 人等重新培训" in cast.browser("training_officer").get("/").content.decode()


def test_without_a_result_it_waits_until_the_archive(cast: Cast) -> None:
    one, row = sat_through(cast)
    with_hours(one, row)
    conclude(cast, one)
    row.refresh_from_db()
    assert (row.class_id, row.done_at) == (one.id, None), "the exam may still be published"
    services.close_class(one.id, by=cast.training_officer)
    row.refresh_from_db()
    assert row.class_id is None
    assert talks.retraining_owed(cast.mine.id).exists()


def test_off_the_roster_or_called_off_it_is_owed_as_before(cast: Cast) -> None:
    row = retraining(cast)
    one, other = class_in(cast), class_in(cast, title="探放水培训班")
    seat = taken(cast, one, row)
    with pytest.raises(Refused, match="已列入"):
        taken(cast, other, row)
    services.drop_seat(seat.id, reason="家里有事", by=cast.training_officer)
    assert talks.retraining_owed(cast.mine.id).exists()
    taken(cast, other, row)
    assert not talks.retraining_owed(cast.mine.id).exists()
    services.cancel_class(other.id, reason="教室停电", by=cast.training_officer)
    assert talks.retraining_owed(cast.mine.id).exists()


def test_who_sits_in_the_class_already_keeps_his_seat(cast: Cast) -> None:
    row = retraining(cast)
    one = class_in(cast)
    lesson_in(one, cast)
    seat = services.add_seat(
        one.batches.get(number=2).id, person_id=row.person_id, reason="岗位需要", by=cast.training_officer
    )
    assert taken(cast, one, row).id == seat.id
    assert Seat.objects.filter(batch__training_class=one, person=row.person).count() == 1


def test_refused_without_an_exam_for_who_may_not_and_by_hand_meanwhile(cast: Cast) -> None:
    row = retraining(cast)
    without = class_in(cast, needs_exam=False)
    with pytest.raises(Refused, match="这个班不考试"):
        taken(cast, without, row)
    one = class_in(cast)
    with pytest.raises(Refused, match="没有权限"):
        services.take_retraining(one.batches.get(number=1).id, retraining_id=row.id, by=cast.political_work)
    assert cast.browser("political_work").get(reverse("learning:retraining_take", args=[row.id])).status_code == 404
    taken(cast, one, row)
    for step in (
        lambda: talk_services.accept_retraining(row.id, where="集团培训中心", by=cast.training_officer),
        lambda: talk_services.finish_retraining(row.id, note="86 分", by=cast.training_officer),
    ):
        with pytest.raises(Refused, match="结业时自动办结"):
            step()
    row.refresh_from_db()
    assert row.class_id == one.id and row.done_at is None


def test_a_class_for_them_is_filled_in_already(cast: Cast) -> None:
    row = retraining(cast)
    page = cast.browser("training_officer").get(f"{reverse('learning:class_new')}?retraining=1")
    initial = page.context["form"].initial
    assert (initial["audience"], initial["needs_exam"]) == ("nobody", True)
    assert row.person.name in initial["purpose"]
