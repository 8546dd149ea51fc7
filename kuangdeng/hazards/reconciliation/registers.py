"""The days of the account as a list, and the hazards behind one figure."""

from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.hazards.bulletins.models import Bulletin
from kuangdeng.hazards.reconciliation.rules import FIGURES
from kuangdeng.hazards.registers import columns, filters, related, row_url, shown
from kuangdeng.kernel.listing import Column, Dates, Register
from kuangdeng.kernel.templatetags.kd import chip, thousands
from kuangdeng.org.api import Person, has_power


def _figure(name: str) -> Column:
    def cell(row: Bulletin) -> SafeString | str:
        count = getattr(row.balance, name)
        url = reverse("hazards:reconciliation_figure", args=[row.id, name])
        return format_html('<a href="{}">{}</a>', url, thousands(count)) if count else "0"

    return Column(
        name, str(FIGURES[name]), cell, align="right", phone="meta", export=lambda row: getattr(row.balance, name)
    )


def mark(row: Any) -> SafeString | str:
    """Whether the day's account is right: it closes, and nothing is found that disagrees with the ledger."""
    if row.balance.gap:
        return chip(_("差 %(n)d 条") % {"n": row.balance.gap}, "clock", "late")
    if row.wrong:
        return chip(_("%(n)d 处对不上") % {"n": row.wrong}, "clock", "late")
    return chip(_("对得上"), "state", "done")


def days() -> Register:
    """Every bulletin with its account, the newest first."""
    return Register(
        key="reconciliation",
        title=_("每日对账"),
        noun=_("公布"),
        columns=[
            Column("day", _("日期"), "day", sort="day", phone="title"),
            Column("mark", _("对账"), mark, phone="chip"),
            *(_figure(name) for name in FIGURES),
        ],
        filters=[Dates("day", _("日期"), moment=False, any=_("任何日期"))],
        default_sort="-day",
        row_late=lambda row: bool(row.balance.gap or row.wrong),
        saved_views=False,
        empty_title=_("还没有公布"),
        empty_text=_("每编制一期公布，就在这里对一次账。"),
        empty_url=reverse("hazards:bulletins"),
        empty_label=_("看每日公布"),
    )


def counted(person: Person, title: str) -> Register:
    """The hazards that a figure counts."""
    return Register(
        key="reconciled",
        title=title,
        noun=_("隐患"),
        columns=[replace(one) for one in columns()],
        filters=filters(person, "q", "status", "unit", "place"),
        default_sort="-received",
        rows=shown,
        export_rows=related,
        row_url=row_url,
        export=has_power(person, "hazard.export"),
        saved_views=False,
        empty_title=_("这一项没有隐患"),
        empty_text=_("这一期的这个数字是 0，或者它计的隐患已经不在隐患表里。"),
    )
