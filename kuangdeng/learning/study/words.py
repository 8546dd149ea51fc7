"""How the ledger lines of study are read aloud, and who is told of them."""

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel import clock
from kuangdeng.learning.attendance.api import Attendee, State
from kuangdeng.learning.study import rules
from kuangdeng.learning.study.models import StudySession
from kuangdeng.learning.study.rules import Status
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route
from kuangdeng.org.api import Person, tell

NOTICE, OWED, RECORD = "study.notice", "study.owed", "study.record"
declare_topics(
    Topic(NOTICE, _("学习通知：时间、地点、更改、取消")),
    Topic(OWED, _("缺席的学习要补学")),
    Topic(RECORD, _("学习记录：要写的、要审签的")),
)


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs={
            "study.set_up": _("初始化学习类别"),
            "study.save_kind": _("设置学习类别"),
            "study.plan": _("安排学习"),
            "study.change": _("更改学习安排"),
            "study.choose": _("选应到人员"),
            "study.notify": _("发学习通知"),
            "study.cancel": _("取消学习"),
            "study.finish": _("结束学习"),
            "study.write_record": _("写学习记录"),
            "study.send_back": _("退回学习记录"),
            "study.approve": _("学习记录审签归档"),
            "study.add_material": _("上传学习材料"),
            "study.remove_material": _("删除学习材料"),
            "study.add_photos": _("上传学习照片"),
            "study.remove_photo": _("删除学习照片"),
        },
        subjects={"study_session": _("学习活动"), "study_kind": _("学习类别")},
        fields={
            "starts_at": _("开始时间"),
            "ends_at": _("结束时间"),
            "chair": _("主持人"),
            "recorder": _("记录人"),
            "lecturer": _("主讲人"),
            "there": _("实到"),
            "leave": _("请假"),
            "study.notify.expected": _("应到"),
            "study.choose.expected": _("应到"),
            "study.choose.added": _("新列入"),
            "study.choose.gone": _("不再应到"),
            "study.choose.new": _("新列入的人"),
            "study.finish.expected": _("应到"),
            "study.finish.missing": _("未到"),
            "study.cancel.reason": _("取消原因"),
            "study.cancel.was": _("原来"),
            "study.write_record.length": _("字数"),
            "study.send_back.reason": _("退回原因"),
            "study.approve.to_make_up": _("还要补学"),
            "study.add_material.name": _("材料"),
            "study.remove_material.name": _("材料"),
            "study.add_photos.photos": _("照片"),
            "study.save_kind.is_active": _("在用"),
        },
        values={
            "study.cancel.was": dict(rules.STATUS_LABELS),
            "study.save_kind.is_active": {"True": _("是"), "False": _("否")},
        },
    )


def _session(entry: Entry) -> StudySession:
    return StudySession.objects.select_related("kind", "chair", "recorder").get(id=entry.subject_id)


def _people(session: StudySession, **wanted: object) -> list[Person]:
    rows = Attendee.objects.select_related("person").filter(sheet_id=session.sheet_id, expected=True, **wanted)
    return [one.person for one in rows.order_by("id")]


def _url(session: StudySession) -> str:
    return reverse("learning:study", args=[session.id])


def _when(session: StudySession) -> str:
    at = clock.local(session.starts_at)
    return f"{at.month}月{at.day}日 {at:%H:%M}，{session.place_text}"


def _notice(session: StudySession) -> str:
    return f"{session.kind.name}《{session.title}》：{_when(session)}。不能来的请先请假。"


@route("study.notify")
def noticed(entry: Entry) -> Iterator[Recipient]:
    """发通知: everybody who is expected."""
    session = _session(entry)
    yield from tell(_people(session), NOTICE, _notice(session), _url(session), act=True, due_at=session.starts_at)


@route("study.choose")
def chosen(entry: Entry) -> Iterator[Recipient]:
    """Who comes onto the list after the notice hears of the session."""
    session = _session(entry)
    raw = entry.payload.get("new")
    if session.status == Status.NOTIFIED and isinstance(raw, list):
        new = _people(session, person_id__in=[UUID(str(one)) for one in raw])
        yield from tell(new, NOTICE, _notice(session), _url(session), act=True, due_at=session.starts_at)


@route("study.change")
def changed(entry: Entry) -> Iterator[Recipient]:
    """更改: everybody who had the notice."""
    session = _session(entry)
    if session.status == Status.NOTIFIED:
        title = f"有更改：{session.kind.name}《{session.title}》，{_when(session)}。"
        yield from tell(_people(session), NOTICE, title, _url(session))


@route("study.cancel", settles=[NOTICE])
def cancelled(entry: Entry) -> Iterator[Recipient]:
    """取消: everybody who had the notice."""
    session = _session(entry)
    if entry.payload.get("was") == Status.NOTIFIED:
        title = f"取消了：{session.kind.name}《{session.title}》（原定{_when(session)}）。{session.cancel_reason}"
        yield from tell(_people(session), NOTICE, title, _url(session))


@route("study.finish", settles=[NOTICE])
def finished(entry: Entry) -> Iterator[Recipient]:
    """结束: who was not there catches up, the recorder writes."""
    session = _session(entry)
    absent = _people(session, state__in=[State.MISSING, State.LEAVE])
    title = f"您没有参加{session.kind.name}《{session.title}》，请看材料后补学。"
    yield from tell(absent, OWED, title, _url(session), act=True)
    yield from tell([session.recorder], RECORD, f"请写学习记录：{session.title}", _url(session), act=True)


@route("study.write_record", settles=[RECORD])
def recorded(entry: Entry) -> Iterator[Recipient]:
    """写记录: the chair reads it."""
    session = _session(entry)
    yield from tell([session.chair], RECORD, f"学习记录请审签：{session.title}", _url(session), act=True)


@route("study.send_back", settles=[RECORD])
def sent_back(entry: Entry) -> Iterator[Recipient]:
    """退回: the recorder writes it again."""
    session = _session(entry)
    title = f"学习记录退回重写：{session.title}。{session.returned_reason}"
    yield from tell([session.recorder], RECORD, title, _url(session), act=True)


@route("study.approve", settles=[RECORD])
def approved(entry: Entry) -> Iterator[Recipient]:
    """审签归档: the recorder hears that it is done."""
    session = _session(entry)
    yield from tell([session.recorder], RECORD, f"学习记录已审签归档：{session.title}", _url(session))
