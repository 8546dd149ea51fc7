"""证照: the list, one certificate, its kinds, an existing list that comes in, and who may not go underground."""

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID

import xlsxwriter
from django.contrib import messages
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
from kuangdeng.learning.certificates import forms, importing, queries, registers, rules, services, wording
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.forms import ReasonForm
from kuangdeng.learning.views import asked_person, paper, tabs_of, xlsx_answer
from kuangdeng.org.api import ImportRun, Person, has_power, me, need_power

HERE = "learning/certificates"


def tabs(person: Person, here: str) -> list[dict[str, Any]]:
    """The pages of the certificates that this person may use."""
    pages = {
        "certificates": (_("证照"), "cert.see"),
        "barred": (_("不能入井名单"), "cert.see"),
        "managers": (_("管理人员考核"), "cert.see"),
        "certificate_types": (_("证照种类"), "cert.types"),
        "surface_trades": (_("地面工种"), "cert.surface"),
        "certificate_import": (_("导入证照台账"), "cert.issue"),
    }
    return tabs_of(person, here, pages)


@require_GET
def certificates(request: HttpRequest) -> HttpResponse:
    """证照 of those whom he reaches."""
    by = me(request)
    need_power(by, "cert.see")
    words: dict[str, Any] = {"tabs": tabs(by, "certificates")}
    if has_power(by, "cert.issue"):
        words |= {"new": reverse("learning:certificate_new"), "new_label": _("登记证照")}
    return register_page(
        request,
        registers.certificates(by),
        queries.certificates(by),
        template="learning/classes/register.html",
        context=words,
    )


@require_http_methods(["GET", "POST"])
def certificate_new(request: HttpRequest) -> HttpResponse:
    """登记证照."""
    by = me(request)
    need_power(by, "cert.issue")

    def act(data: dict[str, Any]) -> str:
        services.issue_certificate(person_id=data["person"].id, data=form.data_of(), by=by)
        return _("已登记。")

    person = asked_person(request, by)
    kinds = queries.types_in_use(by.mine_id)
    form = forms.CertificateForm(request.POST or None, by=by, kinds=kinds, initial={"person": person})
    back = reverse("learning:certificates")
    context = {"note": wording.results(person, exams.results_to_rely_on(person)) if person else ""}
    return edit_page(request, form, act, title=_("登记证照"), label=_("登记"), back=back, context=context)


@require_GET
def certificate(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """One certificate with its history."""
    by = me(request)
    one = queries.get_certificate(certificate_id, by=by)
    verbs = [
        {"label": label, "url": reverse("learning:certificate_verb", args=[one.id, verb]), "verb": verb}
        for verb, label in rules.FLOW.verbs.items()
        if verb != "issue" and rules.FLOW.allows(verb, one.status) and has_power(by, f"cert.{verb}")
    ]
    words = {"one": one, "chip": registers.state_chip(one), "steps": queries.history_of(one), "verbs": verbs}
    if verbs or one.person_id == by.id:
        words["results"] = wording.results(one.person, exams.results_to_rely_on(one.person))
    return render(request, f"{HERE}/certificate.html", words)


@require_http_methods(["GET", "POST"])
def certificate_verb(request: HttpRequest, certificate_id: UUID, verb: str) -> HttpResponse:
    """复审延期、更正、注销."""
    by = me(request)
    if verb not in ("renew", "correct", "revoke"):
        raise NotVisible
    need_power(by, f"cert.{verb}")
    one = queries.get_certificate(certificate_id, by=by)
    back = reverse("learning:certificate", args=[one.id])
    label = str(rules.FLOW.verbs[verb])
    title = f"{label}：{one.person.name} {one.type.name}"
    form: Any
    if verb == "renew":
        form = forms.RenewForm(request.POST or None, initial={"on": clock.today()})

        def act(data: dict[str, Any]) -> str:
            services.renew_certificate(one.id, **data, by=by)
            return _("已登记，到期提醒按新日期走。")

    elif verb == "correct":
        form = forms.CertificateForm(
            request.POST or None, by=by, there=True, initial=forms.CertificateForm.initial_of(one)
        )

        def act(data: dict[str, Any]) -> str:
            services.correct_certificate(one.id, data=form.data_of(one.type_id), reason=data["reason"], by=by)
            return _("已更正。")

    else:
        form = ReasonForm(request.POST or None)

        def act(data: dict[str, Any]) -> str:
            services.revoke_certificate(one.id, reason=data["reason"], by=by)
            return _("已注销。")

    return edit_page(request, form, act, title=title, label=label, back=back)


# Kinds ------------------------------------------------------------------------------------------------------------------


@require_GET
def types(request: HttpRequest) -> HttpResponse:
    """证照种类 with their trades, years and sources."""
    by = me(request)
    need_power(by, "cert.types")
    found = queries.types(by)
    words = {
        "tabs": tabs(by, "certificate_types"),
        "types": found,
        "unchecked": sum(1 for one in found if one.in_use and not one.confirmed),
    }
    return render(request, f"{HERE}/types.html", words)


@require_http_methods(["GET", "POST"])
def type_edit(request: HttpRequest, type_id: UUID | None = None) -> HttpResponse:
    """One kind, new or there."""
    by = me(request)
    need_power(by, "cert.types")
    one = queries.get_type(type_id, by=by) if type_id else None

    def act(_data: dict[str, Any]) -> str:
        services.save_type(data=form.data_of(), type_id=type_id, by=by)
        return _("已保存。")

    form = forms.TypeForm(request.POST or None, initial=forms.TypeForm.initial_of(one) if one else {"valid_years": 6})
    title = _("证照种类：%s") % one.name if one else _("加一种证照")
    return edit_page(request, form, act, title=title, label=_("保存"), back=reverse("learning:certificate_types"))


# Import -----------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def import_start(request: HttpRequest) -> HttpResponse:
    """导入证照台账: a file, its preview."""
    by = me(request)
    need_power(by, "cert.issue")
    form = forms.ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = importing.take_in(file, name=file.name or "", by=by)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            return redirect("learning:certificate_import_run", run.id)
    words = {"tabs": tabs(by, "certificate_import"), "form": form, "runs": queries.imports(by)}
    return render(request, f"{HERE}/import_start.html", words, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def import_run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One import: its preview, or what came of it."""
    by = me(request)
    need_power(by, "cert.issue")
    run = queries.get_import(run_id, by=by)
    here = reverse("learning:certificate_import_run", args=[run.id])
    if request.method == "POST":
        take = services.drop_import if request.POST.get("do") == "drop" else services.confirm_import

        def act() -> str:
            done = take(run.id, by=by)
            if done.state == ImportRun.State.DROPPED:
                return _("已放弃，没有写入任何证照。")
            words = {"made": done.report["made"], "changed": done.report["changed"]}
            return _("已写入：新登记 %(made)d 本，更新 %(changed)d 本。") % words

        return do_and_return(request, act, here)
    drafts = run.report.get("drafts", [])
    words = {
        "run": run,
        "waits": run.state == ImportRun.State.PREVIEW,
        "drafts": drafts[:100],
        "more": max(0, len(drafts) - 100),
        "problems": run.problems[:200],
        "figures": [
            {"label": _("读到行数"), "value": run.total_rows},
            {"label": _("新登记"), "value": sum(1 for one in drafts if not one["again"])},
            {"label": _("更新日期"), "value": sum(1 for one in drafts if one["again"])},
            {
                "label": _("有问题，不写入"),
                "value": run.total_rows - len(drafts),
                "tone": "late" if run.total_rows > len(drafts) else "",
            },
        ],
    }
    return render(request, f"{HERE}/import_run.html", words)


@require_GET
def import_problems(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Every row that does not come in, as CSV."""
    by = me(request)
    need_power(by, "cert.issue")
    run = queries.get_import(run_id, by=by)
    out = StringIO()
    lines = csv.writer(out)
    lines.writerow(["工作表", "行", "列", "单元格", "问题"])
    for one in run.problems:
        message = one["message"]
        lines.writerow(
            [one["sheet"], one["row"], one["column"], one["cell"], f"'{message}" if message[:1] in "=+-@" else message]
        )
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="problems.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


# Who may not go underground ---------------------------------------------------------------------------------------------


def _month(request: HttpRequest) -> date:
    """The month that is asked for; the next one by itself."""
    today = clock.today()
    following = rules.month_after(today)
    try:
        asked = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return following
    return asked if today.replace(day=1) <= asked <= date(today.year + 1, 12, 1) else following


def _barred_words(request: HttpRequest, *, surface: bool = False) -> dict[str, Any]:
    """The list of the month; with `surface` who was left out of it because he works only on the surface."""
    by, month = me(request), _month(request)
    need_power(by, "cert.see")
    found = queries.barred(by, month)
    rows, apart = (found.surface, found.rows) if surface else (found.rows, found.surface)
    units = queries.units_in([*rows, *apart])
    try:
        unit = UUID(request.GET.get("unit", ""))
    except ValueError:
        unit = None
    if unit is not None:
        rows, apart = queries.in_unit(rows, unit), queries.in_unit(apart, unit)
    before, after = (month - timedelta(days=1)).replace(day=1), rules.month_after(month)
    counts: dict[str, int] = {}
    for row in rows:
        for why in row.reasons:
            counts[why.code] = counts.get(why.code, 0) + 1
    return {
        "by": by,
        "month": month,
        "month_words": _("%(y)d年%(m)d月") % {"y": month.year, "m": month.month},
        "rows": [{"row": row, "reasons": [(why, _link(why, by)) for why in row.reasons]} for row in rows],
        "units": units,
        "unit": str(unit or ""),
        "surface": surface,
        "apart": len(apart),
        "apart_url": f"{reverse('learning:barred')}?month={month:%Y-%m}&unit={unit or ''}{'' if surface else '&surface=1'}",
        "before": f"{before:%Y-%m}" if before >= clock.today().replace(day=1) else "",
        "after": f"{after:%Y-%m}",
        "figures": [
            {
                "label": _("没有列入的人") if surface else _("不能入井"),
                "value": len(rows),
                "tone": "late" if rows and not surface else "",
            }
        ]
        + [{"label": str(rules.REASON_LABELS[code]), "value": count} for code, count in sorted(counts.items())],
    }


def _link(why: queries.Why, by: Person) -> str:
    """Where one sees what a reason rests on."""
    names = {"certificate": "certificate", "class": "training_class", "hours": "person_training"}
    if has_power(by, "exam.see"):
        names["exam"] = "results"
    return reverse(f"learning:{names[why.kind]}", args=[why.ref]) if why.kind in names else ""


@require_GET
def barred(request: HttpRequest) -> HttpResponse:
    """下月不能入井名单: who, and each reason with what it rests on; with `?surface=1` who was left out."""
    words = _barred_words(request, surface=bool(request.GET.get("surface")))
    by = words["by"]
    more = {"tabs": tabs(by, "barred"), "publishes": has_power(by, "cert.publish"), "lists": queries.barred_lists(by),
            "issues": has_power(by, "cert.issue"), "sets": has_power(by, "cert.surface")}  # fmt: skip
    return render(request, f"{HERE}/barred.html", {**words, **more})


@require_GET
def barred_sheet(request: HttpRequest) -> HttpResponse:
    """The same on paper."""
    words = _barred_words(request)
    words["back"] = f"{reverse('learning:barred')}?month={words['month']:%Y-%m}"
    return paper(request, f"{HERE}/barred_sheet.html", words, f"{words['month_words']}{_('不能入井名单')}")


@require_GET
def barred_xlsx(request: HttpRequest) -> HttpResponse:
    """The same as a spreadsheet: one line for each reason."""
    words = _barred_words(request)
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(f"{words['month']:%Y-%m}")
        sheet.write_row(
            0, 0, [_("单位"), _("工号"), _("姓名"), _("工种"), _("类别"), _("原因")], book.add_format({"bold": True})
        )
        line = 0
        for one in words["rows"]:
            person = one["row"].person
            for why, _url in one["reasons"]:
                line += 1
                unit = person.unit.full_name if person.unit else ""
                cells = [unit, person.number, person.name, person.trade, str(rules.REASON_LABELS[why.code]), why.text]
                for place, cell in enumerate(cells):
                    sheet.write_string(line, place, cell)
        if words["apart"]:
            sheet.write_string(line + 2, 0, _("另有 %d 人工种只在地面，没有列入。") % words["apart"])
    return xlsx_answer(out.getvalue(), words["month_words"] + _("不能入井名单"))


@require_POST
def barred_publish(request: HttpRequest) -> HttpResponse:
    """发布名单."""
    by, month = me(request), _month(request)
    need_power(by, "cert.publish")
    try:
        made = services.publish_barred(month=month, by=by)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("learning:barred")
    messages.success(request, _("名单已发布，各单位会收到本单位的人数。"))
    return redirect("learning:barred_list", made.id)


@require_GET
def barred_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """A list as it went out."""
    by = me(request)
    need_power(by, "cert.see")
    made = queries.get_barred_list(list_id, by=by)
    month = _("%(y)d年%(m)d月") % {"y": made.month.year, "m": made.month.month}
    words = {"made": made, "month_words": month, "back": reverse("learning:barred")}
    return paper(request, f"{HERE}/barred_list.html", words, f"{month}{_('不能入井名单')}")
