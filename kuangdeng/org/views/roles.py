"""角色: what each may do, and who holds which."""

from itertools import groupby

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.listing import Choice, Column, Flag, Register
from kuangdeng.kernel.views import register_page
from kuangdeng.org.powers import POWERS
from kuangdeng.org.queries import may
from kuangdeng.org.queries import people as queries
from kuangdeng.org.rules import MINE_WIDE, ROLE_LABELS, Role
from kuangdeng.org.views._common import need_power, viewer_of


def powers(request: HttpRequest) -> HttpResponse:
    """岗位权限: the table in code, as it stands: what each role may do."""
    need_power(viewer_of(request), "org.see_people", anywhere=True)
    roles = [{"code": role, "label": ROLE_LABELS[role], "wide": role in MINE_WIDE} for role in Role]
    areas = [
        {"label": area, "rows": [{"power": power, "cells": [role in power.roles for role in Role]} for power in group]}
        for area, group in groupby(POWERS.values(), key=lambda power: power.area)
    ]
    return render(request, "org/powers.html", {"roles": roles, "areas": areas, "tabs": tabs("powers")})


def tabs(current: str) -> list[dict[str, object]]:
    """The two pages of roles."""
    pages = (("powers", _("每个角色能做什么")), ("grants", _("谁有什么角色")))
    return [{"label": label, "url": reverse(f"org:{key}"), "current": key == current} for key, label in pages]


def _register() -> Register:
    return Register(
        key="grants",
        title=_("角色"),
        noun=_("授予"),
        columns=[
            Column("name", _("姓名"), "person.name", sort="person__pinyin", link=True, phone="title"),
            Column("number", _("工号"), "person.number", sort="person__number", width="narrow", label_on_phone=False),
            Column("own", _("所在单位"), "person.unit.name", label_on_phone=False),
            Column("role", _("角色"), lambda grant: ROLE_LABELS[grant.role], sort="role", phone="chip"),
            Column(
                "unit",
                _("管到"),
                lambda grant: grant.unit.name if grant.unit and grant.role not in MINE_WIDE else _("全矿"),
                sort="unit__name",
            ),
            Column("from", _("起"), "valid_from", sort="valid_from", phone="hide"),
            Column("to", _("止"), "valid_to", sort="valid_to", phone="hide"),
        ],
        filters=[
            Choice("role", _("角色"), list(ROLE_LABELS.items())[1:], any=_("任何角色")),
            Flag(
                "now",
                _("现在"),
                yes=_("现在有效"),
                no=_("已收回"),
                any=_("不论时间"),
                default="1",
                apply=lambda rows, yes: (
                    rows.filter(Q(valid_to=None) | Q(valid_to__gte=clock.today()))
                    if yes
                    else rows.filter(valid_to__lt=clock.today())
                ),
            ),
        ],
        default_sort="role",
        row_url=lambda grant: reverse("org:person", args=[grant.person_id]),
        rows=lambda rows: rows.select_related("person__unit", "unit"),
        empty_title=_("还没有授予角色"),
        empty_text=_("在职工的页面上授予角色。"),
    )


def grants(request: HttpRequest) -> HttpResponse:
    """谁有什么角色."""
    viewer = viewer_of(request)
    need_power(viewer, "org.see_people", anywhere=True)
    context = {"tabs": tabs("grants"), "may_grant": may(viewer, "org.grant_roles")}
    return register_page(
        request, _register(), queries.visible_grants(viewer), template="org/grants.html", context=context
    )
