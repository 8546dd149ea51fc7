"""How the ledger lines of the talks are read aloud, and who is told of them. What was said in a talk goes nowhere."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import local
from kuangdeng.learning.talks.models import Talk
from kuangdeng.learning.talks.queries import chances_after
from kuangdeng.learning.talks.rules import OPEN, STATUS_LABELS, TELL_ROLES, VERB_LABELS, Status, Tell
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route
from kuangdeng.org.api import Person, Role, Unit, tell, tell_roles

TODO, HEARD = "talk.todo", "talk.heard"
declare_topics(
    Topic(TODO, _("谈心补考：要我办的"), mail=True),
    Topic(HEARD, _("谈心补考：进展")),
)
OUTCOMES: dict[str, object] = {
    "pass_makeup": _("补考合格"),
    "fail_makeup": _("补考不合格，转重新培训"),
    "talk_again": _("补考不合格，再谈心补考"),
    "absent": _("补考缺考，重新安排"),
    "void": _("补考答卷作废，重新安排"),
    "cancelled": _("补考取消，重新安排"),
}
YES: Any = {True: _("是"), False: _("否"), "True": _("是"), "False": _("否")}
_VALUES: dict[str, Mapping[str, object]] = {"talk.settle.outcome": OUTCOMES, "talk.save_rule.confirmed": YES}
_VERBS = (
    "assign", "record", "rewrite", "sign", "sign_for", "drop", "reopen", "let_sit", "settle", "remind",
    "accept_retraining", "finish_retraining",
)  # fmt: skip


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs={f"talk.{name}": label for name, label in VERB_LABELS.items() if name in _VERBS or name == "open"}
        | {
            "talk.sign_for": _("登记纸质签字"),
            "talk.let_sit": _("放行补考"),
            "talk.settle": _("补考结果"),
            "talk.remind": _("超期提醒"),
            "talk.accept_retraining": _("列入矿外培训班"),
            "talk.finish_retraining": _("重新培训完成"),
            "talk.save_rule": _("设置谈心办法"),
            "talk.save_ladder": _("设置提醒阶梯"),
        },
        subjects={"talk": _("谈心"), "talk_round": _("列入谈心"), "talk_rule": _("谈心办法")},
        fields={
            **{f"talk.{name}.why": _("原因") for name in _VERBS},
            "talk.open.people": _("列入人数"),
            "talk.open.dropped": _("撤销人数"),
            "talk.open.failed": _("不合格"),
            "talk.open.absent": _("缺考"),
            "talk.open.below": _("低于谈心线"),
            "talker": _("谈话人"),
            "helper": _("帮扶人"),
            "talk.assign.due_at": _("谈心期限"),
            "makeup": _("补考"),
            "outcome": _("结果"),
            "where": _("列入哪个班"),
            "late_days": _("超期天数"),
            "tells": _("提醒谁"),
            "talk.save_rule.valid_from": _("从哪天起"),
            "talk.save_rule.bar": _("谈心线"),
            "talk.save_rule.assign_days": _("几天内安排谈话人"),
            "talk.save_rule.talk_days": _("几天内谈心"),
            "talk.save_rule.sign_days": _("几天内本人签字"),
            "talk.save_rule.makeup_days": _("几天内补考"),
            "talk.save_rule.retrain_days": _("几天内重新培训"),
            "talk.save_rule.source": _("依据"),
            "talk.save_rule.confirmed": _("已确认"),
            "talk.save_ladder.steps": _("提醒阶梯"),
        },
        values={**{f"talk.{name}.status": STATUS_LABELS for name in _VERBS}, **_VALUES},
        hidden={"talk.remind.tells"},
    )


def _talk(entry: Entry) -> Talk:
    rows = Talk.objects.select_related("person", "exam", "unit", "talker", "helper", "makeup__exam")
    return rows.get(id=entry.subject_id)


def _page(talk: Talk) -> str:
    return reverse("learning:talk", args=[talk.id])


@route("talk.open")
def opened(entry: Entry) -> Iterator[Recipient]:
    """列入谈心: in each unit who has to arrange it; the person himself, so that he is not taken unawares."""
    rows = Talk.objects.filter(exam_id=entry.subject_id, status=Status.OWED).select_related("person", "exam", "unit")
    talks = list(rows)
    listing = f"{reverse('learning:talks')}?state=owed"
    if not talks:
        return
    for unit_id, n in Counter(one.unit_id for one in talks if one.unit_id).items():
        unit = Unit.objects.get(id=unit_id)
        title = f"{unit.name}有 {n} 人要谈心，请安排谈话人：{talks[0].exam.title}"
        yield from tell_roles(entry.mine_id, TELL_ROLES[Tell.UNIT], TODO, title, listing, unit=unit)
    title = f"{talks[0].exam.title}有 {len(talks)} 人列入谈心，请看有没有人安排。"
    yield from tell_roles(entry.mine_id, [Role.TRAINING_OFFICER], HEARD, title, listing)
    chances = chances_after(talks[0].exam)
    for one in talks:
        what = "您没有参加" if one.cause == "absent" else "您这次没有考好"
        sits = one.owes_exam and chances.left(one.person_id, one.cause)
        again = "谈过心、签了字就能补考。" if sits else ""
        yield from tell([one.person], HEARD, f"{one.exam.title}：{what}，会有人找您谈心。{again}", _page(one))


@route("talk.assign", settles=[TODO])
def assigned(entry: Entry) -> Iterator[Recipient]:
    """安排谈话人: the talker has a task until the day; the person knows who will come."""
    talk = _talk(entry)
    if talk.talker is None or talk.due_at is None:
        return
    due = local(talk.due_at)
    title = f"请您找{talk.person.name}谈心（{talk.exam.title}），{due.month}月{due.day}日前谈完并记录。"
    yield from tell([talk.talker], TODO, title, _page(talk), act=talk.status == Status.ASSIGNED, due_at=talk.due_at)
    yield from tell([talk.person], HEARD, f"{talk.talker.name}会找您谈心：{talk.exam.title}。", _page(talk))


@route("talk.record", settles=[TODO])
def recorded(entry: Entry) -> Iterator[Recipient]:
    """记录谈心: he reads it and signs, or gives it back; the helper hears that he is one."""
    talk = _talk(entry)
    title = f"{talk.talker.name if talk.talker else ''}记下了和您的谈心，请看过后签字；不对的可以退回。"
    yield from tell([talk.person], TODO, title, _page(talk), act=talk.status == Status.TALKED, due_at=talk.due_at)
    yield from tell([talk.helper], HEARD, f"请您帮{talk.person.name}补一补：{talk.exam.title}。", _page(talk))


@route("talk.rewrite", settles=[TODO])
def given_back(entry: Entry) -> Iterator[Recipient]:
    """退回重谈: the talker goes over it again."""
    talk = _talk(entry)
    title = f"{talk.person.name}的谈心记录退回了，请再谈一次：{entry.payload.get('why', '')}"
    yield from tell([talk.talker], TODO, title, _page(talk), act=talk.status == Status.ASSIGNED, due_at=talk.due_at)


@route("talk.sign", "talk.sign_for", settles=[TODO])
def signed(entry: Entry) -> Iterator[Recipient]:
    """本人签字: the training section arranges the make-up; the talker hears it."""
    talk = _talk(entry)
    yield from tell([talk.talker], HEARD, f"{talk.person.name}在谈心记录上签字了。", _page(talk))
    if talk.status == Status.MAKEUP:
        title = f"{talk.person.name}谈过心了，请安排补考：{talk.exam.title}"
        roles = [Role.TRAINING_OFFICER]
        yield from tell_roles(
            entry.mine_id, roles, TODO, title, _page(talk), act=talk.makeup is None, due_at=talk.due_at
        )
    if talk.status == Status.RETRAINING:
        title = f"{talk.person.name}谈过心了，按规定不能再补考，请安排重新培训：{talk.exam.title}"
        yield from tell_roles(
            entry.mine_id, [Role.TRAINING_OFFICER], TODO, title, _page(talk), act=True, due_at=talk.due_at
        )


@route("talk.let_sit", settles=[TODO])
def let_in(entry: Entry) -> Iterator[Recipient]:
    """放行补考: he may sit it now."""
    talk = _talk(entry)
    if talk.makeup is not None:
        when = local(talk.makeup.exam.opens_at)
        title = f"补考已对您开放：{talk.makeup.exam.title}，{when.month}月{when.day}日 {when:%H:%M} 开考。"
        yield from tell([talk.person], HEARD, title, _page(talk))


@route("talk.settle", settles=[TODO])
def settled(entry: Entry) -> Iterator[Recipient]:
    """补考结果: he and the talker hear it; who failed again or stayed away is the training section's next task."""
    talk = _talk(entry)
    outcome = str(OUTCOMES.get(str(entry.payload.get("outcome")), ""))
    yield from tell([talk.person], HEARD, f"{talk.exam.title}：{outcome}。", _page(talk))
    yield from tell([talk.talker], HEARD, f"{talk.person.name}{outcome}：{talk.exam.title}。", _page(talk))
    if talk.status in (Status.RETRAINING, Status.MAKEUP):
        title = f"{talk.person.name}{outcome}：{talk.exam.title}"
        yield from tell_roles(
            entry.mine_id, [Role.TRAINING_OFFICER], TODO, title, _page(talk), act=True, due_at=talk.due_at
        )


@route("talk.accept_retraining", settles=[TODO])
def accepted(entry: Entry) -> Iterator[Recipient]:
    """列入矿外培训班: he hears where."""
    talk = _talk(entry)
    title = f"请您参加重新培训：{entry.payload.get('where', '')}（{talk.exam.title}没有合格）。"
    yield from tell([talk.person], HEARD, title, _page(talk))


@route("talk.drop", "talk.finish_retraining", settles=[TODO])
def ended(entry: Entry) -> Iterator[Recipient]:
    """撤销、重新培训完成: nobody has to act any more."""
    talk = _talk(entry)
    what = "撤销了" if entry.verb == "talk.drop" else "办结了"
    yield from tell([talk.person], HEARD, f"您的谈心补考{what}：{talk.exam.title}。", _page(talk))


@route("talk.remind")
def late(entry: Entry) -> Iterator[Recipient]:
    """超期提醒: who owes the step, and a level higher with each step of the ladder."""
    talk = _talk(entry)
    if talk.status not in OPEN:
        return
    days = int(entry.payload.get("late_days") or 0)
    step = STATUS_LABELS[talk.status]
    title = (
        f"{talk.person.name}的谈心补考「{step}」已超期 {days} 天：{talk.exam.title}"
        if days
        else (f"{talk.person.name}的谈心补考「{step}」今天到期：{talk.exam.title}")
    )
    tells = [str(one) for one in entry.payload.get("tells") or []]
    people, roles = _owners(talk)
    told: set[object] = set()
    if Tell.OWNER in tells:
        yield from _once(tell(people, TODO, title, _page(talk), due_at=talk.due_at), told)
        yield from _once(_to_roles(talk, roles, title), told)
    for one in tells:
        urgent = [Role.MINE_LEADER] if one == Tell.LEADER else []
        found = tell_roles(talk.mine_id, TELL_ROLES[one], TODO, title, _page(talk), unit=talk.unit, urgent_for=urgent)
        yield from _once(found, told)


def _to_roles(talk: Talk, roles: tuple[Role, ...], title: str) -> Iterator[Recipient]:
    yield from tell_roles(talk.mine_id, roles, TODO, title, _page(talk), unit=talk.unit)


def _once(found: Iterator[Recipient], told: set[object]) -> Iterator[Recipient]:
    for one in found:
        if one.person_id not in told:
            told.add(one.person_id)
            yield one


def _owners(talk: Talk) -> tuple[list[Person | None], tuple[Role, ...]]:
    """Who owes the open step: persons, or the holders of roles."""
    return {
        Status.OWED: ([], TELL_ROLES[Tell.UNIT]),
        Status.ASSIGNED: ([talk.talker], ()),
        Status.TALKED: ([talk.person], ()),
        Status.MAKEUP: ([talk.person], (Role.TRAINING_OFFICER,)),
        Status.RETRAINING: ([], (Role.TRAINING_OFFICER,)),
    }[Status(talk.status)]  # type: ignore[return-value]
