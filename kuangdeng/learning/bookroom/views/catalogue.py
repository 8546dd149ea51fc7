"""编目, 入藏, 标签, import and export, rooms, rules, kiosks: the work behind the desk."""

import csv
from io import StringIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.web import put_refusal
from kuangdeng.learning.bookroom import barcode, exporting, forms, importing, queries, services
from kuangdeng.learning.bookroom.models import BookImport
from kuangdeng.learning.bookroom.views.common import tabs
from kuangdeng.learning.bookroom.views.kiosk import COOKIE, COOKIE_AGE
from kuangdeng.learning.bookroom.views.reader import HERE
from kuangdeng.org.api import has_power, me, need_power

LABELS_A_PAGE = 24
MOST_LABELS = 2400


@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """编目和管理: where everything behind the desk begins."""
    by = me(request)
    need_power(by, "book.catalogue", "book.rules", "book.kiosk")
    lines = [
        ("book.catalogue", "book_new", _("编目新书"), _("扫 ISBN、填书名，入藏几册就编几个条码。"), "edit"),
        ("book.catalogue", "book_import_start", _("导入书目"), _("MARC、MARCXML 或 Excel，先看预览再写入。"), "upload"),
        ("book.catalogue", "book_export", _("导出书目"), _("给别的系统，或者留底。"), "export"),
        ("book.catalogue", "book_labels", _("打印标签"), _("新书的条码标签，A4 每页 24 张。"), "print"),
        ("book.stock", "stock_takes", _("盘点"), _("扫一遍书架，列出缺的。"), "check"),
        ("book.rules", "book_rooms", _("书屋"), _("名称、地点、开放时间，新开书屋。"), "place"),
        ("book.rules", "loan_rules", _("借阅规则"), _("借几天、借几册、续几次。"), "clock"),
        ("book.kiosk", "book_kiosks", _("自助机"), _("把一台公用设备变成自助借还机。"), "switch"),
    ]
    links = [
        {"url": reverse(f"learning:{name}"), "label": label, "text": text, "mark": mark}
        for power, name, label, text, mark in lines
        if has_power(by, power)
    ]
    return render(request, f"{HERE}/work.html", {"tabs": tabs(by, "book_work"), "links": links})


@require_http_methods(["GET", "POST"])
def book_new(request: HttpRequest) -> HttpResponse:
    """编目新书; then its copies."""
    by = me(request)
    need_power(by, "book.catalogue")
    form = forms.TitleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            title = services.add_title(data=form.data_of(), by=by)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("已编目，接着入藏。"))
            return redirect("learning:copies_new", title.id)
    words = {"form": form, "page_title": _("编目新书"), "label": _("编目"), "back": reverse("learning:book_work")}
    return render(request, "kernel/edit.html", words, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def book_edit(request: HttpRequest, title_id: UUID) -> HttpResponse:
    """更正书目."""
    by = me(request)
    need_power(by, "book.catalogue")
    title = queries.get_title(title_id, by=by)
    form = forms.TitleForm(request.POST or None, initial=forms.TitleForm.initial_of(title))

    def act(_data: dict[str, Any]) -> str:
        services.change_title(title.id, data=form.data_of(title.language), by=by)
        return _("书目已更正。")

    back = reverse("learning:book", args=[title.id])
    return edit_page(request, form, act, title=_("更正书目"), label=_("保存"), back=back)


@require_http_methods(["GET", "POST"])
def copies_new(request: HttpRequest, title_id: UUID) -> HttpResponse:
    """入藏."""
    by = me(request)
    need_power(by, "book.add_copy")
    title = queries.get_title(title_id, by=by)
    form = forms.CopiesForm(request.POST or None, rooms=queries.rooms(by.mine_id))

    def act(data: dict[str, Any]) -> str:
        made = services.add_copies(
            title.id, room_id=UUID(data["room"]), count=data["count"] or 0, barcodes=data["barcodes"], by=by
        )
        return _("已入藏 %(n)d 册，条码 %(codes)s。") % {
            "n": len(made),
            "codes": "、".join(one.barcode for one in made[:5]),
        }

    back = reverse("learning:book", args=[title.id])
    name = _("入藏：《%s》") % title.title
    return edit_page(request, form, act, title=name, label=_("入藏"), back=back)


# Labels -----------------------------------------------------------------------------------------------------------------


@require_GET
def labels(request: HttpRequest) -> HttpResponse:
    """打印标签: which copies."""
    by = me(request)
    need_power(by, "book.catalogue")
    form = forms.LabelsForm(rooms=queries.rooms(by.mine_id), initial={"added_from": clock.today()})
    return render(request, f"{HERE}/labels.html", {"form": form})


@require_GET
def label_sheet(request: HttpRequest) -> HttpResponse:
    """The labels, three beside each other and eight below."""
    by = me(request)
    need_power(by, "book.catalogue")
    form = forms.LabelsForm(request.GET, rooms=queries.rooms(by.mine_id))
    if not form.is_valid():
        return render(request, f"{HERE}/labels.html", {"form": form}, status=422)
    wanted = form.cleaned_data
    copies = queries.copies_to_label(
        by, room_id=wanted["room"], added_from=wanted["added_from"], barcodes=wanted["barcodes"].split()
    )
    rows = list(copies[: MOST_LABELS + 1])
    marks = [{"copy": one, "bars": barcode.svg(one.barcode)} for one in rows[:MOST_LABELS]]
    places: list[Any] = [None] * (wanted["skip"] or 0) + marks
    pages = [places[at : at + LABELS_A_PAGE] for at in range(0, len(places), LABELS_A_PAGE)]
    words = {"pages": pages if marks else [], "count": len(marks), "cut_off": len(rows) > MOST_LABELS, "mine": by.mine}
    return render(request, f"{HERE}/label_sheet.html", words)


# Import and export ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def import_start(request: HttpRequest) -> HttpResponse:
    """导入书目: a file, its preview."""
    by = me(request)
    need_power(by, "book.catalogue")
    form = forms.ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = importing.take_in(file, name=file.name or "", by=by, charset=form.cleaned_data["charset"])
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            return redirect("learning:book_import", run.id)
    words = {"form": form, "runs": queries.imports(by)}
    return render(request, f"{HERE}/import_start.html", words, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def import_run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One import: its preview, or what came of it."""
    by = me(request)
    need_power(by, "book.catalogue")
    run = queries.get_import(run_id, by=by)
    form = forms.ConfirmImportForm(
        request.POST if request.POST.get("do") == "confirm" else None, rooms=queries.rooms(by.mine_id)
    )
    if request.POST.get("do") == "drop":

        def drop() -> str:
            services.drop_import(run.id, by=by)
            return _("已放弃，没有写入任何书目。")

        return do_and_return(request, drop, reverse("learning:book_import_start"))
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            done = services.confirm_import(run.id, room_id=UUID(data["room"]), known=data["known"], by=by)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            said = _("已写入：新书目 %(titles)d 种，入藏 %(copies)d 册。")
            messages.success(request, said % {"titles": done.written["titles"], "copies": done.written["copies"]})
            return redirect("learning:book_import", run.id)
    waits = run.state == BookImport.State.PREVIEW
    words: dict[str, Any] = {"run": run, "form": form, "waits": waits, "problems": run.problems[:200]}
    if waits:
        found = importing.proposal(run)
        words["proposal"] = found
        words["figures"] = [
            {"label": _("读到记录"), "value": run.records},
            {"label": _("新书目"), "value": found["new"]},
            {"label": _("已经有的"), "value": found["there"]},
            {"label": _("损坏，跳过"), "value": found["skipped"], "tone": "late" if found["skipped"] else ""},
        ]
    return render(request, f"{HERE}/import_run.html", words, status=422 if form.is_bound else 200)


@require_GET
def import_problems(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Every damaged record, as CSV."""
    by = me(request)
    need_power(by, "book.catalogue")
    run = queries.get_import(run_id, by=by)
    out = StringIO()
    lines = csv.writer(out)
    lines.writerow(["记录序号", "字节位置或行号", "问题", "是否跳过"])
    for one in run.problems:
        lines.writerow(
            [
                one["number"],
                one["offset"],
                f"'{one['what']}" if one["what"][:1] in "=+-@" else one["what"],
                "是" if one.get("skipped") else "否",
            ]
        )
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="problems.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """导出书目: which format, which room."""
    by = me(request)
    need_power(by, "book.catalogue")
    words = {
        "formats": [(key, label) for key, (label, _kind, _end) in exporting.FORMATS.items()],
        "rooms": queries.rooms(by.mine_id),
    }
    return render(request, f"{HERE}/export.html", words)


@require_GET
def export_file(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The catalogue as a file."""
    by = me(request)
    need_power(by, "book.catalogue")
    kind = request.GET.get("format", "")
    if kind not in exporting.FORMATS:
        raise NotVisible
    room = queries.get_room(_uuid(request.GET["room"]), by=by) if request.GET.get("room") else None
    _label, content_type, ending = exporting.FORMATS[kind]
    response = StreamingHttpResponse(
        exporting.export(by.mine_id, kind, room.id if room else None), content_type=content_type
    )
    response["Content-Disposition"] = f'attachment; filename="books-{clock.today():%Y%m%d}-{kind}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotVisible from None


# Rooms, rules, kiosks ---------------------------------------------------------------------------------------------------


@require_GET
def rooms(request: HttpRequest) -> HttpResponse:
    """书屋."""
    by = me(request)
    need_power(by, "book.rules")
    return render(request, f"{HERE}/rooms.html", {"rooms": queries.all_rooms(by)})


@require_http_methods(["GET", "POST"])
def room_new(request: HttpRequest) -> HttpResponse:
    """新开书屋."""
    by = me(request)
    need_power(by, "book.rules")

    def act(data: dict[str, Any]) -> str:
        return _("已新开%s。") % services.add_room(by=by, **data).name

    back = reverse("learning:book_rooms")
    return edit_page(
        request, forms.RoomForm(request.POST or None), act, title=_("新开书屋"), label=_("新开"), back=back
    )


@require_http_methods(["GET", "POST"])
def room_edit(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """更改书屋."""
    by = me(request)
    need_power(by, "book.rules")
    room = queries.get_room(room_id, by=by)
    initial = {"name": room.name, "place_text": room.place_text, "hours": room.hours}
    form = forms.ChangeRoomForm(request.POST or None, initial=initial)

    def act(data: dict[str, Any]) -> str:
        services.change_room(room.id, by=by, **data)
        return _("书屋已更改。")

    return edit_page(request, form, act, title=room.name, label=_("保存"), back=reverse("learning:book_rooms"))


@require_GET
def loan_rules(request: HttpRequest) -> HttpResponse:
    """借阅规则: every row with the day from which it holds."""
    by = me(request)
    need_power(by, "book.rules")
    rows = queries.loan_rules(by)
    today = clock.today()
    held = next((row for row in rows if row.valid_from <= today), None)
    return render(request, f"{HERE}/rules.html", {"rules": rows, "held": held})


@require_http_methods(["GET", "POST"])
def rule_new(request: HttpRequest) -> HttpResponse:
    """设置借阅规则."""
    by = me(request)
    need_power(by, "book.rules")
    form = forms.RuleForm(request.POST or None, terms=queries.terms_on(by.mine_id))

    def act(data: dict[str, Any]) -> str:
        services.save_rule(
            valid_from=data["valid_from"], terms=form.terms(), source=data["source"], confirmed=data["confirmed"], by=by
        )
        return _("规则已保存。已经借出的书应还日期不变。")

    back = reverse("learning:loan_rules")
    return edit_page(request, form, act, title=_("设置借阅规则"), label=_("保存规则"), back=back)


@require_http_methods(["GET", "POST"])
def kiosks(request: HttpRequest) -> HttpResponse:
    """自助机: those in use; make this device one."""
    by = me(request)
    need_power(by, "book.kiosk")
    form = forms.KioskForm(request.POST or None, rooms=queries.rooms(by.mine_id))
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = services.open_kiosk(
                room_id=UUID(form.cleaned_data["room"]), name=form.cleaned_data["name"], by=by
            )
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            # Whoever set it up must not stay signed in on a device that stands in a corridor.
            logout(request)
            response = redirect("learning:kiosk")
            response.set_cookie(
                COOKIE,
                f"{made.id}:{secret}",
                max_age=COOKIE_AGE,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure(),
            )
            return response
    words = {"kiosks": queries.kiosks(by), "form": form}
    return render(request, f"{HERE}/kiosks.html", words, status=422 if form.is_bound else 200)


@require_POST
def kiosk_close(request: HttpRequest, kiosk_id: UUID) -> HttpResponse:
    """停用自助机."""

    def act() -> str:
        services.close_kiosk(kiosk_id, by=me(request))
        return _("自助机已停用，那台设备上不能再借还。")

    return do_and_return(request, act, reverse("learning:book_kiosks"))
