"""Lists of the groups: groups, cases, the matrix of acknowledgements, meetings."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.hazards.groups import queries
from kuangdeng.hazards.groups.models import Acknowledgement, Feedback, GroupCase, PreShiftMeeting, RectificationGroup
from kuangdeng.hazards.groups.queries import Mark
from kuangdeng.hazards.groups.rules import STATUS_LABELS, Status
from kuangdeng.kernel import clock
from kuangdeng.kernel.listing import Choice, Column, Dates, Flag, Register, Text, View
from kuangdeng.kernel.search import containing
from kuangdeng.kernel.templatetags.kd import chip, clock_chip, cut, icon
from kuangdeng.org.api import Person, Unit, has_power

TONES = {Status.WAITING: "wait", Status.FED: "work", Status.DONE: "done"}


def state_chip(case: GroupCase) -> SafeString:
    """How far the group has come."""
    if queries.was_dropped(case):
        return chip(_("不用反馈"), "plain")
    if case.status != Status.DONE and queries.has_ended(case):
        return chip(_("等反馈结果"), "state", "wait")
    return chip(STATUS_LABELS[case.status], "state", TONES[Status(case.status)])


def due_chip(case: GroupCase) -> SafeString | str:
    """The clock as long as a word is owed."""
    owed_at = getattr(case, "owed_at", None) or (case.due_at if case.status == Status.WAITING else None)
    return clock_chip(owed_at) if owed_at and not queries.was_dropped(case) else ""


def _group_options(mine_id: UUID) -> list[tuple[str, str]]:
    rows = RectificationGroup.objects.filter(mine_id=mine_id, ended_on=None).order_by("position")
    return [(str(one.id), one.name) for one in rows]


def _with_coverage(rows: list[GroupCase]) -> list[GroupCase]:
    known = queries.coverage([one.subject_id for one in rows])
    for one in rows:
        one.coverage = known.get(one.subject_id)  # type: ignore[attr-defined]
    return rows


def cases(person: Person) -> Register:
    """What was published, in the hands of the groups."""
    return Register(
        key="cases",
        title=_("整治落实"),
        noun=_("整治事项"),
        columns=[
            Column("text", _("公布的内容"), lambda row: cut(row.item.text, 40), link=True, width="wide", phone="title",
                   export=lambda row: row.item.text),
            Column("state", _("状态"), state_chip, phone="chip", export=lambda row: STATUS_LABELS[row.status]),
            Column("due", _("反馈时限"), due_chip, sort="due_at", phone="chip", export=lambda row: row.due_at),
            Column("group", _("小组"), lambda row: row.group.name if row.group else chip(_("没有小组"), "state", "late"),
                   phone="line", export=lambda row: row.group.name if row.group else ""),
            Column("unit", _("责任单位"), lambda row: row.item.line.get("unit", ""), phone="meta"),
            Column("place", _("地点"), lambda row: row.item.line.get("place", ""), phone="meta"),
            Column("coverage", _("已签认"), lambda row: row.coverage.words if row.coverage else "", align="right", phone="meta"),
            Column("opened", _("公布"), lambda row: row.item.bulletin.day, sort="opened_at", phone="meta", export=lambda row: row.item.bulletin.day),
        ],
        filters=[
            Text("q", placeholder=_("公布的内容、单位、编号"), apply=lambda rows, words: rows.filter(containing("item__search_text", words))),
            Choice("group", _("小组"), _group_options(person.mine_id), any=_("全部小组"),
                   apply=lambda rows, value: rows.filter(group_id=value)),
            Flag("mine", _("我的小组"), yes=_("我所在小组的"), any=_("不限"),
                 apply=lambda rows, _yes: rows.filter(group_id__in=queries.group_ids_of(person))),
            Flag("owed", _("要反馈"), yes=_("等反馈或等结果的"), any=_("反馈不限"),
                 apply=lambda rows, _yes: rows.filter(id__in=queries.owed_from(person.mine_id).values("id"))),
            Flag("late", _("超时"), yes=_("超过时限没有反馈"), any=_("时限不限"),
                 apply=lambda rows, _yes: rows.filter(id__in=queries.late_cases(person.mine_id, clock.now()).values("id"))),
            Flag("gap", _("没有小组"), yes=_("没有小组负责的"), any=_("有无小组不限"),
                 apply=lambda rows, _yes: rows.filter(id__in=queries.gaps(person.mine_id).values("id"))),
        ],
        views=[
            View(_("等反馈的"), "owed=1"),
            View(_("我的小组"), "mine=1&owed=1"),
            View(_("超过时限"), "late=1"),
            View(_("没有小组负责的"), "gap=1"),
            View(_("全部")),
        ],
        default_sort="-opened",
        rows=queries.related,
        enrich=_with_coverage,
        row_url=lambda row: reverse("hazards:case", args=[row.id]),
        row_late=lambda row: row.status == Status.WAITING and row.due_at < clock.now() and not queries.was_dropped(row),
        empty_title=_("没有整治事项"),
        empty_text=_("每日公布一发布，事项就按地点、责任单位、专业分到各小组。"),
        empty_url=reverse("hazards:groups"),
        empty_label=_("看整治落实小组"),
    )  # fmt: skip


def groups(person: Person) -> Register:
    """Which groups there are, and how they stand."""
    manages = has_power(person, "group.manage")
    return Register(
        key="groups",
        title=_("整治落实小组"),
        noun=_("小组"),
        columns=[
            Column("name", _("小组"), "name", sort="position", link=True, phone="title"),
            Column("branch", _("牵头支部"), "branch.name", phone="line"),
            Column("leader", _("组长"), "leader.name", phone="meta"),
            Column("covers", _("负责范围"), lambda row: row.words, width="wide", phone="line"),
            Column("people", _("人数"), "people", align="right", phone="meta"),
            Column("open", _("等反馈"), "waiting", align="right", phone="meta"),
        ],
        default_sort="name",
        rows=lambda rows: rows.select_related("branch", "leader").annotate(
            waiting=Count("cases", filter=Q(cases__status=Status.WAITING), distinct=True)
        ),
        enrich=queries.describe,
        row_url=lambda row: reverse("hazards:group", args=[row.id]),
        empty_title=_("还没有整治落实小组"),
        empty_text=_("设立小组：由哪个支部牵头，谁是成员，负责哪些地点、单位、专业。"),
        empty_url=reverse("hazards:group_new") if manages else "",
        empty_label=_("设立小组") if manages else "",
        saved_views=False,
    )


def _mark(mark: Mark | None) -> SafeString | str:
    """A cell of the matrix: words and an icon, never colour alone."""
    if mark is None:
        return "—"
    part = f"{mark.acknowledged}/{mark.total}" if mark.total > 1 else ""
    if mark.state == "done":
        return format_html('<span class="mark mark-done">{}{}</span>', icon("check"), part or _("已签"))
    if mark.state == "late":
        return format_html('<span class="mark late-text">{}{}</span>', icon("late"), part or _("超时"))
    return format_html('<span class="mark mark-wait">{}</span>', part or _("未签"))


def _mark_words(mark: Mark | None) -> str:
    if mark is None:
        return ""
    words = {"done": _("已签"), "late": _("超时"), "waiting": _("未签")}[mark.state]
    return f"{words} {mark.acknowledged}/{mark.total}" if mark.total > 1 else str(words)


def _with_marks(rows: list[Feedback]) -> list[Feedback]:
    known = queries.marks(rows)
    for one in rows:
        one.marks = known[one.id]  # type: ignore[attr-defined]
    return rows


def _sum(cells: Iterable[Mark]) -> str:
    """12/14 over all units."""
    known = list(cells)
    total = sum(one.total for one in known)
    return f"{sum(one.acknowledged for one in known)}/{total}" if total else ""


def matrix(person: Person, units: Sequence[Unit]) -> Register:
    """反馈 × 单位: acknowledged, late, missing."""
    late = Acknowledgement.objects.filter(feedback_id=OuterRef("id"), acknowledged_at=None, due_at__lt=clock.now())
    open_ = Acknowledgement.objects.filter(feedback_id=OuterRef("id"), acknowledged_at=None)

    def cell(unit: Unit) -> Column:
        return Column(
            f"u{unit.position}-{unit.id.hex[-6:]}", unit.short_name or unit.name, lambda row: _mark(row.marks.get(unit.id)),
            align="center", phone="meta", export=lambda row: _mark_words(row.marks.get(unit.id)),
        )  # fmt: skip

    return Register(
        key="matrix",
        title=_("签认情况"),
        noun=_("反馈"),
        columns=[
            Column("text", _("公布的内容"), lambda row: cut(row.case.item.text, 30), link=True, width="wide", phone="title",
                   export=lambda row: row.case.item.text),
            Column("what", _("反馈"), lambda row: _("结果") if row.outcome else _("第 %d 次") % row.number, phone="meta"),
            Column("at", _("时间"), "at", sort="at", phone="meta"),
            Column("covered", _("已签认"), lambda row: _sum(row.marks.values()), align="right", phone="chip"),
            *[cell(unit) for unit in units],
        ],
        filters=[
            Text("q", placeholder=_("公布的内容、单位、编号"), apply=lambda rows, words: rows.filter(containing("case__item__search_text", words))),
            Choice("group", _("小组"), _group_options(person.mine_id), any=_("全部小组"),
                   apply=lambda rows, value: rows.filter(case__group_id=value)),
            Dates("at", _("反馈时间"), any=_("任何时间")),
            Flag("open", _("没签齐"), yes=_("还有班组没签认的"), any=_("签没签齐不限"), apply=lambda rows, _yes: rows.filter(Exists(open_))),
            Flag("late", _("超时"), yes=_("有班组超时的"), any=_("时限不限"), apply=lambda rows, _yes: rows.filter(Exists(late))),
        ],
        views=[View(_("没签齐的"), "open=1"), View(_("有超时的"), "late=1"), View(_("全部"))],
        default_sort="-at",
        rows=lambda rows: rows.select_related("case__item"),
        enrich=_with_marks,
        row_url=lambda row: reverse("hazards:case", args=[row.case_id]),
        empty_title=_("还没有反馈"),
        empty_text=_("小组反馈以后，各班组在班前会上签认，这里看谁签了、谁没签。"),
    )  # fmt: skip


def meetings(person: Person) -> Register:
    """班前会记录."""
    return Register(
        key="meetings",
        title=_("班前会记录"),
        noun=_("班前会"),
        columns=[
            Column("unit", _("班组"), "unit_name", link=True, phone="title"),
            Column("day", _("日期"), "day", phone="meta"),
            Column("shift", _("班次"), "shift_name", phone="chip"),
            Column("present", _("到会人数"), "present", align="right", phone="meta"),
            Column("signed", _("点名到会"), "signed", align="right", phone="meta"),
            Column("heard", _("签认反馈"), "heard", align="right", phone="meta"),
            Column("chair", _("主持人"), "chair.name", phone="meta"),
            Column("held", _("登记时间"), "held_at", sort="held_at", phone="meta"),
        ],
        filters=[
            Text("q", placeholder=_("班组名称"), apply=lambda rows, words: rows.filter(unit_name__contains=words)),
            Dates("day", _("日期"), moment=False, any=_("任何日期")),
        ],
        default_sort="-held",
        rows=_meeting_rows,
        row_url=lambda row: reverse("hazards:meeting", args=[row.id]),
        empty_title=_("还没有班前会记录"),
        empty_text=_("班组长在「班前会」页面签认以后，这里就有记录。"),
    )


def _meeting_rows(rows: QuerySet[PreShiftMeeting]) -> QuerySet[PreShiftMeeting]:
    return rows.select_related("chair").annotate(
        signed=Count("presences", distinct=True), heard=Count("acknowledgements", distinct=True)
    )
