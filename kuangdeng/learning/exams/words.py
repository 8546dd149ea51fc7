"""How the ledger lines of the exams are read aloud, and who is told of them."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import local
from kuangdeng.learning.exams import rules
from kuangdeng.learning.exams.models import Exam, Sitting
from kuangdeng.learning.exams.rules import ENDED, Kind, Sat
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route
from kuangdeng.org.api import Person

WITH_REASON = ("cancel", "extend", "admit", "release", "void", "let_in", "enter_paper")
COMING, RESULTS = "exam.coming", "exam.results"
declare_topics(
    Topic(COMING, _("要我参加的考试")),
    Topic(RESULTS, _("我的考试成绩公布了")),
)


def declare() -> None:
    """Hand the words to the ledger."""
    verbs = {**rules.PAPER_VERB_LABELS, **rules.VERB_LABELS, **rules.SAT_VERB_LABELS}
    declare_words(
        verbs={f"exam.{name}": label for name, label in verbs.items()}
        | {
            "exam.practise": _("开始练习"),
            "exam.resume": _("接着答"),
            "exam.take_late": _("补收断网期间的答案"),
            "exam.mark_line": _("阅卷"),
            "exam.admit": _("准许迟到开考"),
            "exam.let_in": _("准予计入迟到的答案"),
        },
        subjects={"exam_paper": _("试卷"), "exam": _("考试"), "sitting": _("答卷")},
        fields={
            "paper": _("试卷"),
            "items": _("题数"),
            "opens_at": _("开考时间"),
            "closes_at": _("结束时间"),
            "minutes": _("分钟"),
            "pass_percent": _("合格线"),
            "makeup_of": _("补考自"),
            "people": _("人数"),
            "already": _("已在名单"),
            "pool": _("可抽人数"),
            "seed": _("抽取种子"),
            "seed_digest": _("种子校验值"),
            "forms": _("卷数"),
            "absent": _("缺考"),
            "void": _("作废"),
            "handed_in": _("交卷"),
            "passed": _("合格"),
            "failed": _("不合格"),
            "answered": _("已答"),
            "answers_digest": _("答案校验值"),
            "form_digest": _("试卷校验值"),
            "ends_at": _("到时"),
            "ended_at": _("收卷时间"),
            "attempt": _("第几次"),
            "other_device": _("换了设备"),
            "seconds_left": _("剩余秒数"),
            "line": _("第几题"),
            "points": _("得分"),
            "exam": _("考试"),
            "person": _("人员"),
            "mode": _("组卷方式"),
            "marks": _("满分"),
            "names": _("姓名"),
            "exam.draw.expected": _("预计得分"),
            **{f"exam.{name}.why": _("原因") for name in WITH_REASON},
        },
        values={"mode": dict(rules.MODE_LABELS), "other_device": {"True": _("是"), "False": _("否")}},
    )


def _to(person: Person, topic: str, title: str, url: str, *, act: bool = False, body: str = "") -> Recipient:
    addresses = {"email": person.email} if person.email else {}
    return Recipient(person.id, "", topic, title, url, body, act, addresses)


@route("exam.draw")
def drawn(entry: Entry) -> Iterator[Recipient]:
    """抽题备卷: from now the exam stands, so everybody on the list hears of it."""
    exam = Exam.objects.get(id=entry.subject_id)
    if exam.kind in (Kind.PRACTICE,):
        return
    opens = local(exam.opens_at)
    when = f"{opens.month}月{opens.day}日 {opens:%H:%M}"
    where = f"，地点{exam.place}" if exam.place else ""
    title = f"要您参加考试：{exam.title}，{when} 开考{where}。"
    rows = Sitting.objects.filter(exam=exam, status=Sat.WAITING, person__is_active=True).select_related("person")
    for one in rows:
        yield _to(one.person, COMING, title, reverse("learning:my_exams"), act=True)


@route("exam.cancel", settles=[COMING])
def cancelled(entry: Entry) -> Iterator[Recipient]:
    """取消考试: whoever was told of it hears that it is off."""
    exam = Exam.objects.get(id=entry.subject_id)
    if exam.drawn_at is None:
        return
    rows = Sitting.objects.filter(exam=exam, person__is_active=True).select_related("person")
    for one in rows:
        title = f"考试取消：{exam.title}。{entry.payload.get('why', '')}"
        yield _to(one.person, COMING, title, reverse("learning:my_exams"))


@route("exam.close", settles=[COMING])
def closed(entry: Entry) -> Iterator[Recipient]:
    """收卷: nobody has to come any more."""
    yield from ()


@route("exam.publish")
def published(entry: Entry) -> Iterator[Recipient]:
    """公布成绩: everybody hears that his result is there; the figure itself is on his page only."""
    exam = Exam.objects.get(id=entry.subject_id)
    rows = Sitting.objects.filter(exam=exam, status__in=ENDED, person__is_active=True).select_related("person")
    for one in rows:
        title = f"{exam.title}的成绩公布了，请点开看您的答卷和解析。"
        yield _to(one.person, RESULTS, title, reverse("learning:my_exam", args=[one.id]))
