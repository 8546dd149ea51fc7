"""The lists of the classes: needs, classes, teachers, people with their hours."""

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.listing import Choice, Column, Dates, Flag, Register, Text, View
from kuangdeng.kernel.templatetags.kd import chip, cut, said
from kuangdeng.kernel.words import plain
from kuangdeng.learning.classes import queries, rules
from kuangdeng.learning.classes.models import Teacher, TrainingClass, TrainingNeed
from kuangdeng.learning.classes.rules import NeedStatus, Status
from kuangdeng.learning.standards import api as standards
from kuangdeng.org.api import Person, has_power

TONES = {
    Status.PREPARING: "wait",
    Status.RUNNING: "work",
    Status.CONCLUDED: "soon",
    Status.CLOSED: "done",
    Status.CANCELLED: "void",
}
NEED_TONES = {NeedStatus.OPEN: "wait", NeedStatus.ACCEPTED: "done", NeedStatus.DECLINED: "void"}


def class_chip(one: TrainingClass) -> SafeString:
    """Where a class stands."""
    return chip(rules.STATUS_LABELS[one.status], "state", TONES[Status(one.status)])


def need_chip(one: TrainingNeed) -> SafeString:
    """What became of a need."""
    return chip(rules.NEED_LABELS[one.status], "state", NEED_TONES[NeedStatus(one.status)])


def days(one: Any) -> str:
    """11月25日—11月28日."""
    if one.begin_on == one.end_on:
        return f"{one.begin_on:%m-%d}"
    return f"{one.begin_on:%m-%d}—{one.end_on:%m-%d}"


def classes(by: Person) -> Register:
    """Every class of the mine."""
    prepares = has_power(by, "class.prepare")
    return Register(
        key="training-classes",
        title=_("培训班"),
        noun=_("培训班"),
        columns=[
            Column("title", _("班名"), lambda row: cut(row.title, 30), sort="title", link=True, width="wide", phone="title",
                   export=lambda row: row.title),
            Column("status", _("状态"), class_chip, phone="chip", export=lambda row: rules.STATUS_LABELS[row.status]),
            Column("code", _("期次号"), "code", sort="number", phone="meta"),
            Column("kind", _("类别"), lambda row: row.get_kind_display(), phone="meta"),
            Column("mode", _("方式"), lambda row: row.get_mode_display(), phone="meta"),
            Column("days", _("日期"), days, sort="begin_on", phone="meta", export=lambda row: f"{row.begin_on}—{row.end_on}"),
            Column("heads", _("学员"), "heads", align="right", phone="meta"),
            Column("place", _("地点"), "place_text", phone="hide"),
            Column("manager", _("班主任"), lambda row: row.manager.name if row.manager else "", phone="hide"),
            Column("keep", _("保存到"), "keep_until", show=False),
        ],
        filters=[
            Text("q", placeholder=_("班名、地点"), fields=["title", "place_text"]),
            Choice("status", _("状态"), list(rules.STATUS_LABELS.items()), any=_("全部状态")),
            Choice("kind", _("类别"), list(rules.KIND_LABELS.items()), any=_("全部类别")),
            Dates("begin", _("开班日期"), lookup="begin_on", moment=False),
        ],
        views=[View(_("全部")), View(_("正在办"), "status=running"), View(_("筹备中"), "status=preparing"), View(_("待归档"), "status=concluded")],
        default_sort="-days",
        rows=queries.class_rows,
        row_url=lambda row: reverse("learning:training_class", args=[row.id]),
        empty_title=_("没有培训班"),
        empty_text=_("按培训需求或年度计划开班，会列在这里。"),
        empty_url=reverse("learning:class_new") if prepares else "",
        empty_label=_("筹备一个班") if prepares else "",
    )  # fmt: skip


def needs(by: Person) -> Register:
    """The needs that he may see."""
    return Register(
        key="training-needs",
        title=_("培训需求"),
        noun=_("需求"),
        columns=[
            Column("topic", _("培训主题"), lambda row: cut(row.topic, 30), link=True, width="wide", phone="title",
                   export=lambda row: row.topic),
            Column("status", _("状态"), need_chip, phone="chip", export=lambda row: rules.NEED_LABELS[row.status]),
            Column("units", _("培训单位"), lambda row: cut(queries.units_named(row.units.all()), 30), phone="line",
                   export=lambda row: queries.units_named(row.units.all())),
            Column("evidence", _("为什么要培训"), lambda row: cut(row.evidence, 40), phone="hide", export=lambda row: row.evidence),
            Column("by", _("提出人"), lambda row: row.proposed_by.name if row.proposed_by else _("系统"), phone="meta"),
            Column("at", _("提出时间"), lambda row: said(row.proposed_at), sort="proposed_at", phone="meta", export=lambda row: row.proposed_at),
            Column("wanted", _("希望完成日期"), "wanted_by", phone="meta"),
            Column("class", _("培训班"), lambda row: row.training_class.code if row.training_class else "", phone="hide"),
        ],
        filters=[
            Text("q", placeholder=_("主题、原因"), fields=["topic", "evidence"]),
            Choice("status", _("状态"), list(rules.NEED_LABELS.items()), any=_("全部状态")),
        ],
        views=[View(_("全部")), View(_("待安排"), "status=open")],
        default_sort="-at",
        rows=queries.need_rows,
        row_url=lambda row: reverse("learning:training_need", args=[row.id]),
        row_late=lambda row: row.status == NeedStatus.OPEN and row.wanted_by is not None and row.wanted_by < clock.today(),
        empty_title=_("没有培训需求"),
        empty_text=_("检查中发现哪个单位什么不会，就提出来，培训科按它开班。"),
        empty_url=reverse("learning:need_new") if has_power(by, "need.propose") else "",
        empty_label=_("提出培训需求"),
    )  # fmt: skip


def teacher_chip(one: Teacher) -> SafeString:
    """Of the mine or invited; whether his qualification has run out."""
    if one.left_on and one.left_on <= clock.today():
        return chip(_("已停聘"), "state", "void")
    if one.qualified_until and one.qualified_until < clock.today():
        return chip(_("资格过期"), "state", "late")
    return chip(_("外聘专家") if one.is_invited else _("本矿教师"), "state", "work" if one.is_invited else "done")


def home_of(one: Teacher) -> str:
    """Where a teacher comes from."""
    unit = one.person.unit if one.person else None
    return one.organisation or (unit.name if unit else "")


def teachers(by: Person) -> Register:
    """Everybody who teaches."""
    return Register(
        key="teachers",
        title=_("教师"),
        noun=_("教师"),
        columns=[
            Column("name", _("姓名"), "name", sort="name", link=True, phone="title"),
            Column("state", _("类别"), teacher_chip, phone="chip", export=lambda row: _("外聘") if row.is_invited else _("本矿")),
            Column("where", _("工作单位"), lambda row: home_of(row), phone="meta"),
            Column("title", _("职称职务"), "title", phone="meta"),
            Column("qualification", _("任教资格"), lambda row: cut(row.qualification, 24), phone="meta", export=lambda row: row.qualification),
            Column("until", _("资格有效期至"), "qualified_until", phone="meta"),
            Column("taught", _("今年授课（学时）"), lambda row: row.taught or 0, align="right", phone="meta"),
            Column("fee", _("课酬（元/学时）"), "fee", align="right", phone="hide"),
            Column("phone", _("电话"), "phone", phone="hide", show=False),
        ],
        filters=[
            Text("q", placeholder=_("姓名、单位、能讲什么"), fields=["name", "organisation", "subjects"]),
            Flag("invited", _("外聘"), yes=_("只看外聘"), any=_("本矿和外聘"), apply=lambda rows, _yes: rows.filter(person=None)),
        ],
        default_sort="name",
        rows=queries.teacher_rows,
        row_url=lambda row: reverse("learning:teacher", args=[row.id]),
        empty_title=_("还没有教师"),
        empty_text=_("登记本矿教师和外聘专家，排课时就能选。"),
        empty_url=reverse("learning:teacher_new"),
        empty_label=_("登记教师"),
    )  # fmt: skip


def hours_chip(row: Any) -> SafeString:
    """Enough hours this year, or how many are missing."""
    short = row.owed - row.hours
    if short <= 0:
        return chip(_("够了"), "state", "done")
    return chip(_("还差 %s 学时") % plain(short), "state", "soon")


def people(by: Person, year: int) -> Register:
    """The people whom he answers for, with their hours of a year."""
    numbers = standards.numbers_on(by.mine_id)

    def enrich(rows: list[Any]) -> None:
        new = queries.joined_in(rows, year)
        for row in rows:
            row.owed = numbers["hours.new" if row.id in new else "hours.serving"]
            row.is_new = row.id in new

    return Register(
        key="training-people",
        title=_("职工学时"),
        noun=_("职工"),
        columns=[
            Column("name", _("姓名"), "name", sort="pinyin", link=True, phone="title"),
            Column("state", _("学时"), hours_chip, phone="chip", export=lambda row: max(0, row.owed - row.hours)),
            Column("number", _("工号"), "number", phone="meta"),
            Column("unit", _("单位"), lambda row: row.unit.full_name if row.unit else "", sort="unit__position", phone="meta"),
            Column("trade", _("工种"), "trade", phone="meta"),
            Column("hours", _("%d 年有效学时") % year, lambda row: plain(row.hours), sort="hours", align="right", phone="meta",
                   export=lambda row: row.hours),
            Column("owed", _("应有"), lambda row: plain(row.owed), align="right", phone="meta", export=lambda row: row.owed),
            Column("new", _("新工人"), lambda row: _("新工人") if row.is_new else "", phone="hide"),
        ],
        filters=[
            Text("q", placeholder=_("姓名、工号"), fields=["name", "number"]),
            Flag("short", _("学时"), yes=_("学时不够的"), any=_("不论学时"),
                 apply=lambda rows, _yes: queries.short_of(rows, year, numbers)),
        ],
        views=[View(_("全部")), View(_("学时不够的"), "short=1")],
        default_sort="unit",
        rows=lambda rows: rows.select_related("unit__parent"),
        enrich=enrich,
        row_url=lambda row: reverse("learning:person_training", args=[row.id]),
        empty_title=_("没有职工"),
        empty_text=_("换一个条件再看。"),
    )  # fmt: skip
