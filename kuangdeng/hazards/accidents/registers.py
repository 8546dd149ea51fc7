"""The accident lists: which columns, which questions."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.hazards.accidents.models import Accident, AccidentMeasure
from kuangdeng.hazards.accidents.queries import due_of, hurt_words, is_late, late, place_words
from kuangdeng.hazards.accidents.rules import (
    KIND_LABELS,
    MEASURE_STATUS_LABELS,
    OPEN,
    STATUS_LABELS,
    Kind,
    MeasureStatus,
    Status,
)
from kuangdeng.hazards.queries import choices
from kuangdeng.kernel.listing import Choice, Column, Dates, Flag, Multi, Picked, Register, Text, View
from kuangdeng.kernel.templatetags.kd import chip, clock_chip, cut
from kuangdeng.org.api import Person, has_power

TONES = {
    Status.REPORTED: "wait", Status.COMPLETED: "wait", Status.INVESTIGATING: "work", Status.CLOSED: "done",
    Status.VOID: "void",
}  # fmt: skip
MEASURE_TONES = {
    MeasureStatus.ORDERED: "wait", MeasureStatus.WORKING: "work", MeasureStatus.DONE: "wait",
    MeasureStatus.ACCEPTED: "done", MeasureStatus.WITHDRAWN: "void",
}  # fmt: skip


def state_chip(accident: Accident) -> SafeString:
    """The state as a chip."""
    return chip(STATUS_LABELS[accident.status], "state", TONES[Status(accident.status)])


def measure_chip(measure: AccidentMeasure) -> SafeString:
    """The state of a measure as a chip."""
    return chip(MEASURE_STATUS_LABELS[measure.status], "state", MEASURE_TONES[MeasureStatus(measure.status)])


def level_words(accident: Accident) -> str:
    """Its level; a near miss has none; the level by a row that nobody has confirmed says so."""
    if accident.kind == Kind.NEAR_MISS:
        return _("不分级")
    if accident.level is None:
        return _("级别待定")
    return accident.level.name if accident.level.confirmed else _("%s（待核定）") % accident.level.name


def accidents(person: Person) -> Register:
    """Every accident and near miss that the person may know of."""
    return Register(
        key="accidents",
        title=_("事故"),
        noun=_("事故"),
        columns=[
            Column("number", _("编号"), "number", sort="number", width="narrow", phone="meta", label_on_phone=False),
            Column("text", _("事故经过"), lambda row: cut(row.text, 40), link=True, width="wide", phone="title",
                   export=lambda row: row.text),
            Column("kind", _("类型"), lambda row: row.get_kind_display(), width="narrow", phone="meta", label_on_phone=False),
            Column("level", _("级别"), level_words, phone="meta", label_on_phone=False),
            Column("state", _("状态"), state_chip, width="narrow", phone="chip", export=lambda row: STATUS_LABELS[row.status]),
            Column("hurt", _("伤亡"), hurt_words, phone="line"),
            Column("occurred", _("发生时间"), "occurred_at", sort="occurred_at", phone="meta", label_on_phone=False,
                   export=lambda row: row.occurred_at),
            Column("place", _("地点"), lambda row: cut(place_words(row), 18), export=place_words, width="mid", phone="meta",
                   label_on_phone=False),
            Column("unit", _("事故单位"), lambda row: row.unit_name, phone="meta", label_on_phone=False),
            Column("received", _("快报时间"), "received_at", sort="received_at", show=False, export=lambda row: row.received_at),
            Column("specialty", _("事故类别"), "specialty.name", show=False),
            Column("stopped", _("停产停工范围"), "stopped_area", show=False),
            Column("loss", _("直接经济损失（元）"), "loss", sort="loss", align="right", show=False),
            Column("direct", _("直接原因"), "direct_cause", show=False),
            Column("closed", _("结案时间"), "closed_at", show=False),
        ],
        filters=[
            Text("q", _("搜索"), placeholder=_("经过、编号、位置"), fields=("text", "number", "place_text")),
            Choice("open", _("办理"), [("1", _("未结案")), ("0", _("已结案或作废"))], any=_("不论结案"), apply=_open),
            Multi("kind", _("类型"), list(KIND_LABELS.items()), any=_("各种类型")),
            Multi("status", _("状态"), list(STATUS_LABELS.items()), any=_("各种状态")),
            Choice("specialty", _("事故类别"), choices.tables_of(person)[1], any=_("各类别"),
                   apply=lambda rows, value: rows.filter(Q(specialty_id=value) | Q(specialty__parent_id=value))),
            Picked("unit", _("事故单位"), url=lambda: reverse("org:pick_unit"), kind="unit", icon="unit", any=_("各单位"),
                   find=lambda value: choices.unit_of(person.mine_id, value),
                   apply=lambda rows, unit: rows.filter(unit_id__in=choices.units_below(unit))),
            Picked("place", _("地点"), url=lambda: reverse("org:pick_place"), kind="place", icon="place", any=_("各地点"),
                   find=lambda value: choices.place_of(person.mine_id, value),
                   apply=lambda rows, place: rows.filter(place__in=choices.places_below(place))),
            Dates("occurred", _("发生时间"), lookup="occurred_at", any=_("任何时间发生")),
            Flag("hurt", _("伤亡"), yes=_("有伤亡"), no=_("没有伤亡"), any=_("有没有伤亡不限"), apply=_hurt),
        ],
        views=[
            View(_("全部")), View(_("未结案"), "open=1"), View(_("伤亡事故"), "kind=injury"),
            View(_("未遂"), "kind=near_miss"), View(_("今天发生"), "occurred=today"),
        ],
        default_sort="-occurred",
        rows=lambda rows: rows.select_related("place", "level", "specialty"),
        row_url=lambda row: reverse("hazards:accident", args=[row.id]),
        export=has_power(person, "hazard.export"),
        empty_title=_("没有事故和未遂"),
        empty_text=_("出了事故、差一点出事，都在几分钟内快报，会出现在这里。"),
        empty_url=reverse("hazards:accident_report"),
        empty_label=_("事故快报"),
    )  # fmt: skip


def _open(rows: QuerySet[Accident], value: str) -> QuerySet[Accident]:
    still = sorted(OPEN)
    return rows.filter(status__in=still) if value == "1" else rows.exclude(status__in=still)


def _hurt(rows: QuerySet[Accident], yes: bool) -> QuerySet[Accident]:
    somebody = Q(deaths__gt=0) | Q(serious__gt=0) | Q(minor__gt=0) | Q(unclear__gt=0)
    return rows.filter(somebody) if yes else rows.exclude(somebody)


def measures(person: Person) -> Register:
    """The measures of accidents that the person may know of; at first those that are not accepted yet."""
    return Register(
        key="accident-measures",
        title=_("事故整改措施"),
        noun=_("措施"),
        columns=[
            Column("text", _("整改措施"), lambda row: cut(row.text, 40), link=True, width="wide", phone="title",
                   export=lambda row: row.text),
            Column("state", _("状态"), measure_chip, width="narrow", phone="chip",
                   export=lambda row: MEASURE_STATUS_LABELS[row.status]),
            Column("due", _("期限"), lambda row: clock_chip(row.due_at) if due_of(row) else "", sort="due_at", width="narrow",
                   phone="chip", export=lambda row: row.due_at),
            Column("unit", _("责任单位"), lambda row: row.unit_name, phone="meta", label_on_phone=False),
            Column("person", _("责任人"), lambda row: row.person.name if row.person else "", phone="meta"),
            Column("number", _("事故"), lambda row: row.accident.number, sort="accident__number", phone="meta",
                   label_on_phone=False),
            Column("accident", _("事故经过"), lambda row: cut(row.accident.text, 24), phone="hide",
                   export=lambda row: row.accident.text),
            Column("finished", _("完成时间"), "finished_at", show=False),
            Column("accepted", _("验收时间"), "accepted_at", show=False),
        ],
        filters=[
            Text("q", _("搜索"), placeholder=_("措施、事故编号"), fields=("text", "accident__number")),
            Multi("status", _("状态"), list(MEASURE_STATUS_LABELS.items()), any=_("各种状态"),
                  default=f"{MeasureStatus.ORDERED},{MeasureStatus.WORKING},{MeasureStatus.DONE}"),
            Flag("late", _("超期"), yes=_("已超期"), any=_("超期不限"), apply=lambda rows, _yes: rows.filter(late())),
            Picked("unit", _("责任单位"), url=lambda: reverse("org:pick_unit"), kind="unit", icon="unit", any=_("各单位"),
                   find=lambda value: choices.unit_of(person.mine_id, value),
                   apply=lambda rows, unit: rows.filter(unit_id__in=choices.units_below(unit))),
        ],
        views=[
            View(_("在办的")), View(_("已超期"), "late=1"), View(_("待验收"), "status=done"),
            View(_("已验收"), "status=accepted"),
        ],
        default_sort="due",
        rows=lambda rows: rows.select_related("accident", "person"),
        row_url=lambda row: reverse("hazards:accident", args=[row.accident_id]) + f"#measure-{row.id}",
        row_late=is_late,
        export=has_power(person, "hazard.export"),
        empty_title=_("没有在办的事故整改措施"),
        empty_text=_("事故调查中下达给各单位的整改措施会出现在这里，超期的标红。"),
    )  # fmt: skip
