"""Pages of inspections: register, form, one inspection, plans, coverage."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kuangdeng.hazards.forms.rounds import RoundForm
from kuangdeng.hazards.forms.settings import INSPECTORS, PlanForm
from kuangdeng.hazards.models import CheckType, Round, RoundPlan
from kuangdeng.hazards.queries import rounds as queries
from kuangdeng.hazards.queries.settings import get_row, round_plans
from kuangdeng.hazards.services import rounds as verbs
from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import edit_page
from kuangdeng.kernel.listing import Choice, Column, Dates, Flag, Picked, Register, Text, View
from kuangdeng.kernel.templatetags.kd import chip, cut, said
from kuangdeng.kernel.views import register_page
from kuangdeng.org.api import Person, has_power, me, need_power, place_by_id

POWER = "hazard.rounds"


def _places(row: Round) -> str:
    return "、".join(place.full_name for place in row.places.all())


def _members(row: Round) -> str:
    return "、".join(person.name for person in row.members.all())


def _found(row: Any) -> SafeString | str:
    return str(row.found) if row.found else chip(_("未查出"), "plain")


def _register(person: Person) -> Register:
    named = [(str(plan.id), plan.name) for plan in queries.plans(person.mine_id, active_only=False)]
    return Register(
        key="rounds",
        title=_("检查"),
        noun=_("检查"),
        columns=[
            Column("started", _("时间"), lambda row: said(row.started_at, row.shift_name), sort="started_at", link=True,
                   phone="title", export=lambda row: row.started_at),
            Column("ended", _("结束时间"), "ended_at", show=False),
            Column("shift", _("班次"), "shift_name", show=False),
            Column("plan", _("计划"), lambda row: row.plan.name if row.plan else row.get_check_type_display(), phone="meta",
                   label_on_phone=False),
            Column("led_by", _("带队人"), "led_by.name", phone="meta"),
            Column("unit", _("单位"), "unit.name", sort="unit__name", phone="meta", label_on_phone=False),
            Column("places", _("地点"), lambda row: cut(_places(row), 24), width="wide", phone="line", export=_places),
            Column("members", _("参加人"), lambda row: cut(_members(row), 12), phone="hide", export=_members),
            Column("found", _("查出隐患"), _found, align="right", phone="chip", export=lambda row: row.found),
            Column("note", _("检查情况"), "note", show=False),
        ],
        filters=[
            Text("q", placeholder=_("检查情况里的字"), fields=("note",)),
            Choice("plan", _("计划"), named, lookup="plan_id"),
            Choice("type", _("检查类型"), CheckType.choices, lookup="check_type", any=_("各类检查")),
            Dates("when", _("检查时间"), lookup="started_at"),
            Flag("found", _("结果"), yes=_("查出隐患的"), no=_("没有查出的"), any=_("查没查出不限"),
                 apply=lambda qs, yes: qs.filter(hazards__isnull=not yes).distinct()),
            Picked("place", _("地点"), url=lambda: reverse("org:pick_place"),
                   find=lambda value: place_by_id(person.mine_id, value), kind="place", icon="place", any=_("各地点"),
                   apply=queries.at_place),
        ],
        views=[View(_("全部")), View(_("今天"), "when=today"), View(_("没有查出的"), "found=0")],
        default_sort="-started",
        rows=queries.with_register_facts,
        row_url=lambda row: reverse("hazards:round", args=[row.id]),
        empty_title=_("还没有登记检查"),
        empty_text=_("每次检查都登记，没有查出隐患也登记：谁、什么时候、去了哪里。"),
        empty_url=reverse("hazards:round_new"),
        empty_label=_("登记检查"),
    )  # fmt: skip


@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """Every inspection that this person may know of."""
    person = me(request)
    need_power(person, POWER)
    return register_page(
        request,
        _register(person),
        queries.rounds(person),
        template="hazards/rounds.html",
        context={"tabs": _tabs(person, "rounds")},
    )


def _tabs(person: Person, here: str) -> list[dict[str, object]]:
    lines = [("rounds", _("检查记录")), ("round_coverage_all", _("覆盖情况"))]
    if has_power(person, "hazard.settings"):
        lines.append(("round_plans", _("检查计划")))
    return [{"label": label, "url": reverse(f"hazards:{name}"), "current": name == here} for name, label in lines]


def round_new(request: HttpRequest) -> HttpResponse:
    """Write down an inspection."""
    person = me(request)
    need_power(person, POWER)
    form = RoundForm(request.POST or None, by=person, initial={"plan": request.GET.get("plan", "")})
    made: list[Round] = []

    def act(_data: dict[str, Any]) -> str:
        made.append(verbs.record_round(data=form.data_for_verb(), by=person))
        return _("检查已登记。查出的隐患请逐条上报。")

    response = edit_page(
        request, form, act, title=_("登记检查"), label=_("登记检查"), back=reverse("hazards:rounds"),
    )  # fmt: skip
    return redirect("hazards:round", made[0].id) if made else response


@require_GET
def round_page(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """One inspection and what was found in it."""
    person = me(request)
    need_power(person, POWER)
    row = queries.get_round(round_id, by=person)
    words = {"round": row, "hazards": queries.hazards_of(row, by=person), "places": list(row.places.all())}
    return render(request, "hazards/round.html", words)


# Plans ----------------------------------------------------------------------------------------------------------------


@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """Who has to inspect how often."""
    person = me(request)
    need_power(person, "hazard.settings")
    roles = dict(INSPECTORS)
    register = Register(
        key="round-plans",
        title=_("检查计划"),
        noun=_("计划"),
        columns=[
            Column("name", _("名称"), sort="name", link=True, phone="title"),
            Column("role", _("谁来查"), lambda row: "·".join(filter(None, [str(roles.get(row.role, row.role)), row.posts])),
                   sort="role"),
            Column("unit", _("单位"), lambda row: row.unit.name if row.unit else _("全矿")),
            Column("every", _("多久一次"), lambda row: row.get_every_display(), sort="every"),
            Column("scope", _("查什么"), lambda row: cut(row.scope, 20), phone="line", export=lambda row: row.scope),
            Column("confirmed", _("核定"), lambda row: chip(_("已核定"), "state", "done") if row.confirmed
                   else chip(_("未核定"), "state", "wait"), phone="chip", export=lambda row: _("是") if row.confirmed else _("否")),
            Column("active", _("使用"), lambda row: "" if row.active else chip(_("停用"), "state", "void"), phone="chip",
                   export=lambda row: _("在用") if row.active else _("停用")),
        ],
        filters=[Flag("active", _("使用"), yes=_("在用"), no=_("停用"), lookup="active", any=_("在用和停用"))],
        default_sort="name",
        row_url=lambda row: reverse("hazards:round_plan_edit", args=[row.id]),
        empty_title=_("还没有检查计划"),
        empty_text=_("矿长每月、分管领导每半月、专业人员每天、班组每班……按本矿的制度来定。"),
    )  # fmt: skip
    context = {"actions": [(_("新增检查计划"), reverse("hazards:round_plan_new"), "calendar")]}
    return register_page(
        request, register, round_plans(person.mine_id), template="hazards/settings_register.html", context=context
    )


def plan(request: HttpRequest, plan_id: UUID | None = None) -> HttpResponse:
    """One inspection plan."""
    person = me(request)
    need_power(person, "hazard.settings")
    row = get_row(RoundPlan, plan_id, by=person) if plan_id else None
    names = ("name", "role", "every", "unit", "posts", "scope", "source", "confirmed", "active")
    form = PlanForm(
        request.POST or None, by=person, initial={name: getattr(row, name) for name in names} if row else {}
    )

    def act(data: dict[str, Any]) -> str:
        return _("已保存「%s」。") % verbs.save_plan(by=person, plan_id=plan_id, **data).name

    title = row.name if row else _("新增检查计划")
    return edit_page(request, form, act, title=title, label=_("保存计划"), back=reverse("hazards:round_plans"))


# Coverage -------------------------------------------------------------------------------------------------------------


@require_GET
def coverage_all(request: HttpRequest) -> HttpResponse:
    """The plans to look at, one link each: a coverage is counted when somebody opens it."""
    person = me(request)
    need_power(person, POWER)
    words = {
        "plans": queries.plans(person.mine_id),
        "roles": dict(INSPECTORS),
        "tabs": _tabs(person, "round_coverage_all"),
    }
    return render(request, "hazards/round_plans_list.html", words)


@require_GET
def coverage(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Who inspected in which period by this plan, and the gaps in words."""
    person = me(request)
    need_power(person, POWER)
    found = queries.coverage(
        queries.get_plan(plan_id, by=person), first=_day(request, "from"), last=_day(request, "to")
    )
    length = found.last - found.first + timedelta(days=1)
    here = reverse("hazards:round_coverage", args=[plan_id])
    earlier = found.first - timedelta(days=1)
    later = found.last + length
    words = {
        "coverage": found,
        "roles": dict(INSPECTORS),
        "tabs": _tabs(person, "round_coverage_all"),
        "earlier": f"{here}?from={earlier - length + timedelta(days=1):%Y-%m-%d}&to={earlier:%Y-%m-%d}",
        "later": f"{here}?from={found.last + timedelta(days=1):%Y-%m-%d}&to={later:%Y-%m-%d}"
        if found.last < clock.today()
        else "",
    }
    return render(request, "hazards/round_coverage.html", words)


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
