"""Pages of the place dictionary: register, tree, one place, unknown spellings, QR tags, the picker."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page, next_of
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.listing import Bulk, Choice, Column, Flag, Number, Picked, Register, Text, View, run_each
from kuangdeng.kernel.templatetags.kd import chip, cut, said
from kuangdeng.kernel.views import register_page
from kuangdeng.org.asking import me, need_power
from kuangdeng.org.forms.places import (
    AliasForm,
    MergeForm,
    MoveForm,
    PlaceFactsForm,
    PlaceForm,
    RenameForm,
    TagsForm,
)
from kuangdeng.org.links import links_of
from kuangdeng.org.models import Person, Place, PlaceProposal
from kuangdeng.org.queries import has_power
from kuangdeng.org.queries import places as queries
from kuangdeng.org.services import places as verbs


def _state(place: Place) -> SafeString | str:
    if place.closed_on is not None:
        return chip(_("已停用"), "state", "void")
    return "" if place.confirmed else chip(_("未确认"), "state", "wait")


def _register(person: Person) -> Register:
    kinds = [(kind, kind) for kind in queries.place_kinds(person.mine_id)]
    return Register(
        key="places",
        title=_("地点"),
        noun=_("地点"),
        columns=[
            Column("name", _("地点"), "full_name", sort="full_name", link=True, width="wide", phone="title"),
            Column("kind", _("类别"), "kind", sort="kind"),
            Column("unit", _("责任单位"), "unit.name", sort="unit__name"),
            Column("aliases", _("别名"), lambda row: row.alias_count or "", align="right"),
            Column("state", _("状态"), _state, phone="chip", export=_state_words),
            Column("tag", _("标签编号"), lambda row: _printed(row.tag), width="narrow", phone="hide"),
        ],
        filters=[
            Text("q", placeholder=_("地名、别名"), apply=lambda qs, words: qs.filter(id__in=_found(person, words))),
            Picked(
                "top",
                _("所在"),
                url=lambda: reverse("org:pick_place"),
                find=lambda value: queries.place_by_id(person.mine_id, value),
                apply=lambda qs, place: qs.filter(id__in=queries.places_below(place).values("id")),
                any=_("全矿"),
                kind="place",
                icon="place",
            ),
            Choice("kind", _("类别"), kinds, lookup="kind"),
            Choice(
                "state",
                _("状态"),
                [("open", _("在用")), ("unconfirmed", _("未确认")), ("closed", _("已停用"))],
                apply=_in_state,
                default="open",
            ),
        ],
        views=[View(_("在用")), View(_("未确认"), "state=unconfirmed"), View(_("已停用"), "state=closed")],
        default_sort="name",
        rows=queries.with_register_facts,
        row_url=lambda row: reverse("org:place", args=[row.id]),
        empty_title=_("还没有地点"),
        empty_text=_("从 Excel 导入地点，或者一个一个新增。有了地点，上报时就能选、能扫码。"),
        empty_url=reverse("org:place_new"),
        empty_label=_("新增地点"),
    )


def _found(person: Person, words: str) -> list[UUID]:
    return [place.id for place in queries.find_places(person.mine_id, words, limit=1000, closed=True)]


def _state_words(place: Place) -> str:
    return _("已停用") if place.closed_on else _("在用") if place.confirmed else _("未确认")


def _in_state(rows: Any, state: str) -> Any:
    if state == "closed":
        return rows.filter(closed_on__isnull=False)
    rows = rows.filter(closed_on=None)
    return rows.filter(confirmed=False) if state == "unconfirmed" else rows


def _tabs(person: Person, here: str) -> list[dict[str, object]]:
    waiting = queries.open_proposals(person.mine_id)
    lines: list[tuple[str, str, int | None]] = [
        ("org:places", _("列表"), None),
        ("org:place_tree", _("树"), None),
        ("org:place_proposals", _("待认写法"), waiting),
        ("org:tags", _("二维码"), None),
    ]
    return [
        {"label": label, "url": reverse(name), "current": name == here, "count": count} for name, label, count in lines
    ]


@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """Every place of the mine."""
    person = me(request)
    need_power(person, "org.manage_places")
    context = {"tabs": _tabs(person, "org:places")}
    return register_page(
        request, _register(person), queries.places(person.mine_id), template="org/places.html", context=context
    )


@require_GET
def place_tree(request: HttpRequest) -> HttpResponse:
    """The mine from the top: levels, districts, faces, parts."""
    person = me(request)
    need_power(person, "org.manage_places")
    rows = queries.children_of(person.mine_id, None, closed="closed" in request.GET)
    words = {"tabs": _tabs(person, "org:place_tree"), "rows": rows, "closed": "closed" in request.GET}
    return render(request, "org/place_tree.html", words)


@require_GET
def place_children(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """One branch of the tree, when somebody opens it."""
    person = me(request)
    need_power(person, "org.manage_places")
    place = queries.get_place(place_id, by=person)
    rows = queries.children_of(person.mine_id, place.id, closed="closed" in request.GET)
    return render(request, "org/_place_rows.html", {"rows": rows, "closed": "closed" in request.GET})


@require_GET
def place(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """One place: where it lies, how else it is written, what is in it, its tag."""
    person = me(request)
    need_power(person, "org.manage_places")
    found = queries.get_place(place_id, by=person)
    words = {
        "place": found,
        "path": queries.path_of(found),
        "aliases": queries.aliases_of(found),
        "children": queries.children_of(person.mine_id, found.id, closed=True),
        "links": links_of(found, person),
        "tag_number": _printed(found.tag),
        "tag_url": request.build_absolute_uri(f"/t/{found.tag}"),
        "qr": _qr(request.build_absolute_uri(f"/t/{found.tag}")),
        "rename_form": RenameForm(by=person, initial={"name": found.name}),
        "move_form": MoveForm(by=person, initial={"parent": found.parent}),
        "alias_form": AliasForm(by=person),
        "may_print": has_power(person, "org.print_tags"),
    }
    return render(request, "org/place.html", words)


def place_new(request: HttpRequest) -> HttpResponse:
    """A new place, below the one that the person came from."""
    person = me(request)
    need_power(person, "org.manage_places")
    parent = (
        queries.place_by_id(person.mine_id, request.GET["parent"]) if _is_uuid(request.GET.get("parent", "")) else None
    )
    form = PlaceForm(request.POST or None, by=person, initial={"parent": parent})
    made: list[Place] = []

    def act(data: dict[str, Any]) -> str:
        made.append(
            verbs.add_place(name=data["name"], parent=data["parent"], kind=data["kind"], unit=data["unit"], by=person)
        )
        return _("已新增「%s」。") % made[0].full_name

    back = reverse("org:place", args=[parent.id]) if parent else reverse("org:places")
    return edit_page(
        request, form, act, title=_("新增地点"), label=_("新增地点"), back=back, template="org/place_new.html"
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def place_edit(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """Kind and unit of a place."""
    person = me(request)
    need_power(person, "org.manage_places")
    found = queries.get_place(place_id, by=person)
    form = PlaceFactsForm(request.POST or None, by=person, initial={"kind": found.kind, "unit": found.unit})

    def act(data: dict[str, Any]) -> str:
        verbs.change_place(found.id, kind=data["kind"], unit=data["unit"], by=person)
        return _("已修改。")

    back = reverse("org:place", args=[found.id])
    return edit_page(request, form, act, title=found.full_name, label=_("修改地点"), back=back)


def _rename(place_id: UUID, data: dict[str, Any], by: Person) -> str:
    return _("已改名为「%s」，下面的地点一起改了。") % verbs.rename_place(place_id, name=data["name"], by=by).name


def _move(place_id: UUID, data: dict[str, Any], by: Person) -> str:
    return _("已移到「%s」。") % verbs.move_place(place_id, parent=data["parent"], by=by).full_name


def _alias(place_id: UUID, data: dict[str, Any], by: Person) -> str:
    return _("以后「%s」就是这个地点。") % verbs.add_alias(place_id, spelling=data["spelling"], by=by).spelling


FORM_VERBS: dict[str, tuple[Any, Callable[[UUID, dict[str, Any], Person], str], Any]] = {
    "rename": (RenameForm, _rename, gettext_lazy("改名")),
    "move": (MoveForm, _move, gettext_lazy("调整上级")),
    "alias": (AliasForm, _alias, gettext_lazy("登记别名")),
}


def _closed(place_id: UUID, by: Person) -> str:
    return _("「%s」和它下面的地点已停用。") % verbs.close_place(place_id, by=by).full_name


def _reopened(place_id: UUID, by: Person) -> str:
    return _("「%s」恢复使用。") % verbs.reopen_place(place_id, by=by).full_name


def _confirmed(place_id: UUID, by: Person) -> str:
    return _("「%s」已确认。") % verbs.confirm_place(place_id, by=by).full_name


BUTTON_VERBS: dict[str, Callable[[UUID, Person], str]] = {
    "close": _closed,
    "reopen": _reopened,
    "confirm": _confirmed,
}


def place_verb(request: HttpRequest, place_id: UUID, verb: str) -> HttpResponse:
    """One verb on one place."""
    person = me(request)
    need_power(person, "org.manage_places")
    found = queries.get_place(place_id, by=person)
    back = reverse("org:place", args=[found.id])
    if verb in FORM_VERBS:
        make, run, label = FORM_VERBS[verb]
        form = make(request.POST or None, by=person)
        return edit_page(
            request, form, lambda data: run(found.id, data, person), title=found.full_name, label=label, back=back
        )
    if verb not in BUTTON_VERBS:
        raise NotVisible
    if request.method != "POST":
        return redirect(back)
    return do_and_return(request, lambda: BUTTON_VERBS[verb](found.id, person), back)


@require_POST
def alias_remove(request: HttpRequest, alias_id: int) -> HttpResponse:
    """Take a wrong spelling away."""
    person = me(request)
    need_power(person, "org.manage_places")
    return do_and_return(
        request,
        lambda: _("别名已从「%s」删除。") % verbs.remove_alias(alias_id, by=person).full_name,
        reverse("org:places"),
    )


# Unknown spellings ----------------------------------------------------------------------------------------------------


def _likely(row: PlaceProposal) -> SafeString | str:
    """What it may mean, each a button that settles it; for one decided, what was decided."""
    if row.decided_at is not None:
        return row.place.full_name if row.place else _("不是地点")
    found = getattr(row, "likely", [])
    if not found:
        return _("没有相近的地点")
    buttons = [
        (reverse("org:proposal_choose", args=[row.id, one.place.id]), one.place.full_name, one.score)
        for one in found[:3]
    ]
    return format_html(
        '<div class="row">{}</div>',
        format_html_join(
            "",
            '<button class="button button-small" form="settle" formaction="{}" title="{}">{}</button>',
            [(url, _("相近 %d%%") % score, name) for url, name, score in buttons],
        ),
    )


def _proposal_register() -> Register:
    return Register(
        key="place-proposals",
        title=_("待认写法"),
        noun=_("写法"),
        columns=[
            Column("spelling", _("写法"), lambda row: cut(row.spelling, 24), sort="spelling", link=True, phone="title",
                   export=lambda row: row.spelling),
            Column("seen", _("出现次数"), "seen", sort="seen", align="right"),
            Column("source", _("来源"), lambda row: queries.PROPOSAL_SOURCES.get(row.source, row.source), sort="source"),
            Column("first", _("首次出现"), lambda row: said(row.first_seen_at), sort="first_seen_at",
                   export=lambda row: row.first_seen_at),
            Column("likely", _("可能是（点一下就合并）"), _likely, width="wide", phone="line",
                   export=lambda row: row.place.full_name if row.place else ""),
            Column("by", _("处理人"), lambda row: row.decided_by.name if row.decided_by else "", phone="meta"),
        ],
        filters=[
            Text("q", placeholder=_("写法"), fields=("spelling",)),
            Flag("decided", _("处理"), yes=_("已处理"), no=_("待处理"), default="0", any=_("处理不限"),
                 apply=lambda qs, yes: qs.filter(decided_at__isnull=not yes)),
            Choice("source", _("来源"), list(queries.PROPOSAL_SOURCES.items()), lookup="source"),
            Number("seen", _("出现次数")),
        ],
        views=[View(_("待处理")), View(_("已处理"), "decided=1")],
        default_sort="-seen",
        row_url=lambda row: reverse("org:place_proposal", args=[row.id]),
        enrich=queries.with_likely,
        empty_title=_("没有认不出的写法"),
        empty_text=_("导入旧台账或上报时，遇到没见过的地点写法，会放到这里等人认领。"),
    )  # fmt: skip


@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    """Spellings that nobody knew, most often met first; one click says which place it is."""
    person = me(request)
    need_power(person, "org.manage_places")
    bulk = [
        Bulk("likely", _("都按最相近的合并"), reverse("org:proposals_bulk", args=["likely"]), icon="merge",
             confirm=_("选中的写法各自合并到最相近的地点。相近程度不到 60% 的不动，会逐条列出结果。")),
        Bulk("drop", _("都不是地点"), reverse("org:proposals_bulk", args=["drop"]), icon="remove", danger=True,
             confirm=_("这些写法不再提示，用到它们的隐患没有地点，只保留原文。")),
    ]  # fmt: skip
    return register_page(
        request, _proposal_register(), queries.proposals(person.mine_id), template="org/proposals.html",
        context={"tabs": _tabs(person, "org:place_proposals")}, bulk=bulk,
    )  # fmt: skip


def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """One unknown spelling: what it may mean, or what it becomes."""
    person = me(request)
    need_power(person, "org.manage_places")
    found = queries.get_proposal(proposal_id, by=person)
    queries.with_likely([found])
    form = MergeForm(request.POST or None, by=person)

    def act(data: dict[str, Any]) -> str:
        return _merged(found.id, data["place"], person)

    context = {
        "proposal": found,
        "new_form": PlaceForm(by=person, initial={"name": found.spelling}, prefix="new"),
        "source": queries.PROPOSAL_SOURCES.get(found.source, found.source),
    }
    return edit_page(
        request, form, act, title=found.spelling, label=_("合并写法"), back=reverse("org:place_proposals"),
        template="org/proposal.html", context=context,
    )  # fmt: skip


def _merged(proposal_id: UUID, into: Place, person: Person) -> str:
    return _("已合并到「%s」。") % verbs.merge_proposal(proposal_id, place=into, by=person).full_name


@require_POST
def proposal_choose(request: HttpRequest, proposal_id: UUID, place_id: UUID) -> HttpResponse:
    """One click: this spelling is that place."""
    person = me(request)
    need_power(person, "org.manage_places")
    into = queries.get_place(place_id, by=person)
    return do_and_return(request, lambda: _merged(proposal_id, into, person), reverse("org:place_proposals"))


@require_POST
def proposal_drop(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """This spelling names no place."""
    person = me(request)
    need_power(person, "org.manage_places")
    return do_and_return(
        request,
        lambda: _("「%s」记为不是地点。") % verbs.drop_proposal(proposal_id, by=person).spelling,
        reverse("org:place_proposals"),
    )


@require_POST
def proposal_new(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """This spelling becomes a place of its own."""
    person = me(request)
    need_power(person, "org.manage_places")
    found = queries.get_proposal(proposal_id, by=person)
    form = PlaceForm(request.POST, by=person, prefix="new")

    def act(data: dict[str, Any]) -> str:
        place = verbs.place_from_proposal(
            found.id, name=data["name"], parent=data["parent"], kind=data["kind"], unit=data["unit"], by=person
        )
        return _("已立为新地点「%s」。") % place.full_name

    return edit_page(
        request, form, act, title=_("立为新地点：%s") % found.spelling, label=_("立为新地点"),
        back=reverse("org:place_proposals"),
    )  # fmt: skip


LIKELY_ENOUGH = 60


@require_POST
def proposals_bulk(request: HttpRequest, verb: str) -> HttpResponse:
    """The ticked spellings: each to its most alike place, or none of them a place. A result for each."""
    person = me(request)
    need_power(person, "org.manage_places")
    if verb not in ("likely", "drop"):
        raise NotVisible
    known = {row.id: row for row in queries.proposals(person.mine_id).filter(id__in=_ids(request))}
    index = queries.PlaceIndex(person.mine_id) if verb == "likely" else None

    def act(proposal_id: UUID) -> str:
        if index is None:
            verbs.drop_proposal(proposal_id, by=person)
            return _("记为不是地点。")
        found = index.likely(known[proposal_id].spelling, limit=1) if proposal_id in known else []
        if not found or found[0].score < LIKELY_ENOUGH:
            return _("没有足够相近的地点，没有动。")
        return _merged(proposal_id, found[0].place, person)

    results = run_each(
        request.POST.getlist("ids"), act, label_of=lambda pk: known[pk].spelling if pk in known else str(pk)
    )
    words = {"results": results, "back": next_of(request, reverse("org:place_proposals"))}
    return render(request, "org/bulk_results.html", words)


def _ids(request: HttpRequest) -> list[str]:
    return [one for one in request.POST.getlist("ids") if _is_uuid(one)]


def _printed(tag: str) -> str:
    """A tag's number as it stands on the label."""
    return f"{tag[:5]}-{tag[5:]}".upper()


# QR tags --------------------------------------------------------------------------------------------------------------

TAGS_AT_ONCE = 400


def _qr(text: str) -> SafeString:
    """A QR code as an inline drawing, with enough correction for coal dust."""
    drawing = segno.make(text, error="q", micro=False).svg_inline(scale=1, border=2, omitsize=True, svgclass="qr")
    return mark_safe(drawing)  # noqa: S308 - drawn by us from our own address


@require_GET
def tags(request: HttpRequest) -> HttpResponse:
    """Choose the places whose tags are printed."""
    person = me(request)
    need_power(person, "org.print_tags")
    site = request.build_absolute_uri("/").rstrip("/")
    form = TagsForm(request.GET if "site" in request.GET else None, by=person, initial={"site": site})
    if form.is_bound and form.is_valid():
        return _sheets(request, person, form.cleaned_data)
    words = {"form": form, "tabs": _tabs(person, "org:tags") if has_power(person, "org.manage_places") else []}
    return render(request, "org/tags.html", words, status=422 if form.is_bound else 200)


def _sheets(request: HttpRequest, person: Person, data: dict[str, Any]) -> HttpResponse:
    """The sheets themselves, eight tags on a page."""
    site = data["site"].rstrip("/")
    rows = queries.tagged_places(person.mine_id, data["top"], confirmed_only=data["confirmed_only"])
    chosen = list(rows[: TAGS_AT_ONCE + 1])
    made = [
        {"place": one, "qr": _qr(f"{site}/t/{one.tag}"), "number": _printed(one.tag)} for one in chosen[:TAGS_AT_ONCE]
    ]
    words = {
        "tags": made,
        "site": site,
        "cut_off": len(chosen) > TAGS_AT_ONCE,
        "limit": TAGS_AT_ONCE,
        "mine": person.mine,
        "printed_at": clock.now(),
        "plain_http": site.startswith("http://"),
    }
    return render(request, "org/tag_sheets.html", words)


# The picker -----------------------------------------------------------------------------------------------------------


@require_GET
def pick_place(request: HttpRequest) -> JsonResponse:
    """The place picker: `?q=` finds by name, digits, alias or initials, `?parent=` walks down the tree."""
    person = me(request)
    words, parent_id = request.GET.get("q", "").strip()[:60], request.GET.get("parent", "")
    if words:
        found = queries.find_places(person.mine_id, words)
        return JsonResponse({"options": [_option(one, one.name, _hint(one)) for one in found], "up": None})
    parent = queries.get_place(UUID(parent_id), by=person) if _is_uuid(parent_id) else None
    rows = queries.children_of(person.mine_id, parent.id if parent else None)[:200]
    options = [_option(one, one.name, one.kind, into=bool(getattr(one, "has_children", False))) for one in rows]
    up = None
    if parent is not None:
        options.insert(0, _option(parent, parent.name, _("就是这里")))
        up = {"id": str(parent.parent_id or ""), "label": parent.parent.name if parent.parent else _("全矿")}
    return JsonResponse({"options": options, "up": up})


def _option(place: Place, label: str, hint: str, *, into: bool = False) -> dict[str, object]:
    return {"id": str(place.id), "label": label, "hint": hint, "group": "", "into": into}


def _hint(place: Place) -> str:
    """Where a found place lies: its path without its own name."""
    return place.full_name.removesuffix(place.name).strip()
