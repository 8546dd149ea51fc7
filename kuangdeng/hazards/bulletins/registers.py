"""The archive of bulletins as a list."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.hazards.bulletins.models import Bulletin
from kuangdeng.hazards.bulletins.queries import with_words
from kuangdeng.hazards.bulletins.rules import STATUS_LABELS, Status
from kuangdeng.kernel.listing import Column, Dates, Register, Text
from kuangdeng.kernel.templatetags.kd import chip
from kuangdeng.org.api import Person, has_power

TONES = {Status.COMPILED: "wait", Status.CHECKED: "wait", Status.PUBLISHED: "done"}


def state_chip(bulletin: Bulletin) -> SafeString:
    """The state; that nobody had checked it stands beside it."""
    mark = chip(STATUS_LABELS[bulletin.status], "state", TONES[Status(bulletin.status)])
    return format_html("{} {}", mark, chip(_("到点自动发布"), "plain")) if bulletin.by_itself else mark


def _count(name: str, label: str) -> Column:
    return Column(name, label, lambda row: row.figures.get("counts", {}).get(name), align="right", phone="meta")


def archive(person: Person) -> Register:
    """Every bulletin that the person may read, the newest first."""
    makes = has_power(person, "bulletin.compile")
    return Register(
        key="bulletins",
        title=_("每日公布"),
        noun=_("公布"),
        columns=[
            Column("day", _("日期"), "day", sort="day", link=True, phone="title"),
            Column("number", _("期号"), lambda row: row.title, sort="number", phone="meta", label_on_phone=False),
            Column("state", _("状态"), state_chip, phone="chip", export=lambda row: STATUS_LABELS[row.status]),
            _count("new", _("新上报")),
            _count("closed", _("已销号")),
            _count("overdue", _("超期")),
            _count("open", _("未办结")),
        ],
        filters=[
            Text("q", _("搜索"), placeholder=_("公布过的内容、单位、编号"), apply=with_words),
            Dates("day", _("日期"), moment=False, any=_("任何日期")),
        ],
        default_sort="-day",
        row_url=lambda row: reverse("hazards:bulletin", args=[row.id]),
        empty_title=_("还没有公布"),
        empty_text=_("到了编制时刻，系统自动编制当天的公布，核对后发布。"),
        empty_url=reverse("hazards:bulletin_policy") if makes else "",
        empty_label=_("设置编制时刻") if makes else "",
    )
