"""What waits for a person in learning: one line of the database for each, whose kind says how it is told."""

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.kernel import clock, timetext
from kuangdeng.kernel.gathering import Line
from kuangdeng.learning import api as learning
from kuangdeng.learning.api import practice, topics
from kuangdeng.org.api import Person
from kuangdeng.web.todos.line import Todo, cut


def todos(person: Person) -> list[Todo]:
    """Every line of learning."""
    return [TOLD[one.kind.partition(".")[0]](one) for one in learning.waiting_for(person)] + _practice(person)


def _waited(one: Line) -> str:
    return _("已等 %s") % timetext.age(one.at, clock.now()) if one.at and one.at < clock.now() else _("待处理")


STUDY = {
    "sit": (gettext_lazy("去考试"), gettext_lazy("要您参加的考试"), "learning:my_exam"),
    "leave": (gettext_lazy("答复"), gettext_lazy("有人请假"), "learning:attendance_sheet"),
    "makeup": (gettext_lazy("认定补学"), gettext_lazy("交来补学"), "learning:attendance_sheet"),
    "attend": (gettext_lazy("看通知"), gettext_lazy("您应到的学习"), "learning:study"),
    "make_up": (gettext_lazy("补学"), gettext_lazy("没有参加的学习"), "learning:study"),
    "finish": (gettext_lazy("结束学习"), gettext_lazy("学习时间已过"), "learning:study"),
    "record": (gettext_lazy("写记录"), gettext_lazy("学习待记录"), "learning:study"),
    "approve": (gettext_lazy("审签"), gettext_lazy("学习记录待审签"), "learning:study"),
    "campaign": (gettext_lazy("打卡"), gettext_lazy("集中学习"), "learning:campaign"),
}


def _study(one: Line) -> Todo:
    """An exam to sit, a session to attend, to record, to make up; open days of a campaign; what a leader of a room decides."""
    verb, why, name = STUDY[one.kind]
    url = reverse(name, args=[one.id])
    meta = [one.who, str(why)]
    if one.kind == "campaign":
        meta.append(_("还有 %d 天没有打卡") % one.number)
    dated = one.kind == "attend" and one.at is not None
    return Todo(
        title=cut(one.title), url=url, verb=str(verb), verb_url=url, meta=meta, tone="plain", at=one.at or clock.now(),
        clock_text=timetext.said(one.at, clock.now()) if dated and one.at else _waited(one),
    )  # fmt: skip


def _book(one: Line) -> Todo:
    """A book to give back, one that waits in the room, a note that somebody reported."""
    late = one.on is not None and one.kind == "loan" and one.on < clock.today()
    verb, why, page = {
        "loan": (_("续借或归还"), _("借的书已超期") if late else _("借的书快到期"), "learning:my_books"),
        "ready": (_("去取书"), _("预约的书到了"), "learning:my_books"),
        "report": (_("处理"), _("有人举报心得"), "learning:reported_notes"),
    }[one.kind]
    url, day = reverse(page), timetext.day_name(one.on, clock.today()) if one.on else ""
    until = {"loan": _("应还 %s") % day, "ready": _("留到 %s") % day}.get(one.kind, "")
    return Todo(
        title=cut(f"《{one.title}》"), url=url, verb=verb, verb_url=url, meta=[why], clock_text=until or _("待处理"),
        tone="late" if late else "plain", late=late, at=clock.at(one.on) if one.on else clock.now(),
    )  # fmt: skip


def _items(one: Line) -> Todo:
    """Items of the bank that wait for a reviewer, or for their author."""
    review = one.kind == "review"
    url = reverse("learning:items_review") if review else f"{reverse('learning:items')}?state=drafted&own=1"
    title = _("%(n)d 道题等审定") if review else _("%(n)d 道题退回修改")
    return Todo(
        title=title % {"n": one.number}, url=url, verb=_("审题") if review else _("修改题目"), verb_url=url,
        meta=[_("题库")], clock_text=_waited(one), tone="plain", at=one.at or clock.now(),
    )  # fmt: skip


TALK = {
    "talk": (gettext_lazy("找%s谈心"), gettext_lazy("记录谈心")),
    "sign": (gettext_lazy("谈心记录等您签字"), gettext_lazy("看过签字")),
    "retrained": (gettext_lazy("请参加重新培训：%s"), gettext_lazy("看办到哪一步")),
}
TALKS = {
    "assign": (gettext_lazy("%d 人等安排谈话人"), gettext_lazy("安排谈话人"), "learning:talks", "?state=owed"),
    "arrange": (gettext_lazy("%d 人等安排补考"), gettext_lazy("安排补考"), "learning:talks", "?state=makeup"),
    "retrain": (
        gettext_lazy("%d 人等重新培训"), gettext_lazy("列入重新培训"), "learning:training_needs", "#retraining"
    ),
}  # fmt: skip


def _talk(one: Line) -> Todo:
    """A talk to hold, a record to sign, the class that retrains him."""
    said, verb = TALK[one.kind]
    url = reverse("learning:talk", args=[one.id])
    target = reverse("learning:talk_verb", args=[one.id, "record"]) if one.kind == "talk" else url
    return _of_talks(one, str(said).replace("%s", one.who), str(verb), url, target)


def _talks(one: Line) -> Todo:
    """How many wait for who arranges talks, make-up exams and retrainings."""
    said, verb, page, asked = TALKS[one.kind]
    url = f"{reverse(page)}{asked}"
    return _of_talks(one, str(said) % one.number, str(verb), url, url)


def _of_talks(one: Line, title: str, verb: str, url: str, target: str) -> Todo:
    due = one.at or clock.now()
    return Todo(
        title=title, url=url, verb=verb, verb_url=target, meta=[_("谈心补考"), cut(one.title, 24)], due=one.at,
        late=due < clock.now(), at=due,
    )  # fmt: skip


def _regrade(one: Line) -> Todo:
    """A regrading that waits for approval."""
    url = reverse("learning:regrade", args=[one.id])
    return Todo(
        title=cut(one.title), url=url, verb=_("批准重判"), verb_url=url, meta=[_("申请重判"), one.who, cut(one.note, 30)],
        clock_text=_waited(one), tone="plain", at=one.at or clock.now(),
    )  # fmt: skip


def _topic(one: Line) -> Todo:
    """A step of a research topic: the kind is the verb, `who` the state in which it waits."""
    url = reverse("learning:topic", args=[one.id])
    late = one.on is not None and one.on < clock.today()
    until = timetext.day_name(one.on, clock.today()) if one.on else ""
    return Todo(
        title=cut(one.title), url=url, verb=str(topics.VERB_LABELS[one.kind.partition(".")[2]]), verb_url=url,
        meta=[_("课题调研"), str(topics.STATUS_LABELS[one.who]), one.note],
        clock_text=_("期限 %s") % until if until else _("待处理"), tone="late" if late else "plain", late=late,
        at=clock.at(one.on) if one.on else one.at or clock.now(),
    )  # fmt: skip


TRAINING = {
    "lesson": ("learning:lesson", gettext_lazy("看课"), gettext_lazy("要上的课")),
    "teach": ("learning:lesson", gettext_lazy("看签到"), gettext_lazy("要讲的课")),
    "settle": ("learning:lesson", gettext_lazy("核定学时"), gettext_lazy("课上完了，等核定学时")),
    "need": ("learning:training_need", gettext_lazy("安排"), gettext_lazy("培训需求")),
    "correction": ("learning:hour_corrections", gettext_lazy("审批"), gettext_lazy("学时更正")),
}


def _training(one: Line) -> Todo:
    """A lesson to go to, to teach or to settle, a need, a correction of hours."""
    page, verb, why = TRAINING[one.kind]
    url = reverse(page) if one.kind == "correction" else reverse(page, args=[one.id])
    at = one.at or clock.now()
    ahead = one.kind in ("lesson", "teach")
    return Todo(
        title=cut(one.title), url=url, verb=str(verb), verb_url=url, meta=[str(why)], tone="plain", at=at,
        clock_text=timetext.said(at, clock.now()) if ahead else _("已等 %s") % timetext.age(at, clock.now()),
    )  # fmt: skip


def _certificate(one: Line) -> Todo:
    """One's own certificate that runs out."""
    url, until = reverse("learning:certificate", args=[one.id]), one.on or clock.today()
    late = until < clock.today()
    return Todo(
        title=one.title, url=url, verb=_("看证照"), verb_url=url, meta=[_("证照已过期") if late else _("证照快到期")],
        clock_text=_("有效期止 %s") % until, tone="late" if late else "plain", late=late, at=clock.at(until),
    )  # fmt: skip


def _practice(person: Person) -> list[Todo]:
    """Today's items that are not answered yet; after the day nobody is reminded of them."""
    one = practice.waiting_for(person)
    if one is None:
        return []
    url = reverse("learning:practice")
    return [
        Todo(
            title=_("每日一题还有 %(n)d 道") % {"n": one.left}, url=url, verb=_("答题"), verb_url=url,
            meta=[_("今天")], due=one.closes_at, at=one.closes_at,
        )
    ]  # fmt: skip


TOLD: dict[str, Callable[[Line], Todo]] = {
    **dict.fromkeys(STUDY, _study), **dict.fromkeys(("loan", "ready", "report"), _book),
    **dict.fromkeys(("review", "mend"), _items), **dict.fromkeys(TALK, _talk), **dict.fromkeys(TALKS, _talks),
    **dict.fromkeys(TRAINING, _training), "regrade": _regrade, "topic": _topic, "certificate": _certificate,
}  # fmt: skip
"""How each kind of line is told."""
