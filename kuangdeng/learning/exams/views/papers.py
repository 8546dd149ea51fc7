"""组卷: papers as a list, a blueprint editor, choosing items, the printed paper."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.web import put_refusal
from kuangdeng.learning.exams import pools, queries, registers, services
from kuangdeng.learning.exams.drawing import middle, short_of
from kuangdeng.learning.exams.forms import BlueprintRow, PaperForm, blueprint_rows, paper_data
from kuangdeng.learning.exams.models import Paper
from kuangdeng.learning.exams.rules import PAPER_FLOW, Mode
from kuangdeng.learning.exams.services import LineData
from kuangdeng.learning.exams.views.common import HERE
from kuangdeng.learning.exams.views.printing import parts_of
from kuangdeng.learning.items.api import TYPE_LABELS, ItemVersion, asked, categories_of, key_words, pool, sheet
from kuangdeng.org.api import Person, me, need_power

STEPS = {
    "settle": services.settle_paper,
    "reopen": services.reopen_paper,
    "retire": services.retire_paper,
}
ICONS = {"settle": "done", "reopen": "back", "retire": "close"}


@require_GET
def papers(request: HttpRequest) -> HttpResponse:
    """试卷."""
    by = me(request)
    need_power(by, "exam.write_paper")
    return register_page(request, registers.papers(by), queries.papers(by), template=f"{HERE}/papers.html")


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """组卷: the head first, the lines on the next page."""
    by = me(request)
    need_power(by, "exam.write_paper")
    form = PaperForm(request.POST or None)
    made: list[Paper] = []

    def act(data: dict[str, Any]) -> str:
        made.append(services.write_paper(data=paper_data(data, []), by=by))
        return ""

    page = edit_page(request, form, act, title=_("组卷"), label=_("下一步：加题"), back=reverse("learning:exam_papers"))
    return redirect("learning:exam_paper_edit", made[0].id) if made else page


@require_GET
def paper(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """One paper: its lines, what the bank has for each, the next step."""
    by = me(request)
    found = queries.get_paper(paper_id, by=by)
    parts = pools.parts_of(found)
    lines = list(found.lines.select_related("version", "bank", "category"))
    missing = short_of(parts)
    rows = [
        {"line": line, "pool": len(part.pool), "short": short, "type": TYPE_LABELS.get(line.type, ""), "whole": line.count * line.marks}
        for line, part, short in zip(lines, parts, missing, strict=True)
    ]  # fmt: skip
    steps = [one for one in STEPS if PAPER_FLOW.allows(f"{one}_paper", found.status)]
    words = {
        "paper": found,
        "chip": registers.paper_chip(found),
        "rows": rows,
        "expected": middle(parts) if lines else None,
        "short": sum(missing),
        "fixed": found.mode == Mode.FIXED,
        "can_edit": found.is_draft,
        "steps": [{"verb": one, "label": PAPER_FLOW.verbs[f"{one}_paper"], "icon": ICONS[one]} for one in steps],
    }
    return render(request, f"{HERE}/paper.html", words)


@require_POST
def do(request: HttpRequest, paper_id: UUID, verb: str) -> HttpResponse:
    """定稿、退回修改、停用."""
    if verb not in STEPS:
        raise NotVisible

    def act() -> str:
        done = STEPS[verb](paper_id, by=me(request))
        return _("试卷「%(title)s」：%(verb)s。") % {"title": done.title, "verb": PAPER_FLOW.verbs[f"{verb}_paper"]}

    return do_and_return(request, act, reverse("learning:exam_paper", args=[paper_id]))


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """修改试卷: the head and the lines of the blueprint, or the head and the marks of the chosen items."""
    by = me(request)
    found = queries.get_paper(paper_id, by=by)
    head = PaperForm(request.POST or None, initial={"title": found.title, "mode": found.mode, "note": found.note})
    if found.mode == Mode.FIXED:
        return _edit_fixed(request, found, head, by)
    rows = blueprint_rows(request.POST or None, by, found)
    if (
        request.method == "POST"
        and "more" not in request.POST
        and head.is_valid()
        and all(one.is_valid() for one in rows)
    ):
        lines = [one.line() for one in rows if one.is_used] if head.cleaned_data["mode"] == Mode.BLUEPRINT else []
        if _change(found, head, lines, by):
            return redirect("learning:exam_paper", found.id)
    if "more" in request.POST:
        rows += blueprint_more(request, by, found, len(rows))
    words = {"paper": found, "form": head, "rows": rows, "count": len(rows)}
    return render(request, f"{HERE}/blueprint.html", words, status=422 if head.errors else 200)


def blueprint_more(request: HttpRequest, by: Person, found: Paper, have: int) -> list[BlueprintRow]:
    """Some more empty lines."""
    data = request.POST.copy()
    data["rows"] = str(have + 3)
    return blueprint_rows(data, by, found)[have:]


def _change(found: Paper, head: PaperForm, lines: list[LineData], by: Person) -> bool:
    try:
        services.change_paper(found.id, data=paper_data(head.cleaned_data, lines), by=by)
    except Refused as refusal:
        put_refusal(head, refusal)
        return False
    return True


def _fixed_lines(found: Paper) -> list[LineData]:
    return [LineData(one.marks, version_id=one.version_id) for one in found.lines.all() if one.version_id]


def _edit_fixed(request: HttpRequest, found: Paper, head: PaperForm, by: Person) -> HttpResponse:
    lines = list(found.lines.select_related("version"))
    if request.method == "POST" and head.is_valid():
        kept = []
        for line in lines:
            if f"drop-{line.id}" in request.POST:
                continue
            kept.append((_place(request.POST.get(f"place-{line.id}"), line.position), line))
        kept.sort(key=lambda one: (one[0], one[1].position))
        new_lines = [
            LineData(_marks(request.POST.get(f"marks-{line.id}")), version_id=line.version_id) for _at, line in kept
        ]
        if _change(found, head, new_lines if head.cleaned_data["mode"] == Mode.FIXED else [], by):
            return redirect("learning:exam_paper", found.id)
    rows = [{"line": one, "type": TYPE_LABELS[one.version.type]} for one in lines if one.version]
    words = {"paper": found, "form": head, "rows": rows}
    return render(request, f"{HERE}/fixed.html", words, status=422 if head.errors else 200)


def _place(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else otherwise


def _marks(text: str | None) -> Decimal:
    try:
        return Decimal(text or "0")
    except InvalidOperation:
        return Decimal(0)


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """选题: items of the bank that are in use, to be ticked onto a paper with fixed items."""
    by = me(request)
    found = queries.get_paper(paper_id, by=by)
    have = set(found.lines.values_list("version__item_id", flat=True))
    if request.method == "POST":
        return _add(request, found, by)
    rows = pool(
        by.mine_id,
        types=[one for one in [request.GET.get("type", "")] if one in TYPE_LABELS],
        categories=_known(request.GET.get("category"), by),
    )
    if words := request.GET.get("q", "").strip()[:60]:
        rows = rows.filter(stem__icontains=words)
    page = Paginator(
        rows.exclude(id__in=[one for one in have if one]).select_related("current", "bank").order_by("type", "-id"), 30
    )
    listed = page.get_page(request.GET.get("page"))
    return render(
        request,
        f"{HERE}/choose.html",
        {
            "paper": found, "page": listed, "types": list(TYPE_LABELS.items()), "categories": categories_of(by.mine_id),
            "q": words, "type": request.GET.get("type", ""), "category": request.GET.get("category", ""),
            "rows": [{"item": one, "type": TYPE_LABELS[one.type]} for one in listed],
        },
    )  # fmt: skip


def _known(text: str | None, by: Person) -> list[UUID]:
    return [one.id for one in categories_of(by.mine_id) if str(one.id) == text]


def _add(request: HttpRequest, found: Paper, by: Person) -> HttpResponse:
    names = [name for name in request.POST.getlist("item") if len(name) == 36]

    def act() -> str:
        try:
            ids = [UUID(name) for name in names]
        except ValueError:
            raise Refused(_("选的题已经不在了。请重新选。")) from None
        if not ids:
            raise Refused(_("没有选题。请先在题前打勾。"))
        items = {one.id: one for one in pool(by.mine_id).filter(id__in=ids).select_related("current")}
        added = [
            LineData(items[key].current.marks, version_id=items[key].current_id)  # type: ignore[union-attr]
            for key in ids
            if key in items
        ]
        head = {"title": found.title, "mode": found.mode, "note": found.note}
        services.change_paper(found.id, data=paper_data(head, [*_fixed_lines(found), *added]), by=by)
        return _("加了 %d 题。") % len(added)

    return do_and_return(request, act, reverse("learning:exam_paper_choose", args=[found.id]))


def _pictures(version: ItemVersion) -> str:
    """The address under which the pictures of a version lie."""
    return reverse("learning:item_picture", args=[version.item_id, version.id, "0" * 64]).removesuffix("0" * 64)


@require_GET
def printed(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """A paper with fixed items as it is printed, with its key if asked for."""
    found = queries.get_paper(paper_id, by=me(request))
    if found.mode != Mode.FIXED:
        raise Refused(_("按蓝图抽题的试卷没有固定的题。请在考试备卷后打印。"))
    with_key = request.GET.get("key") == "1"
    items = [
        {
            "asked": sheet(asked(line.version.content), pictures=_pictures(line.version)),
            "marks": line.marks.normalize(),
            "type": line.version.type,
            "label": TYPE_LABELS[line.version.type],
            "key": key_words(line.version.content) if with_key else "",
        }
        for line in found.lines.select_related("version")
        if line.version
    ]
    words = {
        "title": found.title,
        "parts": parts_of(items),
        "with_key": with_key,
        "printed_at": clock.now(),
        "marks": found.marks.normalize(),
        "back": reverse("learning:exam_paper", args=[found.id]),
        "person": None,
    }
    return render(request, f"{HERE}/paper_sheet.html", words)
