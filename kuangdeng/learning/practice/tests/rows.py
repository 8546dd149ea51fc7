"""A row in every list of the daily item for each number, for the tests that go through all pages."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta

from django.db import transaction

from kuangdeng.kernel import clock
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.items.api import Item, ItemVersion
from kuangdeng.learning.items.testkit import SINGLE, bank
from kuangdeng.learning.practice import queries, services
from kuangdeng.learning.practice.models import (
    Away,
    ExamMistake,
    MustKnow,
    PracticeAnswer,
    PracticeCard,
    PracticeMeeting,
    PracticeRule,
)
from kuangdeng.learning.practice.rules import Terms
from kuangdeng.learning.practice.testkit import give, singles
from kuangdeng.org.testkit import Cast

PARTS = ("miner", "training_officer", "unit_head")


def practice_for_lists(cast: Cast, numbers: Iterable[int]) -> None:
    """Written straight into the tables: the pages are counted here, not the verbs."""
    mine, today = cast.mine, clock.today()
    for number in numbers:
        _one_more(cast, _item(cast, number), number)
        PracticeRule.objects.create(
            mine=mine, valid_from=today - timedelta(days=number), source="培训制度", **asdict(Terms())
        )
    queries.forget_pools()


def _item(cast: Cast, number: int) -> Item:
    """An item in use, straight into the tables."""
    item_id, version_id, stem = uuid7(), uuid7(), f"第{1000 + number}问：{SINGLE['stem']}"
    with transaction.atomic():  # each points to the other
        Item.objects.create(
            id=item_id, mine=cast.mine, bank=bank(cast), type="single", status="in_use", latest_id=version_id, current_id=version_id,
            stem=stem, folded=stem, stem_key=f"practice{number}", author=cast.teacher,
        )  # fmt: skip
        ItemVersion.objects.create(
            id=version_id, item_id=item_id, number=1, type="single", content={**SINGLE, "stem": stem}, by=cast.teacher
        )
    return Item.objects.select_related("current").get(id=item_id)


def _one_more(cast: Cast, item: Item, number: int) -> None:
    mine, now, today = cast.mine, clock.now(), clock.today()
    assert item.current is not None
    for part in PARTS:
        person = cast.persons[part]
        at = now - timedelta(days=number + 3)
        day = clock.local(at).date()
        PracticeCard.objects.create(
            mine=mine, person=person, item=item, stability=2.0, difficulty=5.0, last_at=at, due_on=today, times=1, wrong=1,
            in_book=True,
        )  # fmt: skip
        PracticeAnswer.objects.create(
            mine=mine, person=person, unit=person.unit, item=item, version=item.current, for_day=day, day=day, way="phone",
            answer={"choice": "a"}, right=False, rating=1, first=True, occurred_at=at,
        )  # fmt: skip
        ExamMistake.objects.create(
            mine=mine,
            person=person,
            item=item,
            version=item.current,
            source_key=f"exam:{number}",
            title="通风考试",
            at=at,
        )
    MustKnow.objects.create(mine=mine, trade=f"工种{number}", item=item, by=cast.training_officer)
    PracticeMeeting.objects.create(
        mine=mine, unit=cast.units["mining_team"], day=today, item=item, version=item.current, present=12, right=9,
        led_by=cast.team_leader,
    )  # fmt: skip
    Away.objects.create(
        mine=mine, person=cast.miner, first_day=today, last_day=today, reason=f"休假{number}", by=cast.team_leader
    )


def lived_in_practice(cast: Cast) -> None:
    """What the pictures show: some weeks of answers, a meeting, somebody on leave. All invented."""
    made = singles(cast, 12, begin=500)
    start = clock.now() - timedelta(days=12)
    with clock.set_to(start):
        services.save_rule(
            valid_from=clock.today(), terms=Terms(), source="培训制度第 8 条（示例）", by=cast.training_officer
        )
        services.add_must_know(item_id=made[0].id, source="岗位规程", by=cast.training_officer)
    parts = ("miner", "team_leader", "unit_head", "safety", "other_miner")
    for number in range(10):
        with clock.set_to(start + timedelta(days=number, hours=1)):
            queries.forget_pools()
            for place, part in enumerate(parts):
                turns = queries.today_of(cast.persons[part]).turns
                if turns and (number + place) % 4:
                    give(cast.persons[part], turns[0], right=(number + place) % 3 != 0)
    queries.forget_pools()
    services.set_away(
        cast.other_miner.id, first_day=clock.today(), last_day=clock.today() + timedelta(days=4), reason="年休假",
        by=cast.training_officer,
    )  # fmt: skip
