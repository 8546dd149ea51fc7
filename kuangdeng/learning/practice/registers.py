"""The lists of the daily item: meetings, must-knows, who is away."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.listing import Choice, Column, Dates, Flag, Register, Text
from kuangdeng.kernel.templatetags.kd import chip, cut, said
from kuangdeng.learning.practice.models import Away, MustKnow

NONE = mark_safe("")


def meetings() -> Register:
    """班前会每日一题记录."""
    return Register(
        key="practice-meetings",
        title=_("班前会每日一题记录"),
        noun=_("记录"),
        columns=[
            Column("item", _("题目"), lambda row: cut(row.item.stem, 36), width="wide", phone="title",
                   export=lambda row: row.item.stem),
            Column("unit", _("班组"), "unit.name", sort="unit__name", phone="meta"),
            Column("at", _("时间"), lambda row: said(row.at), sort="at", phone="meta", export=lambda row: row.at),
            Column("shift", _("班次"), "shift_name", phone="meta"),
            Column("present", _("到会"), "present", align="right", phone="meta"),
            Column("right", _("答对"), "right", align="right", phone="meta"),
            Column("way", _("登记方式"), lambda row: _("按姓名") if row.by_name else _("举手计数"), phone="hide"),
            Column("led_by", _("组织人"), "led_by.name", phone="meta"),
        ],
        filters=[
            Text("q", placeholder=_("题目、班组、组织人"), fields=["item__stem", "unit__name", "led_by__name"]),
            Dates("day", _("日期"), lookup="day"),
        ],
        default_sort="-at",
        empty_title=_("还没有记录"),
        empty_text=_("班组长在「班前会」页上问一道题、数一数答对的人，就记在这里。"),
    )  # fmt: skip


def musts() -> Register:
    """工种必会题."""
    return Register(
        key="practice-musts",
        title=_("工种必会题"),
        noun=_("必会题"),
        columns=[
            Column("what", _("题目"), lambda row: cut(row.category.name if row.category else row.item.stem, 40), width="wide",
                   phone="title", export=lambda row: row.category.name if row.category else row.item.stem),
            Column("trade", _("工种"), lambda row: row.trade or _("全部工种"), sort="trade", phone="meta"),
            Column("kind", _("范围"), lambda row: _("整个分类") if row.category_id else _("一道题"), phone="meta"),
            Column("source", _("依据"), "source", phone="meta"),
            Column("by", _("设置人"), "by.name", phone="hide"),
            Column("end", _("取消"), end_button, phone="line", export=lambda row: ""),
            Column("at", _("设置时间"), lambda row: said(row.at), sort="at", phone="hide", export=lambda row: row.at),
        ],
        filters=[Text("q", placeholder=_("工种、分类、题目"), fields=["trade", "category__name", "item__stem"])],
        default_sort="trade",
        empty_title=_("还没有必会题"),
        empty_text=_("把一个题目分类，或题目页上的一道题，设为某个工种的必会题；每日一题会先问这些。"),
    )  # fmt: skip


def away_chip(row: Any) -> SafeString:
    """Whether somebody is away now."""
    if row.cancelled_at is not None:
        return chip(_("已撤销"), "state", "void")
    today = clock.today()
    if row.last_day < today:
        return chip(_("已结束"), "state", "done")
    return chip(_("不在岗"), "state", "wait") if row.first_day <= today else chip(_("还没开始"), "plain")


def away() -> Register:
    """不在岗."""
    return Register(
        key="practice-away",
        title=_("不在岗"),
        noun=_("登记"),
        columns=[
            Column("person", _("姓名"), "person.name", sort="person__pinyin", phone="title"),
            Column("state", _("状态"), away_chip, phone="chip",
                   export=lambda row: _("已撤销") if row.cancelled_at else ""),
            Column("unit", _("单位"), lambda row: row.person.unit.name if row.person.unit else "", phone="meta"),
            Column("first", _("从"), lambda row: f"{row.first_day:%Y-%m-%d}", sort="first_day", phone="meta"),
            Column("last", _("到"), lambda row: f"{row.last_day:%Y-%m-%d}", sort="last_day", phone="meta"),
            Column("reason", _("原因"), "reason", phone="meta"),
            Column("by", _("登记人"), "by.name", phone="hide"),
            Column("undo", _("撤销"), undo_button, phone="line", export=lambda row: ""),
        ],
        filters=[
            Text("q", placeholder=_("姓名、工号、原因"), fields=["person__name", "person__number", "reason"]),
            Choice("state", _("状态"), [("now", _("没有撤销的"))], any=_("全部"),
                   apply=lambda rows, _value: rows.filter(cancelled_at=None)),
            Flag("today", _("今天"), yes=_("今天不在岗的"), any=_("不论哪天"),
                 apply=lambda rows, _yes: rows.filter(first_day__lte=clock.today(), last_day__gte=clock.today(), cancelled_at=None)),
        ],
        default_sort="-first",
        empty_title=_("没有登记"),
        empty_text=_("休假、住院、外出培训的人登记在这里，这些天不计他的每日一题。"),
    )  # fmt: skip


def _button(label: str, url_name: str, key: object) -> SafeString:
    """A small button that posts the one empty form of the page."""
    return format_html(
        '<button class="button button-quiet button-small" form="undo" formaction="{}">{}</button>',
        reverse(url_name, args=[key]),
        label,
    )


def undo_button(row: Away) -> SafeString:
    """Takes an entry back, while it holds."""
    return NONE if row.cancelled_at is not None else _button(_("撤销"), "learning:practice_away_cancel", row.id)


def end_button(row: MustKnow) -> SafeString:
    """Takes something off the must-knows."""
    return _button(_("取消必会"), "learning:practice_must_end", row.id)
