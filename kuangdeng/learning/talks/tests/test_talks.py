"""Weak → talk → make-up as one flow: nobody sits again before he was talked with, and nothing is forgotten."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.learning.exams.api import Exam, Sitting, start
from kuangdeng.learning.exams.testkit import after, sitting_of
from kuangdeng.learning.items import services as items
from kuangdeng.learning.results import services as results
from kuangdeng.learning.results.testkit import over, version_at
from kuangdeng.learning.talks import queries, rules, services
from kuangdeng.learning.talks.jobs import run_clock
from kuangdeng.learning.talks.models import Retraining, Talk, TalkReminder
from kuangdeng.learning.talks.rules import Cause, Status
from kuangdeng.learning.talks.testkit import makeup, makeup_exam, owed, record_of, retraining, talk_in, talk_of
from kuangdeng.learning.waiting import waiting_for
from kuangdeng.ledger.api import Notice, seal_all, tell_all
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_who_failed_and_who_was_not_there_come_on_the_list_by_themselves(cast: Cast) -> None:
    exam = over(cast, published=False)
    run_clock()
    assert Talk.objects.count() == 0, "not before the results are published"
    from kuangdeng.learning.exams.api import publish

    with after(exam):
        publish(exam.id, by=cast.training_officer)
    run_clock()
    causes = dict(Talk.objects.values_list("person_id", "cause"))
    assert causes == {cast.miner.id: Cause.FAILED, cast.other_miner.id: Cause.ABSENT}
    talk = talk_of(exam, cast.miner)
    assert [one["lost"] for one in talk.weak["items"]] == ["2.00", "2.00"]
    assert all(one["blank"] for one in talk.weak["items"])
    assert talk.due_at is not None
    run_clock()
    assert Talk.objects.count() == 2
    assert any("会有人找您谈心" in one for one in cast.told("miner"))
    assert any("1 人要谈心，请安排谈话人" in one for one in cast.told("unit_head"))
    assert not cast.told("team_leader")


def test_weak_points_go_by_topic_and_by_what_was_lost(cast: Cast) -> None:
    lines = [
        {"v": "1", "m": "2", "s": "0", "a": {"choice": "a"}}, {"v": "2", "m": "5", "s": "2.50", "a": {"text": "x"}},
        {"v": "3", "m": "2", "s": "2", "a": {"choice": "a"}}, {"v": "4", "m": "1", "s": None, "a": None},
    ]  # fmt: skip
    topics = {"1": ["一通三防"], "2": ["防治水", "一通三防"], "3": ["一通三防"]}
    found = rules.weak_points(lines, topics, {"1": "甲", "2": "乙", "4": "丁"})
    assert found["topics"] == [
        {"topic": "一通三防", "asked": 3, "missed": 2, "lost": "4.5"},
        {"topic": "防治水", "asked": 1, "missed": 1, "lost": "2.5"},
    ]
    assert [one["stem"] for one in found["items"]] == ["甲", "乙", "丁"]


def test_topics_of_the_bank_stand_on_the_talk(cast: Cast) -> None:
    exam = over(cast)
    category = items.save_category(kind="specialty", name="一通三防", by=cast.training_officer)
    items.classify(version_at(exam, 1).item_id, category_ids=[category.id], by=cast.teacher)
    services.open_talks(exam.id)
    assert talk_of(exam, cast.miner).weak["topics"] == [{"topic": "一通三防", "asked": 1, "missed": 1, "lost": "2"}]


def test_the_managers_bar_calls_for_a_talk_but_no_make_up(cast: Cast) -> None:
    data = services.RuleData(clock.today(), Decimal(100), 2, 3, 2, 10, 30, "矿例会纪要")
    services.save_rule(data=data, by=cast.training_officer)
    exam = over(cast)
    services.open_talks(exam.id)
    assert not Talk.objects.filter(person=cast.unit_head).exists(), "he had everything right"
    assert rules.cause_of(absent=False, passed=True, share=Decimal("99.9"), bar=Decimal(100)) == Cause.BELOW
    assert rules.cause_of(absent=False, passed=True, share=Decimal("99.9"), bar=None) is None
    Talk.objects.filter(person=cast.miner).update(cause=Cause.BELOW)
    talk = services.assign(talk_of(exam, cast.miner).id, talker_id=cast.unit_head.id, by=cast.unit_head)
    services.record(talk.id, data=record_of(exam), by=cast.unit_head)
    assert services.sign(talk.id, by=cast.miner).status == Status.DONE


def test_the_make_up_opens_only_when_both_have_signed(cast: Cast) -> None:
    talk = owed(cast)
    made = makeup_exam(cast, talk.exam)
    held = sitting_of(made, cast.miner)
    run_clock()
    for step in (
        lambda: services.assign(talk.id, talker_id=cast.branch_secretary.id, by=cast.unit_head),
        lambda: services.record(talk.id, data=record_of(talk.exam), by=cast.branch_secretary),
    ):
        with pytest.raises(Refused, match="补考前要先谈心"):
            start(held.id, by=cast.miner)
        step()
        run_clock()
    with pytest.raises(Refused, match="补考前要先谈心"):
        start(held.id, by=cast.miner)
    services.sign(talk.id, by=cast.miner)
    run_clock()
    assert talk_of(talk.exam, cast.miner).makeup_id == held.id
    assert any("补考已对您开放" in one for one in cast.told("miner"))
    start(held.id, by=cast.miner)


def test_another_draw_passes_or_leads_to_retraining(cast: Cast) -> None:
    talk = talk_in(Status.MAKEUP, cast)
    sat = makeup(cast, talk.exam, right=False)
    asked = {line[0] for form in (talk.sitting.form, sat.form) for line in form.lines}  # type: ignore[union-attr]
    assert len(asked) == 5, "no item of the first exam came again"
    run_clock()
    row = Retraining.objects.get()
    assert (row.person, talk_of(talk.exam, cast.miner).status) == (cast.miner, Status.RETRAINING)
    assert list(queries.retraining_owed(cast.mine.id)) == [row]
    assert Talk.objects.filter(exam=sat.exam).count() == 0, "the make-up makes no second talk"
    with pytest.raises(Refused, match="还没有列入培训班"):
        services.finish_retraining(row.id, note="86 分", by=cast.training_officer)
    services.accept_retraining(row.id, where="第七期", by=cast.training_officer)
    assert not queries.retraining_owed(cast.mine.id).exists()
    services.finish_retraining(row.id, note="24 学时，86 分", by=cast.training_officer)
    assert talk_of(talk.exam, cast.miner).status == Status.DONE


def test_who_passes_the_make_up_is_through(cast: Cast) -> None:
    assert talk_in(Status.DONE, cast).makeup_id is not None
    assert not Retraining.objects.exists()


def test_who_stays_away_from_the_make_up_owes_another(cast: Cast) -> None:
    talk = talk_in(Status.MAKEUP, cast)
    made = makeup_exam(cast, talk.exam)
    run_clock()
    from kuangdeng.learning.exams.api import close, publish

    with after(made):
        close(made.id, by=cast.training_officer)
        publish(made.id, by=cast.training_officer)
    run_clock()
    again = talk_of(talk.exam, cast.miner)
    assert (again.status, again.makeup_id) == (Status.MAKEUP, None)
    assert [one.kind for one in waiting_for(cast.training_officer)] == ["assign", "arrange"]
    run_clock()
    other = makeup_exam(cast, talk.exam, "再补考")
    run_clock()
    assert talk_of(talk.exam, cast.miner).makeup_id == Sitting.objects.get(exam=other).id


@pytest.mark.parametrize("how", ["void", "cancelled"])
def test_a_make_up_that_comes_to_nothing_is_not_forgotten(cast: Cast, how: str) -> None:
    talk = talk_in(Status.MAKEUP, cast)
    made = makeup_exam(cast, talk.exam)
    run_clock()
    sitting = sitting_of(made, cast.miner)
    assert talk_of(talk.exam, cast.miner).makeup_id == sitting.id
    from kuangdeng.learning.exams import services as exams

    if how == "cancelled":
        exams.cancel(made.id, why="机房停电", by=cast.training_officer)
    else:
        start(sitting.id, by=cast.miner)
        exams.hand_in(sitting.id, by=cast.miner)
        exams.void(sitting.id, why="替考", by=cast.training_officer)
        with after(made):
            exams.close(made.id, by=cast.training_officer)
            exams.publish(made.id, by=cast.training_officer)
    run_clock()
    again = talk_of(talk.exam, cast.miner)
    assert (again.status, again.makeup_id) == (Status.MAKEUP, None)
    assert "arrange" in [one.kind for one in waiting_for(cast.training_officer)]
    assert run_clock() == 0


def test_marked_anew_who_has_passed_now_is_taken_off(cast: Cast) -> None:
    talk = owed(cast)
    exam = talk.exam
    for line in (1, 2):
        regrade = results.propose(asked_id=version_at(exam, line).id, key_id=None, why="题错了", by=cast.teacher)
        results.approve(regrade.id, by=cast.training_officer)
    run_clock()
    again = talk_of(exam, cast.miner)
    assert (again.status, again.end_note) == (Status.DROPPED, "重判后已经合格")


def test_who_took_him_off_has_decided_and_a_new_marking_does_not_undo_it(cast: Cast) -> None:
    talk = talk_in(Status.DROPPED, cast)
    regrade = results.propose(asked_id=version_at(talk.exam, 1).id, key_id=None, why="题错了", by=cast.teacher)
    results.approve(regrade.id, by=cast.training_officer)
    run_clock()
    again = talk_of(talk.exam, cast.miner)
    assert (again.status, again.end_note) == (Status.DROPPED, "调出本矿")
    again = services.reopen(talk.id, why="又调回来了", by=cast.training_officer)
    assert (again.status, again.ended_at, again.talker) == (Status.OWED, None, None)


def test_marked_anew_who_waits_for_the_make_up_is_free_of_it(cast: Cast) -> None:
    talk = talk_in(Status.MAKEUP, cast)
    data = services.RuleData(clock.today(), Decimal(100), 2, 3, 2, 10, 30, "矿例会纪要")
    services.save_rule(data=data, by=cast.training_officer)
    Exam.objects.filter(id=talk.exam_id).update(pass_percent=60)
    regrade = results.propose(asked_id=version_at(talk.exam, 1).id, key_id=None, why="题错了", by=cast.teacher)
    results.approve(regrade.id, by=cast.training_officer)
    run_clock()
    again = talk_of(talk.exam, cast.miner)
    assert (again.cause, again.status) == (Cause.BELOW, Status.DROPPED), "66.7% passes now, and he was talked with"


def test_each_step_stands_on_the_home_page_of_who_owes_it(cast: Cast) -> None:
    owed(cast)
    assert [(one.kind, one.number) for one in waiting_for(cast.unit_head)] == [("assign", 1)]
    assert waiting_for(cast.other_head)[0].number == 1, "the other miner's unit has its own"
    assert waiting_for(cast.miner) == []
    page = cast.browser("unit_head").get("/").content.decode()
    assert "1 人等安排谈话人" in page


@pytest.mark.parametrize(
    ("status", "part", "words"),
    [
        (Status.ASSIGNED, "branch_secretary", "找王铁柱谈心"),
        (Status.TALKED, "miner", "谈心记录等您签字"),
        (Status.MAKEUP, "training_officer", "1 人等安排补考"),
        (Status.RETRAINING, "training_officer", "1 人等重新培训"),
    ],
)
def test_the_next_step_stands_on_one_home_page(cast: Cast, status: Status, part: str, words: str) -> None:
    talk_in(status, cast)
    assert words in cast.browser(part).get("/").content.decode()


def test_the_ladder_climbs_once_a_step_until_it_is_done(cast: Cast) -> None:
    talk = talk_in(Status.ASSIGNED, cast)
    assert talk.due_at is not None

    def on(days: int) -> set[str]:
        Notice.objects.all().delete()
        with clock.set_to((clock.local(talk.due_at) + timedelta(days=days)).replace(hour=23)):
            run_clock()
            seal_all()
            tell_all()
        late = Notice.objects.filter(title__contains="待谈心")
        return {part for part in ("branch_secretary", "unit_head", "training_officer", "mine_leader")
                if late.filter(person_id=getattr(cast, part).id).exists()}  # fmt: skip

    assert on(-1) == set()
    assert on(0) == {"branch_secretary"}
    assert on(1) == set(), "told once"
    assert on(3) == {"branch_secretary", "unit_head"}
    assert on(11) == {"training_officer", "mine_leader"}, "what was missed meanwhile is told together"
    assert TalkReminder.objects.filter(talk=talk).count() == 3
    services.record(talk.id, data=record_of(talk.exam), by=cast.branch_secretary)
    assert on(12) == set()


def test_what_was_said_is_between_few(cast: Cast) -> None:
    talk = talk_in(Status.TALKED, cast)
    for part in ("other_miner", "other_head", "team_leader"):
        with pytest.raises(NotVisible):
            queries.get_talk(talk.id, by=getattr(cast, part))
    assert "判断题没弄懂" in cast.browser("miner").get(reverse("learning:talk", args=[talk.id])).content.decode()
    with pytest.raises(Refused, match="由安排的谈话人记录"):
        services.record(talk_in(Status.ASSIGNED, cast, "二号考试").id, data=record_of(talk.exam), by=cast.unit_head)
    with pytest.raises(Refused, match="由本人签字"):
        services.sign(talk.id, by=cast.branch_secretary)
    from kuangdeng.ledger.api import Entry

    assert not any("判断题没弄懂" in str(one.payload) for one in Entry.objects.all())


def test_by_pages_from_the_list_to_the_signature(cast: Cast) -> None:
    talk = owed(cast)
    head, talker, miner = (cast.browser(part) for part in ("unit_head", "branch_secretary", "miner"))
    assert cast.miner.name in head.get(reverse("learning:talks")).content.decode()
    page = reverse("learning:talk", args=[talk.id])
    verb = lambda name: reverse("learning:talk_verb", args=[talk.id, name])  # noqa: E731
    assert "安排谈话人" in head.get(page).content.decode()
    assert head.post(verb("assign"), {"talker": ""}).status_code == 422
    head.post(verb("assign"), {"talker": str(cast.branch_secretary.id)})
    at = f"{clock.local():%Y-%m-%dT%H:%M}"
    data = {"talked_at": at, "place": "值班室", "reason": "没看书", "measures": ""}
    assert talker.post(verb("record"), data).status_code == 422
    assert talker.post(verb("record"), {**data, "measures": "每天一题"}).status_code == 302
    assert miner.get(verb("record")).status_code == 404
    miner.post(verb("rewrite"), {"why": "不是没看书，是倒班"})
    assert "请再谈一次" in " ".join(cast.told("branch_secretary"))
    talker.post(verb("record"), {**data, "reason": "连倒三个班", "measures": "调一个班，每天一题"})
    assert "我看过了，签字" in miner.get(page).content.decode()
    miner.post(verb("sign"))
    assert talk_of(talk.exam, cast.miner).status == Status.MAKEUP
    paper = miner.get(reverse("learning:talk_sheet", args=[talk.id])).content.decode()
    assert "连倒三个班" in paper and "谈心记录表" in paper


def test_the_rule_and_the_ladder_are_set_by_pages(cast: Cast) -> None:
    officer = cast.browser("training_officer")
    url = reverse("learning:talk_rules")
    assert "按系统预设" in officer.get(url).content.decode()
    data = {"valid_from": f"{clock.today()}", "bar": "90", "assign_days": "1", "talk_days": "2", "sign_days": "1",
            "makeup_days": "7", "retrain_days": "20", "source": "矿培训会纪要〔2026〕11 号"}  # fmt: skip
    assert officer.post(reverse("learning:talk_rule_new"), data).status_code == 302
    assert "已经有一条办法" in officer.post(reverse("learning:talk_rule_new"), data).content.decode()
    assert queries.terms_on(cast.mine.id).talk_days == 2
    ladder = reverse("learning:talk_ladder")
    assert officer.post(ladder, {"owner": "三天"}).status_code == 422
    assert officer.post(ladder, {"owner": ""}).status_code == 422
    officer.post(ladder, {"owner": "0，3", "leader": "7"})
    assert queries.ladder_of(cast.mine.id) == [(0, "owner"), (3, "owner"), (7, "leader")]
    assert "未确认" in officer.get(url).content.decode()
    row = retraining(cast)
    assert row.person.name in officer.get(reverse("learning:retrainings")).content.decode()
    assert cast.browser("miner").get(reverse("learning:retrainings")).status_code == 404
