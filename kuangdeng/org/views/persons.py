"""职工: the register, a person's page and its verbs, first passwords."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.listing import Choice, Column, Flag, Picked, Register, Text, View
from kuangdeng.kernel.templatetags.kd import chip
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.web import put_refusal
from kuangdeng.org import services
from kuangdeng.org.forms import DayForm, FactsForm, GrantForm, MoveForm, NewPersonForm, SlipsForm
from kuangdeng.org.models import Person
from kuangdeng.org.queries import may
from kuangdeng.org.queries import people as queries
from kuangdeng.org.rules import ROLE_LABELS, Role
from kuangdeng.org.views._common import carried_out, need_power, viewer_of

SECRET = "org:shown-once"  # noqa: S105


def persons(request: HttpRequest) -> HttpResponse:
    """职工名册: as far as the viewer reaches."""
    viewer = viewer_of(request)
    need_power(viewer, "org.see_people", anywhere=True)
    manages = may(viewer, "org.manage")
    context = {
        "may_add": manages,
        "may_import": may(viewer, "org.import"),
    }
    return register_page(
        request, _register(viewer), queries.visible_persons(viewer), template="org/persons.html", context=context
    )


def _register(viewer: Person) -> Register:
    def trades() -> list[tuple[str, str]]:
        return [(word, word) for word in words()[0]]

    def posts() -> list[tuple[str, str]]:
        return [(word, word) for word in words()[1]]

    kept: list[tuple[list[str], list[str]]] = []

    def words() -> tuple[list[str], list[str]]:
        if not kept:
            kept.append(queries.words_of(viewer))
        return kept[0]

    return Register(
        key="persons",
        title=_("职工"),
        noun=_("职工"),
        columns=[
            Column(
                "number",
                _("工号"),
                "number",
                sort="number",
                width="narrow",
                phone="meta",
                label_on_phone=False,
            ),
            Column("name", _("姓名"), "name", sort="pinyin", link=True, phone="title"),
            Column("unit", _("单位"), "unit.name", sort="unit__name", label_on_phone=False),
            Column("trade", _("工种"), "trade", sort="trade", label_on_phone=False),
            Column("post", _("岗位"), "post", sort="post", phone="hide"),
            Column("member", _("党员"), lambda p: _("党员") if p.is_member else "", phone="hide", width="narrow"),
            Column("roles", _("角色"), _role_words, phone="meta", label_on_phone=False),
            Column("phone", _("电话"), "phone", phone="hide"),
            Column("state", _("状态"), _state, phone="chip", width="narrow", export=_state_words),
        ],
        filters=[
            Text("q", placeholder=_("姓名、拼音首字母、工号"), apply=queries.search_persons),
            Picked(
                "unit",
                _("单位"),
                url=lambda: reverse("org:pick_unit"),
                find=lambda key: queries.open_unit(UUID(key), viewer),
                label_of=lambda unit: unit.name,
                kind="unit",
                icon="unit",
                any=_("全部单位"),
                apply=lambda rows, unit: rows.filter(Q(unit=unit) | Q(unit__ancestors__contains=[unit.id])),
            ),
            Choice("trade", _("工种"), trades, any=_("任何工种")),
            Choice("post", _("岗位"), posts, any=_("任何岗位")),
            Flag(
                "waiting",
                _("首次登录"),
                yes=_("从未登录"),
                any=_("登录不限"),
                apply=lambda rows, yes: rows.filter(last_login=None),
            ),
            Choice(
                "role",
                _("角色"),
                list(ROLE_LABELS.items())[1:],
                any=_("任何角色"),
                apply=_holding,
            ),
            Flag(
                "member",
                _("党员"),
                yes=_("党员"),
                no=_("非党员"),
                any=_("党员不限"),
                apply=lambda rows, yes: rows.filter(member_since__isnull=not yes),
            ),
            Flag(
                "active",
                _("在矿"),
                yes=_("在矿"),
                no=_("已离矿"),
                default="1",
                any=_("含离矿"),
                lookup="is_active",
            ),
        ],
        views=[
            View(_("在矿职工")),
            View(_("党员"), "member=1"),
            View(_("从未登录"), "waiting=1"),
            View(_("已离矿"), "active=0"),
        ],
        default_sort="name",
        row_url=lambda person: reverse("org:person", args=[person.id]),
        rows=lambda rows: queries.with_roles(rows.select_related("unit")),
        empty_title=_("没有这样的职工"),
        empty_text=_("换个条件试试；新矿可以从 Excel 导入职工名册。"),
    )


def _holding(rows: Any, role: str) -> Any:
    day = clock.today()
    return rows.filter(
        Q(grants__valid_to=None) | Q(grants__valid_to__gte=day), grants__role=role, grants__valid_from__lte=day
    ).distinct()


def _role_words(person: Person) -> str:
    return "、".join(str(ROLE_LABELS[role]) for role in Role if role in (person.role_codes or ()))  # type: ignore[attr-defined]


def _state_words(person: Person) -> str:
    return _("在矿") if person.is_active else _("已离矿")


def _state(person: Person) -> str:
    return chip(_state_words(person), "state", "done" if person.is_active else "void")


# One person


def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A person's page: facts, where he worked when, roles, devices, and the verbs that the viewer may do."""
    viewer = viewer_of(request)
    return _page(request, queries.get_person(person_id, viewer))


def _page(request: HttpRequest, one: Person, bound: dict[str, Form] | None = None) -> HttpResponse:
    viewer = viewer_of(request)
    manages = may(viewer, "org.manage", one.unit)
    grants = may(viewer, "org.grant_roles", one.unit)
    today = clock.today()
    forms: dict[str, Form] = {}
    if manages:
        forms["change"] = FactsForm(initial={key: getattr(one, key) for key in FactsForm.base_fields}, prefix="change")
        forms["move"] = MoveForm(
            viewer=viewer, initial={"unit": one.unit, "trade": one.trade, "post": one.post}, prefix="move"
        )
        if one.is_active and one.id != viewer.id:
            forms["leave"] = DayForm(prefix="leave")
    if grants and one.is_active:
        forms["grant"] = GrantForm(viewer=viewer, initial={"unit": one.unit}, prefix="grant")
    held = queries.grants_of(one)
    context = {
        "person": one,
        "manages": manages,
        "may_grant": grants,
        "may_reset": one.is_active
        and one.id != viewer.id
        and may(viewer, "org.reset_password", one.unit)
        and services.may_reset_for(viewer, one),
        "memberships": queries.memberships_of(one),
        "held": [grant for grant in held if grant.valid_to is None or grant.valid_to >= today],
        "past": [grant for grant in held if grant.valid_to is not None and grant.valid_to < today],
        "sessions": [(row, queries.handle(row.session_key)) for row in queries.sessions_of(one)] if manages else [],
        "secret": request.session.pop(SECRET, None)
        if request.session.get(SECRET, {}).get("person") == str(one.id)
        else None,
        "forms": forms | (bound or {}),
        "today": today,
    }
    return render(request, "org/person.html", context, status=422 if bound else 200)


@require_POST
def person_verb(request: HttpRequest, person_id: UUID, verb: str) -> HttpResponse:
    """Carry out a verb on a person; a refusal shows in its form, on his page."""
    viewer = viewer_of(request)
    one = queries.get_person(person_id, viewer)
    make = _FORMS.get(verb)
    if make is None:
        raise Http404
    form = make(request, viewer)
    if carried_out(request, form, lambda data: _ACTS[verb](one, viewer, data)):
        return redirect("org:person", person_id=one.id)
    if not (may(viewer, "org.manage", one.unit) or may(viewer, "org.grant_roles", one.unit)):
        raise NotVisible
    return _page(request, one, {verb: form})


_FORMS: dict[str, Callable[[HttpRequest, Person], Form]] = {
    "change": lambda request, viewer: FactsForm(request.POST, prefix="change"),
    "move": lambda request, viewer: MoveForm(request.POST, viewer=viewer, prefix="move"),
    "leave": lambda request, viewer: DayForm(request.POST, prefix="leave"),
    "grant": lambda request, viewer: GrantForm(request.POST, viewer=viewer, prefix="grant"),
}


def _change(one: Person, viewer: Person, data: dict[str, Any]) -> str:
    services.change_person(one.id, changes=data, by=viewer)
    return _("资料已更正。")


def _move(one: Person, viewer: Person, data: dict[str, Any]) -> str:
    unit = data.pop("unit")
    services.move_person(one.id, unit_id=unit.id, by=viewer, **data)
    return _("%(name)s 从 %(day)s 起调到 %(unit)s。") % {"name": one.name, "day": data["valid_from"], "unit": unit.name}


def _leave(one: Person, viewer: Person, data: dict[str, Any]) -> str:
    services.leave(one.id, on=data["on"], by=viewer)
    return _("%(name)s 从 %(day)s 起离矿。") % {"name": one.name, "day": data["on"]}


def _grant(one: Person, viewer: Person, data: dict[str, Any]) -> str:
    unit = data.pop("unit")
    services.grant_role(one.id, unit_id=unit.id if unit else None, by=viewer, **data)
    return _("已授予 %(name)s「%(role)s」。") % {"name": one.name, "role": ROLE_LABELS[Role(data["role"])]}


_ACTS: dict[str, Callable[[Person, Person, dict[str, Any]], str]] = {
    "change": _change,
    "move": _move,
    "leave": _leave,
    "grant": _grant,
}


@require_POST
def reset(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """重置密码: the one-time password is shown once, on the page that follows."""
    viewer = viewer_of(request)
    one = queries.get_person(person_id, viewer)
    try:
        password = services.reset_password(one.id, by=viewer)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        request.session[SECRET] = {"person": str(one.id), "password": password}
    return redirect("org:person", person_id=one.id)


@require_POST
def end_sessions(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """End another person's sessions, one or all."""
    viewer = viewer_of(request)
    one = queries.get_person(person_id, viewer)
    need_power(viewer, "org.manage", one.unit)
    try:
        ended = services.end_sessions(one.id, by=viewer, only=request.POST.get("only", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已结束 %(n)d 个登录。") % {"n": ended})
    return redirect("org:person", person_id=one.id)


@require_POST
def grant_end(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """收回角色, from today on."""
    viewer = viewer_of(request)
    person_id = request.POST.get("person", "")
    try:
        services.end_role(grant_id, by=viewer)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("角色已收回，从今天起。"))
    try:
        return redirect("org:person", person_id=UUID(person_id))
    except ValueError:
        return redirect("org:grants")


def person_new(request: HttpRequest) -> HttpResponse:
    """登记职工."""
    viewer = viewer_of(request)
    need_power(viewer, "org.manage", anywhere=True)
    form = NewPersonForm(request.POST or None, viewer=viewer)
    made: list[Person] = []

    def act(data: dict[str, Any]) -> str:
        unit = data.pop("unit")
        made.append(services.add_person(unit_id=unit.id, by=viewer, **data))
        return _("%(name)s 已登记。要登录，请给他发首次密码或重置密码。") % {"name": made[0].name}

    if request.method == "POST" and carried_out(request, form, act):
        return redirect("org:person", person_id=made[0].id)
    return render(request, "org/person_new.html", {"form": form}, status=422 if form.errors else 200)


# First passwords


@never_cache
def slips(request: HttpRequest) -> HttpResponse:
    """发放首次密码: the answer to the POST is the sheet to print; it can't be called up again."""
    viewer = viewer_of(request)
    need_power(viewer, "org.manage", anywhere=True)
    form = SlipsForm(request.POST or None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        unit = form.cleaned_data["unit"]
        try:
            made = services.issue_passwords(unit_id=unit.id if unit else None, by=viewer)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            return render(
                request, "org/slips_print.html", {"slips": made, "unit": unit, "mine": viewer.mine, "at": clock.now()}
            )
    context = {"form": form, "waiting": queries.never_signed_in(viewer)}
    return render(request, "org/slips.html", context, status=422 if form.errors else 200)
