"""The list of one-person files."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kuangdeng.kernel.listing import Column, Register, Text
from kuangdeng.kernel.templatetags.kd import chip
from kuangdeng.learning.files import queries
from kuangdeng.org.api import Person


def _enrich(rows: list[Any]) -> None:
    gaps = queries.gaps_of_all(rows)
    for row in rows:
        row.gaps = gaps[row.id]


def files(_by: Person) -> Register:
    """Whose files one may open, and how many of the basic pieces are missing."""
    return Register(
        key="training-files",
        title=_("一人一档"),
        noun=_("档案"),
        columns=[
            Column("name", _("姓名"), "name", sort="pinyin", link=True, phone="title"),
            Column("gaps", _("基本材料"), lambda row: chip(_("缺 %d 件") % row.gaps, "state", "soon") if row.gaps else chip(_("齐"), "state", "done"),
                   phone="chip", export=lambda row: row.gaps),
            Column("number", _("工号"), "number", sort="number", phone="meta"),
            Column("unit", _("单位"), lambda row: row.unit.full_name if row.unit else "", sort="unit__position", phone="meta"),
            Column("trade", _("工种"), "trade", phone="meta"),
            Column("post", _("岗位"), "post", phone="hide"),
        ],
        filters=[Text("q", placeholder=_("姓名、工号"), fields=["name", "number"])],
        default_sort="name",
        rows=lambda rows: rows.select_related("unit__parent"),
        enrich=_enrich,
        row_url=lambda row: reverse("learning:person_file", args=[row.id]),
        empty_title=_("没有档案"),
        empty_text=_("名册里有职工，这里就有他的培训档案。"),
    )  # fmt: skip
