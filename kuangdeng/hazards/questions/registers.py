"""The list of questions."""

from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.hazards.questions import queries
from kuangdeng.hazards.questions.models import Question
from kuangdeng.hazards.questions.rules import STATUS_LABELS, Status
from kuangdeng.kernel.listing import Choice, Column, Flag, Register, Text, View
from kuangdeng.kernel.templatetags.kd import chip, clock_chip, cut
from kuangdeng.org.api import Person

TONES = {Status.ASKED: "wait", Status.ANSWERED: "work", Status.SETTLED: "done"}


def state_chip(question: Question) -> SafeString:
    """The state as a chip."""
    return chip(STATUS_LABELS[question.status], "state", TONES[Status(question.status)])


def due_chip(question: Question) -> SafeString | str:
    """The clock of the answer as long as one is owed."""
    return clock_chip(question.due_at) if question.status == Status.ASKED else ""


def questions(person: Person) -> Register:
    """What is asked in the mine; at first what is not settled."""
    unit_id = queries.main_unit_id(person)
    return Register(
        key="questions",
        title=_("追问"),
        noun=_("追问"),
        columns=[
            Column("text", _("追问内容"), lambda row: cut(row.text, 40), link=True, width="wide", phone="title", export=lambda row: row.text),
            Column("state", _("状态"), state_chip, phone="chip", export=lambda row: STATUS_LABELS[row.status]),
            Column("due", _("答复时限"), due_chip, sort="due_at", phone="chip", export=lambda row: row.due_at),
            Column("on", _("公布的隐患"), lambda row: cut(row.item.text, 20), phone="line", export=lambda row: row.item.text),
            Column("holder", _("答复单位"), lambda row: row.holder.name if row.holder else _("安监部门"), phone="meta"),
            Column("asker", _("追问单位"), "asker_unit.name", phone="meta"),
            Column("presses", _("再追问"), "presses", align="right", phone="meta"),
            Column("promised", _("承诺日期"), "promised_on", phone="meta"),
            Column("asked", _("追问时间"), "asked_at", sort="asked_at", phone="meta"),
        ],
        filters=[
            Text("q", placeholder=_("追问的内容"), apply=lambda rows, words: rows.filter(text__icontains=words)),
            Choice("open", _("办理"), [("1", _("没有了结的")), ("0", _("已了结的"))], any=_("全部追问"), default="1",
                   apply=lambda rows, value: rows.exclude(status=Status.SETTLED) if value == "1" else rows.filter(status=Status.SETTLED)),
            Flag("late", _("超时"), yes=_("超过时限没有答复"), any=_("时限不限"), apply=lambda rows, _yes: rows.filter(queries.late())),
            Choice("mine", _("与本单位"), [("ask", _("本单位追问的")), ("owe", _("要本单位答复的"))], any=_("各单位"),
                   apply=lambda rows, value: rows.filter(
                       Q(units__unit_id=unit_id) if value == "ask" else Q(holder_id=unit_id)
                   ).distinct()),
        ],
        views=[
            View(_("没有了结的")),
            View(_("超过时限"), "late=1"),
            View(_("本单位追问的"), "mine=ask"),
            View(_("要本单位答复的"), "mine=owe"),
            View(_("全部"), "open=all"),
        ],
        default_sort="due",
        rows=lambda rows: rows.select_related("item", "holder", "asker_unit"),
        row_url=lambda row: reverse("hazards:question", args=[row.id]),
        row_late=queries.is_late,
        empty_title=_("没有追问"),
        empty_text=_("打开一期每日公布，在任一条后面点「追问」。"),
        empty_url=reverse("hazards:bulletins"),
        empty_label=_("看每日公布"),
    )  # fmt: skip
