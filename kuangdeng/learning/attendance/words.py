"""How the ledger lines of the sign-in are read aloud, and who is told of them."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.attendance import rules
from kuangdeng.learning.attendance.models import Attendee, MakeUp, Sheet
from kuangdeng.learning.attendance.queries import leaders_of
from kuangdeng.learning.attendance.rules import Method
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route
from kuangdeng.org.api import Person, tell

LEAVE, MAKEUP, ENTERED = "attendance.leave", "attendance.makeup", "attendance.entered"
declare_topics(
    Topic(LEAVE, _("学习和培训请假")),
    Topic(MAKEUP, _("补学：交来的、认定的")),
    Topic(ENTERED, _("签到补录和更正")),
)


def declare() -> None:
    """Hand the words to the ledger."""
    yes_no: dict[str, object] = {"True": _("是"), "False": _("否")}
    declare_words(
        verbs={
            "attendance.sign": _("签到"),
            "attendance.doubt": _("一机多人，待核实"),
            "attendance.settle_doubt": _("核实一机多人"),
            "attendance.set_window": _("设置签到时间"),
            "attendance.open_now": _("现在开放签到"),
            "attendance.close": _("结束签到"),
            "attendance.reopen": _("重新开放签到"),
            "attendance.open_kiosk": _("启用签到机"),
            "attendance.close_kiosk": _("停用签到机"),
            "attendance.enter_paper": _("纸质签到补录"),
            "attendance.correct": _("更正签到"),
            "attendance.ask_leave": _("请假"),
            "attendance.grant_leave": _("准假"),
            "attendance.refuse_leave": _("不准假"),
            "attendance.hand_in": _("交补学"),
            "attendance.accept_makeup": _("认定补学"),
            "attendance.return_makeup": _("退回补学"),
        },
        subjects={"attendance_sheet": _("签到表"), "attendee": _("签到")},
        fields={
            "method": _("签到方式"),
            "at": _("签到时间"),
            "guest": _("不在应到名单"),
            "first": _("这部手机先签的人"),
            "opens_at": _("开放签到"),
            "closes_at": _("截止签到"),
            "late_after": _("几分钟后算迟到"),
            "approver": _("批准人"),
            "persons": _("人员"),
            "attendance.sign.state": _("结果"),
            "attendance.settle_doubt.state": _("结果"),
            "attendance.settle_doubt.accepted": _("在场"),
            "attendance.close.missing": _("未到"),
            "attendance.correct.from_state": _("原来"),
            "attendance.correct.state": _("更正为"),
            "attendance.hand_in.on": _("补学日期"),
            "attendance.accept_makeup.on": _("补学日期"),
            "attendance.hand_in.length": _("字数"),
            **{
                f"attendance.{verb}.reason": _("原因")
                for verb in (
                    "reopen",
                    "enter_paper",
                    "correct",
                    "ask_leave",
                    "grant_leave",
                    "refuse_leave",
                    "return_makeup",
                )
            },
        },
        values={
            "method": dict(rules.METHOD_LABELS),
            "guest": yes_no,
            "attendance.settle_doubt.accepted": yes_no,
            **{
                f"attendance.{name}": dict(rules.STATE_LABELS)
                for name in ("sign.state", "settle_doubt.state", "correct.state", "correct.from_state")
            },
        },
    )


def _row(entry: Entry) -> Attendee:
    return Attendee.objects.select_related("sheet", "person", "approver").get(id=entry.subject_id)


def _approver(entry: Entry) -> Person | None:
    """Who was named when paper was entered; the sheet's rows know him."""
    rows = Attendee.objects.select_related("approver").filter(sheet_id=entry.subject_id, method=Method.PAPER)
    row = rows.filter(approver__name=entry.payload.get("approver")).first()
    return row.approver if row else None


@route("attendance.ask_leave")
def asked(entry: Entry) -> Iterator[Recipient]:
    """请假: who leads the room answers."""
    row = _row(entry)
    title = f"{row.person.name}向您请假：{row.sheet.title}（{row.leave_reason}）"
    yield from tell(leaders_of(row.sheet_id), LEAVE, title, row.sheet.back, act=True, due_at=row.sheet.starts_at)


@route("attendance.grant_leave", "attendance.refuse_leave", settles=[LEAVE])
def answered(entry: Entry) -> Iterator[Recipient]:
    """准假、不准假: who asked hears it."""
    row = _row(entry)
    if entry.verb == "attendance.grant_leave":
        title = f"已准假：{row.sheet.title}。请在之后补学。"
    else:
        title = f"没有准假：{row.sheet.title}。{row.leave_refusal}"
    yield from tell([row.person], LEAVE, title, row.sheet.back)


@route("attendance.hand_in")
def handed_in(entry: Entry) -> Iterator[Recipient]:
    """交补学: who leads the room reads it."""
    row = _row(entry)
    title = f"{row.person.name}交来补学：{row.sheet.title}，请认定。"
    yield from tell(leaders_of(row.sheet_id), MAKEUP, title, row.sheet.back, act=True)


@route("attendance.accept_makeup", "attendance.return_makeup", settles=[MAKEUP])
def judged(entry: Entry) -> Iterator[Recipient]:
    """认定、退回补学: who handed it in hears it."""
    row = _row(entry)
    if entry.verb == "attendance.accept_makeup":
        title = f"您的补学已认定：{row.sheet.title}"
        yield from tell([row.person], MAKEUP, title, row.sheet.back)
        return
    made = MakeUp.objects.filter(attendee=row, decided_at__isnull=False).first()
    title = f"您的补学被退回：{row.sheet.title}。{made.refusal if made else ''}"
    yield from tell([row.person], MAKEUP, title, row.sheet.back, act=True)


@route("attendance.enter_paper")
def entered(entry: Entry) -> Iterator[Recipient]:
    """纸质补录: who is named as the approver hears what was entered in his name."""
    sheet = Sheet.objects.get(id=entry.subject_id)
    title = f"{entry.by_name}经您批准补录了 {int(entry.quantity)} 人的签到：{sheet.title}"
    body = "不是您批准的，请马上告诉政工部或培训科。"
    yield from tell([_approver(entry)], ENTERED, title, sheet.back, body=body)


@route("attendance.correct")
def corrected(entry: Entry) -> Iterator[Recipient]:
    """更正: the approver and the person himself hear it."""
    row = _row(entry)
    now = rules.STATE_LABELS[row.state]
    body = "不是您批准的，请马上告诉政工部或培训科。"
    yield from tell(
        [row.approver], ENTERED, f"{entry.by_name}经您批准把{row.person.name}的签到更正为「{now}」：{row.sheet.title}",
        row.sheet.back, body=body,
    )  # fmt: skip
    yield from tell([row.person], ENTERED, f"您的签到更正为「{now}」：{row.sheet.title}", row.sheet.back)
