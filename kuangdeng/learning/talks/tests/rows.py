"""A row in every list of results and talks for each number, for the tests that go through all pages."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from kuangdeng.kernel import clock
from kuangdeng.learning.exams.api import Exam, hand_in
from kuangdeng.learning.exams.testkit import a_drawn_exam, a_paper, begun, give
from kuangdeng.learning.exams.tests.rows import PAST
from kuangdeng.learning.items.api import ItemVersion
from kuangdeng.learning.items.testkit import SHORT, items_in_use
from kuangdeng.learning.results.models import Regrade
from kuangdeng.learning.talks import services
from kuangdeng.learning.talks.models import Retraining, Talk, TalkRule, TalkStep
from kuangdeng.learning.talks.rules import TELL_LABELS, Status
from kuangdeng.learning.talks.testkit import record_of
from kuangdeng.org.testkit import Cast

UNREAD = "班组长安全知识考试"


def talks_for_lists(cast: Cast, numbers: Iterable[int]) -> None:
    """Talks in several states, retraining, regradings, rules. After `exams_for_lists`."""
    if not Exam.objects.filter(mine=cast.mine, title=UNREAD).exists():
        paper = a_paper(cast, f"{UNREAD}卷", items=items_in_use(cast, [SHORT]))
        sitting = begun(cast, a_drawn_exam(cast, paper, [cast.team_leader], title=UNREAD), cast.team_leader)
        give(sitting, {0: {"text": "把工作面、设备、没干完的活当面交清。"}})
        hand_in(sitting.id, by=cast.team_leader)
    past = Exam.objects.get(mine=cast.mine, title=PAST)
    services.open_talks(past.id)
    asked = ItemVersion.objects.get(id=past.forms.get().lines[0][0])
    if not Regrade.objects.filter(mine=cast.mine).exists():
        Regrade.objects.create(mine=cast.mine, asked=asked, why="答案印错了", proposed_by=cast.teacher)
    for number in numbers:
        services.open_talks(Exam.objects.get(mine=cast.mine, title=f"第{number}次季度考试").id)
        _one_more(cast, asked, number)
    first = Talk.objects.filter(mine=cast.mine, person=cast.miner).order_by("since").first()
    assert first is not None
    if first.status == Status.OWED:
        services.assign(first.id, talker_id=cast.branch_secretary.id, by=cast.unit_head)
        services.record(first.id, data=record_of(first.exam), by=cast.branch_secretary)


def _one_more(cast: Cast, asked: ItemVersion, number: int) -> None:
    """Written straight into the tables: the pages are counted here, not the verbs."""
    at = clock.now()
    talk = Talk.objects.get(mine=cast.mine, exam__title=PAST, person__number=f"7{number:03d}")
    talk.status, talk.talker, talk.talked_at, talk.recorded_at = Status.RETRAINING, cast.branch_secretary, at, at
    talk.signed_at, talk.signed_by, talk.due_at = at, talk.person, at + timedelta(days=20 + number)
    talk.weak = {"topics": [{"topic": "一通三防", "asked": 3, "missed": 2, "lost": "4"}], "items": []}
    talk.save()
    Retraining.objects.create(talk=talk, mine=cast.mine, person=talk.person)
    Regrade.objects.create(
        mine=cast.mine, asked=asked, why=f"第{number}次：没有错", proposed_by=cast.teacher, status="declined",
        decided_by=cast.training_officer, decided_at=at, opinion="答案没有错",
    )  # fmt: skip
    TalkRule.objects.create(
        mine=cast.mine, valid_from=clock.today() + timedelta(days=number), bar=Decimal(90), assign_days=2, talk_days=3,
        sign_days=2, makeup_days=15, retrain_days=30, source=f"矿培训会纪要第 {number} 号",
    )  # fmt: skip
    TalkStep.objects.create(mine=cast.mine, after_days=number, tell=list(TELL_LABELS)[number % 4])
