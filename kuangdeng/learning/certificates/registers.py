"""The list of certificates."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.listing import Choice, Column, Dates, Register, Text, View
from kuangdeng.kernel.templatetags.kd import chip
from kuangdeng.learning.certificates import queries, rules
from kuangdeng.learning.certificates.managers import Manager
from kuangdeng.learning.certificates.models import Certificate
from kuangdeng.learning.certificates.rules import Assessed, Status
from kuangdeng.org.api import Person, has_power


def state_chip(one: Certificate) -> SafeString:
    """Holds, runs out soon, has run out, was taken back."""
    if one.status == Status.REVOKED:
        return chip(_("已注销"), "state", "void")
    gap = (one.valid_until - clock.today()).days
    if gap < 0:
        return chip(_("已过期 %d 天") % -gap, "clock", "late")
    if one.review_by is not None and one.review_by < clock.today():
        return chip(_("逾期未复审"), "clock", "late")
    if gap <= 90:
        return chip(_("还剩 %d 天") % gap, "clock", "soon")
    return chip(_("有效"), "state", "done")


def assessed_chip(one: Manager) -> SafeString:
    """Late by how many days, how many are left, or where he stands."""
    if one.state == Assessed.LATE:
        return chip(_("超期 %d 天") % -one.days, "clock", "late")
    if one.state == Assessed.OWED:
        return chip(_("还剩 %d 天") % one.days, "clock", "soon" if one.days <= 90 else "plain")
    if one.state == Assessed.UNKNOWN:
        return chip(one.label, "plain", "soon")
    return chip(one.label, "state", "done")


def certificates(by: Person) -> Register:
    """The certificates that he may see."""
    today = clock.today()
    kinds = [(str(one.id), one.name) for one in queries.types(by)]
    keeps = has_power(by, "cert.issue")
    states: dict[str, dict[str, Any]] = {
        "late": {"valid_until__lt": today, "status": Status.HELD},
        "soon": {"valid_until__range": (today, today + timedelta(days=90)), "status": Status.HELD},
        "held": {"valid_until__gte": today, "status": Status.HELD},
        "revoked": {"status": Status.REVOKED},
    }
    return Register(
        key="certificates",
        title=_("证照"),
        noun=_("证照"),
        columns=[
            Column("person", _("姓名"), "person.name", sort="person__pinyin", link=True, phone="title"),
            Column("state", _("状态"), state_chip, phone="chip", export=lambda row: rules.STATUS_LABELS[row.status]),
            Column("type", _("证照种类"), "type.name", phone="line"),
            Column("number", _("证号"), "number", phone="meta"),
            Column("until", _("有效期止"), "valid_until", sort="valid_until", phone="meta"),
            Column("review", _("应复审日期"), "review_by", sort="review_by", phone="meta"),
            Column("job", _("工号"), "person.number", phone="meta"),
            Column("unit", _("单位"), lambda row: row.person.unit.full_name if row.person.unit else "", phone="meta"),
            Column("trade", _("工种"), "person.trade", phone="hide"),
            Column("issuer", _("发证机关"), "issuer", phone="hide", show=False),
        ],
        filters=[
            Text("q", placeholder=_("姓名、工号、证号"), fields=["person__name", "person__number", "number"]),
            Choice("state", _("状态"), [("late", _("已过期")), ("soon", _("90 天内到期")), ("held", _("有效")), ("revoked", _("已注销"))],
                   any=_("全部状态"), apply=lambda rows, value: rows.filter(**states[value])),
            Choice("type", _("证照种类"), kinds, lookup="type_id", any=_("全部种类")),
            Dates("until", _("到期日期"), lookup="valid_until", moment=False, future=True),
        ],
        views=[View(_("全部")), View(_("90 天内到期"), "state=soon"), View(_("已过期"), "state=late")],
        default_sort="until",
        rows=queries.certificate_rows,
        row_url=lambda row: reverse("learning:certificate", args=[row.id]),
        row_late=lambda row: row.status == Status.HELD and row.valid_until < today,
        empty_title=_("没有证照"),
        empty_text=_("把现有的特种作业证、管理人员证台账导进来，到期会自动提醒。"),
        empty_url=reverse("learning:certificate_import") if keeps else "",
        empty_label=_("导入证照台账") if keeps else "",
    )  # fmt: skip
