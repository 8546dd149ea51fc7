"""How the ledger lines of the questions are read aloud, and who is told of them."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.groups.queries import case_of, heads_of
from kuangdeng.hazards.notices import short
from kuangdeng.hazards.questions.models import KINDS, Question
from kuangdeng.hazards.questions.rules import LEVELS, STATUS_LABELS, Status
from kuangdeng.kernel.clock import local
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route
from kuangdeng.org.api import Role, tell, tell_roles

OWED, HEARD = "question.owed", "question.heard"
declare_topics(
    Topic(OWED, _("要我答复的追问"), mail=True),
    Topic(HEARD, _("我们追问的答复")),
)


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs={
            "question.ask": _("追问"),
            "question.answer": _("答复追问"),
            "question.press": _("再追问"),
            "question.join": _("同问"),
            "question.settle": _("认可答复"),
            "question.rules": _("设置追问时限"),
        },
        subjects={"question": _("追问"), "question_rule": _("追问时限")},
        fields={
            "asker_unit": _("办理单位"),
            "on": _("公布的隐患"),
            "promised_on": _("承诺日期"),
            "level": _("答复级别"),
            "question.ask.due_at": _("答复时限"),
            "question.press.due_at": _("答复时限"),
            "question.ask.text": _("追问内容"),
            "question.press.text": _("追问内容"),
            "question.join.text": _("追问内容"),
            "question.answer.text": _("答复"),
            "major_kind": _("重大隐患"),
            "major_hours": _("重大隐患的小时数"),
            "kind": _("其他隐患"),
            "hours": _("其他隐患的小时数"),
        },
        values={
            "major_kind": dict(KINDS),
            "kind": dict(KINDS),
            **{f"question.{verb}.status": STATUS_LABELS for verb in ("ask", "answer", "press", "join", "settle")},
        },
    )


def _page(question: Question) -> str:
    return reverse("hazards:question", args=[question.id])


def _question(entry: Entry) -> Question:
    return Question.objects.select_related("asker_unit", "holder", "item").get(id=entry.subject_id)


@route("question.ask", "question.press")
def asked(entry: Entry) -> Iterator[Recipient]:
    """追问、再追问: who owes the answer has a task; one level more with each press."""
    question = _question(entry)
    due = local(question.due_at)
    again = "再次追问" if entry.verb == "question.press" else "追问"
    title = (
        f"{entry.payload.get('asker_unit') or question.asker_unit.name}{again}「{short(question.item.text)}」，"
        f"请在 {due.month}月{due.day}日 {due:%H:%M} 前答复。"
    )
    body = str(entry.payload.get("text") or question.text)
    level = int(entry.payload.get("level") or 0)
    roles = LEVELS[: level + 1] if question.holder else (Role.SAFETY, *LEVELS[2 : level + 1])
    yield from tell_roles(
        entry.mine_id, roles, OWED, title, _page(question), unit=question.holder, act=True, body=body,
        due_at=question.due_at, urgent_for=[Role.MINE_LEADER],
    )  # fmt: skip
    case = case_of(question.subject_id)
    if case is not None and case.group is not None:
        yield from tell(heads_of(case.group), OWED, title, _page(question), body=body)


@route("question.answer", settles=[OWED])
def answered(entry: Entry) -> Iterator[Recipient]:
    """答复: every unit that asks hears it, and settles it or presses again."""
    question = _question(entry)
    who = question.holder.name if question.holder else "安监部门"
    title = f"{who}答复了追问「{short(question.text)}」，请认可或再追问。"
    body = str(entry.payload.get("text") or "")
    yield from tell([question.asker], HEARD, title, _page(question), act=True, body=body)
    roles = [Role.UNIT_HEAD, Role.BRANCH_SECRETARY]
    for row in question.units.select_related("unit"):
        act = question.status == Status.ANSWERED and row.unit_id == question.asker_unit_id
        yield from tell_roles(entry.mine_id, roles, HEARD, title, _page(question), unit=row.unit, act=act, body=body)


@route("question.settle", settles=[OWED, HEARD])
def settled(entry: Entry) -> Iterator[Recipient]:
    """认可: the unit that answered hears that it is enough."""
    question = _question(entry)
    title = f"{entry.payload.get('asker_unit') or question.asker_unit.name}认可了对「{short(question.text)}」的答复。"
    roles = [Role.UNIT_HEAD, Role.BRANCH_SECRETARY] if question.holder else [Role.SAFETY]
    yield from tell_roles(entry.mine_id, roles, HEARD, title, _page(question), unit=question.holder)
