"""单位: the tree, a unit's page and its verbs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.org import services
from kuangdeng.org.forms import BranchForm, DayForm, NewUnitForm, ParentForm, RenameForm, UnitForm
from kuangdeng.org.models import Person, Unit
from kuangdeng.org.queries import may
from kuangdeng.org.queries import people as queries
from kuangdeng.org.views._common import carried_out, need_power, viewer_of


def units(request: HttpRequest) -> HttpResponse:
    """单位一览: the tree with class, branch and number of people."""
    viewer = viewer_of(request)
    need_power(viewer, "org.see_people", anywhere=True)
    closed = request.GET.get("closed") == "1"
    counts = queries.head_counts(viewer)
    rows = [
        {"unit": unit, "people": counts.get(unit.id, 0), "indent": _indent(getattr(unit, "depth", 0))}
        for unit in queries.unit_tree(viewer, closed=closed)
    ]
    context = {
        "rows": rows,
        "closed": closed,
        "may_add": may(viewer, "org.manage"),
        "may_import": may(viewer, "org.import"),
    }
    return render(request, "org/units.html", context)


def _indent(depth: int) -> str:
    return "　" * (depth - 1) + "└ " if depth else ""


def unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """A unit's page: class, branch, teams, people, shift scheme, names over time."""
    viewer = viewer_of(request)
    need_power(viewer, "org.see_people", anywhere=True)
    return _page(request, queries.get_unit(unit_id, viewer))


def _page(request: HttpRequest, one: Unit, bound: dict[str, Form] | None = None) -> HttpResponse:
    viewer = viewer_of(request)
    manages = may(viewer, "org.manage", one)
    counts = queries.head_counts(viewer)
    line, children = queries.around(one)
    forms: dict[str, Form] = {}
    if manages:
        branch = queries.branch_of(one)
        forms = {
            "change": UnitForm(initial={key: getattr(one, key) for key in UnitForm.base_fields}, prefix="change"),
            "rename": RenameForm(prefix="rename"),
            "branch": BranchForm(initial={"name": branch.name if branch else ""}, prefix="branch"),
            "move": ParentForm(viewer=viewer, initial={"parent": one.parent}, prefix="move"),
        }
        if one.closed_on is None:
            forms["close"] = DayForm(prefix="close")
    context = {
        "unit": one,
        "line": line,
        "manages": manages,
        "branch": queries.branch_of(one),
        "people": counts.get(one.id, 0),
        "children": [(child, counts.get(child.id, 0)) for child in children],
        "heads": queries.heads_of(one),
        "names": queries.names_of(one),
        "scheme": queries.scheme_words(one),
        "sees_people": may(viewer, "org.see_people", one),
        "forms": forms | (bound or {}),
    }
    return render(request, "org/unit.html", context, status=422 if bound else 200)


def unit_new(request: HttpRequest) -> HttpResponse:
    """新建单位."""
    viewer = viewer_of(request)
    need_power(viewer, "org.manage", anywhere=True)
    try:
        above = queries.open_unit(UUID(request.GET.get("parent", "")), viewer)
    except ValueError:
        above = None
    form = NewUnitForm(
        request.POST or None, viewer=viewer, initial={"parent": above, "kind": "team" if above else "production"}
    )
    made: list[Unit] = []

    def act(data: dict[str, Any]) -> str:
        parent = data.pop("parent")
        made.append(services.add_unit(parent_id=parent.id if parent else None, by=viewer, **data))
        return _("「%(name)s」已建立。") % {"name": made[0].name}

    if request.method == "POST" and carried_out(request, form, act):
        return redirect("org:unit", unit_id=made[0].id)
    return render(request, "org/unit_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def unit_verb(request: HttpRequest, unit_id: UUID, verb: str) -> HttpResponse:
    """Carry out a verb on a unit; a refusal shows in its form, on the unit's page."""
    viewer = viewer_of(request)
    one = queries.get_unit(unit_id, viewer)
    if verb not in _FORMS:
        raise Http404
    if not may(viewer, "org.manage", one):
        raise NotVisible
    form = _FORMS[verb](request, viewer)
    if carried_out(request, form, lambda data: _ACTS[verb](one, viewer, data)):
        return redirect("org:unit", unit_id=one.id)
    return _page(request, one, {verb: form})


_FORMS: dict[str, Callable[[HttpRequest, Person], Form]] = {
    "change": lambda request, viewer: UnitForm(request.POST, prefix="change"),
    "rename": lambda request, viewer: RenameForm(request.POST, prefix="rename"),
    "branch": lambda request, viewer: BranchForm(request.POST, prefix="branch"),
    "move": lambda request, viewer: ParentForm(request.POST, viewer=viewer, prefix="move"),
    "close": lambda request, viewer: DayForm(request.POST, prefix="close"),
}


def _change(one: Unit, viewer: Person, data: dict[str, Any]) -> str:
    services.change_unit(one.id, by=viewer, **data)
    return _("单位资料已更正。")


def _rename(one: Unit, viewer: Person, data: dict[str, Any]) -> str:
    services.rename_unit(one.id, by=viewer, **data)
    return _("从 %(day)s 起改名为「%(name)s」。") % {"day": data["valid_from"], "name": data["name"]}


def _branch(one: Unit, viewer: Person, data: dict[str, Any]) -> str:
    services.set_branch(one.id, by=viewer, **data)
    return _("党支部已更新。")


def _move(one: Unit, viewer: Person, data: dict[str, Any]) -> str:
    parent = data["parent"]
    services.move_unit(one.id, parent_id=parent.id if parent else None, by=viewer)
    return _("「%(name)s」现在属于%(parent)s。") % {
        "name": one.name,
        "parent": parent.name if parent else viewer.mine.name,
    }


def _close(one: Unit, viewer: Person, data: dict[str, Any]) -> str:
    services.close_unit(one.id, by=viewer, **data)
    return _("「%(name)s」已撤销，记录都保留。") % {"name": one.name}


_ACTS: dict[str, Callable[[Unit, Person, dict[str, Any]], str]] = {
    "change": _change, "rename": _rename, "branch": _branch, "move": _move, "close": _close,
}  # fmt: skip
