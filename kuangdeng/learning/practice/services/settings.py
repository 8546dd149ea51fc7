"""What the training section sets: the rule, must-knows; and who is away."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.items.api import Item, ItemBank, ItemCategory
from kuangdeng.learning.practice import rules
from kuangdeng.learning.practice.models import Away, MustKnow, PracticeRule
from kuangdeng.learning.practice.queries import forget_pools, get_away, get_must_know
from kuangdeng.learning.practice.rules import Terms
from kuangdeng.learning.practice.services._steps import check, of_person
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import Person

LONGEST_AWAY = 370


def _rule_subject(rule: PracticeRule) -> Subject:
    with in_chinese():
        return Subject("practice_rule", str(rule.id), _("每日一题规则 %s 起") % rule.valid_from)


def _checked(terms: Terms) -> Terms:
    limits = {
        "per_day": (1, rules.MOST_PER_DAY), "slow_after": (5, 600), "clear_after": (1, 10), "catch_up_days": (0, 60),
        "catch_up_most": (0, 10),
    }  # fmt: skip
    for name, (least, most) in limits.items():
        if not least <= getattr(terms, name) <= most:
            raise Refused(_("这里只能填 %(least)d 到 %(most)d。") % {"least": least, "most": most}, field=name)
    if not 0.7 <= float(terms.retention) <= 0.97:
        raise Refused(_("希望还记得的比例在 0.70 到 0.97 之间。"), field="retention")
    if terms.reveal not in rules.REVEAL_LABELS:
        raise Refused(_("请选择什么时候公布答案。"), field="reveal")
    return terms


@verb
def save_rule(
    *,
    valid_from: date,
    terms: Terms,
    bank_ids: Sequence[UUID] = (),
    source: str = "",
    confirmed: bool = False,
    by: Person,
) -> PracticeRule:
    """Set the rule of the daily item from a day on (设置每日一题规则); what was answered keeps its own.

    Refused for a day that has passed, for figures out of range, and for a bank that is not the mine's.
    """
    check(by, "practice.settings")
    if valid_from < clock.today():
        raise Refused(_("不能改已经过去的日子。请从今天或以后的日期起。"), field="valid_from")
    values = asdict(_checked(terms))
    banks = list(ItemBank.objects.filter(mine_id=by.mine_id, id__in=list(bank_ids)))
    if len(banks) != len(set(bank_ids)):
        raise Refused(_("选的题库已经不在了。请重新选。"), field="banks")
    words = {"source": source.strip()[:200], "confirmed": confirmed}
    rule, _new = PracticeRule.objects.update_or_create(
        mine_id=by.mine_id, valid_from=valid_from, defaults={**values, **words}
    )
    rule.banks.set(banks)
    payload = {**values, **words, "valid_from": valid_from, "banks": [one.name for one in banks]}
    told = {name: str(value) if not isinstance(value, bool | int | list) else value for name, value in payload.items()}
    post("practice.save_rule", _rule_subject(rule), mine_id=by.mine_id, by=by, payload=told)
    forget_pools()
    return rule


@verb
def add_must_know(
    *, trade: str = "", category_id: UUID | None = None, item_id: UUID | None = None, source: str = "", by: Person
) -> MustKnow:
    """Say what a trade must know (工种必会题): the items of a category, or one item. Without a trade it is everybody's.

    Refused without one of the two, with both, and when it is there already.
    """
    check(by, "practice.settings")
    if (category_id is None) == (item_id is None):
        raise Refused(_("请选一个题目分类，或者一道题。"), field="category")
    category = one_of(ItemCategory.objects.filter(mine_id=by.mine_id, id=category_id)) if category_id else None
    item = one_of(Item.objects.filter(mine_id=by.mine_id, id=item_id)) if item_id else None
    if category is None and item is None:
        raise Refused(_("选的分类或题目已经不在了。请重新选。"), field="category")
    name = " ".join(trade.split())[:40]
    there = MustKnow.objects.filter(mine_id=by.mine_id, trade=name, category=category, item=item, ended_at=None)
    if there.exists():
        raise Refused(_("这一条已经有了。"), field="category", code="again")
    made = MustKnow.objects.create(
        mine_id=by.mine_id, trade=name, category=category, item=item, source=source.strip()[:200], by=by, at=clock.now()
    )
    post(
        "practice.add_must_know", _must_subject(made), mine_id=by.mine_id, by=by,
        payload={"trade": name or _everybody(), "category": category.name if category else "", "source": made.source},
    )  # fmt: skip
    forget_pools()
    return made


def _everybody() -> str:
    with in_chinese():
        return _("全部工种")


def _must_subject(must: MustKnow) -> Subject:
    with in_chinese():
        what = must.category.name if must.category else _("一道题")
        return Subject("must_know", str(must.id), f"{must.trade or _everybody()} {what}")


@verb
def end_must_know(must_id: int, *, by: Person) -> MustKnow:
    """Take something off a trade's must-knows (取消必会). What was learnt of it stays in the queues as any other item."""
    check(by, "practice.settings")
    must = get_must_know(must_id, by=by)
    must.ended_at = clock.now()
    must.save(update_fields=["ended_at"])
    post("practice.end_must_know", _must_subject(must), mine_id=by.mine_id, by=by)
    forget_pools()
    return must


@verb
def set_away(person_id: UUID, *, first_day: date, last_day: date, reason: str, by: Person) -> Away:
    """Say that somebody is not at work (登记不在岗): these days ask nothing of him and are not counted to his unit.

    Refused without a reason, for days in the wrong order or too many, and for somebody of another unit.
    """
    person = one_of(Person.objects.select_related("unit").filter(id=person_id, mine_id=by.mine_id))
    if person is None:
        raise NotVisible
    check(by, "practice.away", person.unit)
    words = reason.strip()[:100]
    if not words:
        raise Refused(_("请写明原因，如休假、住院、外出培训。"), field="reason")
    if not 0 <= (last_day - first_day).days < LONGEST_AWAY:
        raise Refused(_("请检查起止日期。"), field="last_day")
    made = Away.objects.create(
        mine_id=by.mine_id, person=person, first_day=first_day, last_day=last_day, reason=words, by=by, at=clock.now()
    )
    payload = {"first_day": str(first_day), "last_day": str(last_day), "reason": words}
    post(
        "practice.set_away",
        of_person(person),
        mine_id=by.mine_id,
        by=by,
        unit=person.unit,
        payload=payload,
    )
    return made


@verb
def cancel_away(away_id: UUID, *, by: Person) -> Away:
    """Take an entry back (撤销不在岗). Refused when it was taken back already."""
    found = get_away(away_id, by=by)
    check(by, "practice.away", found.person.unit)
    if found.cancelled_at is not None:
        raise Refused(_("这一条已经撤销了。"), code="again")
    found.cancelled_at = clock.now()
    found.save(update_fields=["cancelled_at"])
    post(
        "practice.cancel_away", of_person(found.person), mine_id=by.mine_id, by=by, unit=found.person.unit,
        payload={"first_day": str(found.first_day), "last_day": str(found.last_day)},
    )  # fmt: skip
    return found
