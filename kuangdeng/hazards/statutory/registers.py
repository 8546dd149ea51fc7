"""The lists of legal reports."""

from functools import partial

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.hazards import registers as hazard_registers
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.statutory import queries
from kuangdeng.hazards.statutory.fields import FORMATS
from kuangdeng.hazards.statutory.models import ExportRun, StatutoryReport, SupervisionOrder
from kuangdeng.hazards.statutory.rules import KIND_LABELS, LEVEL_LABELS, STATUS_LABELS, TO_LABELS, Status
from kuangdeng.kernel.listing import Choice, Column, Dates, Flag, Register, Text
from kuangdeng.kernel.templatetags.kd import chip, cut
from kuangdeng.kernel.timetext import said
from kuangdeng.org.api import Person

STEPS = {"draft": gettext_lazy("待编制"), "sign": gettext_lazy("待签字"), "send": gettext_lazy("待报送")}
TONES = {Status.DRAFTED: "wait", Status.SIGNED: "work", Status.PARTLY: "work", Status.SENT: "done"}


def state_chip(report: StatutoryReport) -> SafeString:
    """The state of a version."""
    return chip(STATUS_LABELS[report.status], "state", TONES[Status(report.status)])


def reports() -> Register:
    """Every version of every report, the newest first."""
    return Register(
        key="statutory-reports",
        title=_("法定报表"),
        noun=_("报表"),
        columns=[
            Column("period", _("期"), lambda row: row.period.label, sort="first", link=True, phone="title"),
            Column("kind", _("报表"), lambda row: KIND_LABELS[row.kind], phone="meta", label_on_phone=False),
            Column("version", _("版本"), "version", align="right", phone="meta"),
            Column("state", _("状态"), state_chip, phone="chip", export=lambda row: STATUS_LABELS[row.status]),
            Column("signed", _("签字"), lambda row: row.signed_by.name if row.signed_by else "", phone="meta"),
            Column("signed_on", _("签字日期"), "signed_on", sort="signed_on", phone="meta"),
            Column("sent", _("报送"), "sent_at", sort="sent_at", phone="meta"),
        ],
        filters=[
            Choice("kind", _("报表"), list(KIND_LABELS.items()), any=_("各种报表")),
            Choice("status", _("状态"), list(STATUS_LABELS.items()), any=_("各种状态")),
        ],
        default_sort="-period",
        row_url=lambda row: reverse("hazards:statutory_report", args=[row.id]),
        empty_title=_("还没有报表"),
        empty_text=_("一个月或一个季度过完以后，在“月度统计”“季度报告”里编制。"),
        empty_url=reverse("hazards:statutory_month"),
        empty_label=_("看月度统计"),
    )


def cell(person: Person, title: str) -> Register:
    """The hazards behind a figure."""
    return hazard_registers.listed(
        person, key="statutory-cell", title=title, default_sort="-received", bulk=(), saved_views=False
    )


def _lack(hazard: Hazard) -> SafeString | str:
    missing = queries.lacking(hazard)
    if not missing:
        return chip(_("双报告已齐"), "state", "done")
    return format_html_join(" ", "{}", ((chip(_("缺：%s") % one, "state", "late"),) for one in missing))


def _ticked(hazard: Hazard, to: str) -> SafeString | str:
    plan = queries.plan_of(hazard)
    at = getattr(plan, f"{to}_at", None)
    if at is None:
        return ""
    receipt = getattr(plan, f"{to}_receipt") or (_("有扫描件") if getattr(plan, f"{to}_scan_id") else _("没有回执"))
    return format_html("{}<br><small>{}</small>", said(at, queries.clock.now()), receipt)


def majors() -> Register:
    """Major hazards with what is missing of their double report."""
    return Register(
        key="majors",
        title=_("重大隐患双报告"),
        noun=_("重大隐患"),
        columns=[
            Column("number", _("编号"), "number", sort="number", width="narrow", phone="meta", label_on_phone=False),
            Column("text", _("隐患内容"), lambda row: cut(row.text, 36), link=True, width="wide", phone="title",
                   export=lambda row: row.text),
            Column("unit", _("责任单位"), "unit_name", phone="meta"),
            Column("state", _("状态"), hazard_registers.state_chip, phone="chip"),
            Column("lack", _("双报告"), _lack, phone="chip", export=lambda row: "、".join(queries.lacking(row))),
            *[
                Column(str(to), str(label), partial(_ticked, to=to), phone="meta")
                for to, label in TO_LABELS.items()
            ],
        ],
        filters=[
            Text("q", _("搜索"), placeholder=_("编号、内容"),
                 apply=lambda rows, words: rows.filter(Q(text__icontains=words) | Q(number__icontains=words))),
            Flag("lack", _("双报告"), yes=_("没报齐的"), no=_("已报齐的"), any=_("不限"), apply=_lacking),
            Flag("open", _("销号"), yes=_("未销号"), no=_("已销号"), any=_("销没销号不限"),
                 apply=lambda rows, yes: rows.filter(closed_at__isnull=yes)),
        ],
        default_sort="-number",
        row_url=lambda row: reverse("hazards:statutory_major", args=[row.id]),
        empty_title=_("没有重大隐患"),
        empty_text=_("判定为重大的隐患会列在这里，缺哪一份报告一看就知道。"),
    )  # fmt: skip


def _lacking(rows: QuerySet[Hazard], yes: bool) -> QuerySet[Hazard]:
    whole = Q(plan__regulator_at__isnull=False, plan__congress_at__isnull=False)
    return rows.exclude(whole) if yes else rows.filter(whole)


def orders() -> Register:
    """Supervision from above."""
    return Register(
        key="supervision-orders",
        title=_("上级挂牌督办"),
        noun=_("挂牌督办"),
        columns=[
            Column("number", _("隐患编号"), "hazard.number", link=True, phone="title"),
            Column("text", _("隐患内容"), lambda row: cut(row.hazard.text, 30), width="wide", phone="line"),
            Column("level", _("级别"), lambda row: LEVEL_LABELS[row.level], phone="chip"),
            Column("authority", _("督办部门"), "authority", phone="meta"),
            Column("document_no", _("文号"), "document_no", phone="meta"),
            Column("ordered_on", _("挂牌日期"), "ordered_on", sort="ordered_on", phone="meta"),
            Column("lifted_on", _("摘牌日期"), _lifted, sort="lifted_on", phone="meta",
                   export=lambda row: row.lifted_on),
        ],
        filters=[
            Choice("level", _("级别"), list(LEVEL_LABELS.items()), any=_("各级")),
            Flag("open", _("摘牌"), yes=_("在督的"), no=_("已摘牌"), any=_("摘没摘牌不限"),
                 apply=lambda rows, yes: rows.filter(lifted_on__isnull=yes)),
        ],
        default_sort="-ordered_on",
        row_url=lambda row: reverse("hazards:detail", args=[row.hazard_id]),
        empty_title=_("没有上级挂牌督办"),
        empty_text=_("集团、县、市、省、国家有关部门挂牌督办的隐患，在这里登记级别和文号，月报按它统计。"),
    )  # fmt: skip


def _lifted(row: SupervisionOrder) -> SafeString | str:
    if row.lifted_on:
        return str(row.lifted_on)
    return format_html('<a href="{}">{}</a>', reverse("hazards:statutory_lift", args=[row.id]), _("登记摘牌"))


def notices() -> Register:
    """What was printed for workers."""
    return Register(
        key="worker-notices",
        title=_("隐患告知书"),
        noun=_("告知书"),
        columns=[
            Column("number", _("编号"), lambda row: row.title, link=True, phone="title"),
            Column("unit", _("单位"), lambda row: row.unit_name or _("全矿"), phone="meta"),
            Column("at", _("打印时间"), "at", sort="at", phone="meta"),
            Column("by", _("打印人"), "by.name", phone="meta"),
            Column("where", _("张贴地点"), "posted_where", phone="meta"),
            Column("major", _("重大"), lambda row: len(row.content["major"]), align="right", phone="meta"),
            Column("late", _("超期"), lambda row: len(row.content["late"]), align="right", phone="meta"),
            Column("open", _("未办结"), lambda row: row.content["total"], align="right", phone="meta"),
        ],
        filters=[Dates("at", _("打印时间"), any=_("任何时间"))],
        default_sort="-at",
        row_url=lambda row: reverse("hazards:worker_notice", args=[row.id]),
        empty_title=_("还没有打印过告知书"),
        empty_text=_("打印一份贴到公示栏，打印的内容、时间、地点就是告知职工的记录。"),
    )


def _file(row: ExportRun) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("hazards:statutory_file", args=[row.id]), _("下载"))


def runs() -> Register:
    """The files for systems outside."""
    return Register(
        key="statutory-exports",
        title=_("上报数据"),
        noun=_("导出"),
        columns=[
            Column("at", _("导出时间"), "at", sort="at", phone="title"),
            Column("mapping", _("字段对照表"), lambda row: str(row.mapping), phone="meta"),
            Column("span", _("发现日期"), lambda row: f"{row.since} — {row.until}", phone="meta"),
            Column("format", _("格式"), lambda row: FORMATS[row.format], phone="meta"),
            Column("count", _("条数"), "count", align="right", phone="meta"),
            Column("gaps", _("缺项"), "gaps", align="right", phone="meta"),
            Column("sha256", _("指纹"), lambda row: row.file_id[:16], phone="meta", export=lambda row: row.file_id),
            Column("by", _("导出人"), "by.name", phone="meta"),
            Column("file", _("文件"), _file, phone="meta", export=False),
        ],
        filters=[Choice("format", _("格式"), list(FORMATS.items()), any=_("各种格式"))],
        default_sort="-at",
        empty_title=_("还没有导出过"),
        empty_text=_("选好字段对照表和日期，导出给接收平台的文件；每次导出的条数和指纹都记在台账里。"),
    )
