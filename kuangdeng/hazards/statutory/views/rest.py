"""Double report, supervision from above, notices to workers, exports, and the rules of sending."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kuangdeng.hazards.statutory import fields, forms, letters, queries, registers, rules, services
from kuangdeng.hazards.statutory.rules import To
from kuangdeng.hazards.statutory.views.reports import file_answer, scan_answer
from kuangdeng.hazards.views.paper import answer
from kuangdeng.kernel import clock
from kuangdeng.kernel.documents import DOCX
from kuangdeng.kernel.edit_views import edit_page
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.views import XLSX, register_page
from kuangdeng.org.api import has_power, me, need_power

# Double report --------------------------------------------------------------------------------------------------------


@require_GET
def majors(request: HttpRequest) -> HttpResponse:
    """重大隐患双报告: every major hazard with what is missing."""
    return register_page(
        request, registers.majors(), queries.majors(me(request)), template="hazards/statutory/majors.html"
    )


def _to(text: str) -> To:
    try:
        return To(text)
    except ValueError:
        raise NotVisible from None


@require_GET
def major(request: HttpRequest, hazard_id: UUID) -> HttpResponse:
    """One major hazard: both reports, each with its text, its way, its receipt."""
    by = me(request)
    hazard = queries.get_major(hazard_id, by=by)
    plan = queries.plan_of(hazard)
    halves = [
        {
            "to": to, "label": label,
            **{name: getattr(plan, f"{to}_{name}", None) for name in ("at", "way", "text", "receipt", "scan_id")},
        }
        for to, label in rules.TO_LABELS.items()
    ]  # fmt: skip
    context = {
        "hazard": hazard, "plan": plan, "halves": halves, "lacking": queries.lacking(hazard),
        "open": hazard.closed_at is None, "can_prepare": has_power(by, "statutory.prepare"),
        "orders": [(one, rules.LEVEL_LABELS[rules.Level(one.level)]) for one in queries.orders(by).filter(hazard=hazard)],
        "facts": [(label, letters.facts_of(hazard)[name]) for name, label in letters.HAZARD_FIELDS],
    }  # fmt: skip
    return render(request, "hazards/statutory/major.html", context)


@require_http_methods(["GET", "POST"])
def tick(request: HttpRequest, hazard_id: UUID, to: str) -> HttpResponse:
    """登记双报告."""
    by, half = me(request), _to(to)
    need_power(by, "statutory.prepare")
    hazard = queries.get_major(hazard_id, by=by)
    plan = queries.plan_of(hazard)
    names = ("at", "way", "text", "receipt")
    initial = {name: getattr(plan, f"{half}_{name}", None) for name in names}
    form = forms.TickForm(request.POST or None, request.FILES or None, by=by, initial=initial)

    def act(data: dict[str, Any]) -> str:
        data["scan"] = data["scan"].read() if data.get("scan") else None
        services.report_major(hazard.id, to=half, data=services.TickData(**data), by=by)
        return _("已登记向%s的报告。") % rules.TO_LABELS[half]

    return edit_page(
        request, form, act, title=_("登记向%s的报告") % rules.TO_LABELS[half], label=_("登记"),
        back=reverse("hazards:statutory_major", args=[hazard.id]), context={"note": f"{hazard.number} {hazard.text[:80]}"},
    )  # fmt: skip


@require_GET
def double_document(request: HttpRequest, hazard_id: UUID, to: str) -> HttpResponse:
    """The report on one major hazard in Word, by the mine's template."""
    hazard, half = queries.get_major(hazard_id, by=me(request)), _to(to)
    printed = letters.print_double(hazard, half)
    return file_answer(printed.content, f"{hazard.number}-{rules.TO_LABELS[half]}.docx", DOCX)


@require_GET
def double_sheet(request: HttpRequest, hazard_id: UUID, to: str) -> HttpResponse:
    """The same on paper from the browser."""
    hazard, half = queries.get_major(hazard_id, by=me(request)), _to(to)
    one = letters.double_words(hazard, half)
    labels = dict(letters.HAZARD_FIELDS)
    six = [(labels[name], one[name]) for _label, name in letters.SIX]
    words = {"hazard": hazard, "one": one, "six": six, "to": half, "to_label": rules.TO_LABELS[half]}
    return answer(request, "hazards/statutory/print_double.html", words, f"{hazard.number}-{rules.TO_LABELS[half]}")


@require_GET
def double_scan(request: HttpRequest, hazard_id: UUID, sha256: str) -> HttpResponse:
    """The scan of a receipt of the double report."""
    plan = queries.plan_of(queries.get_major(hazard_id, by=me(request)))
    if plan is None or sha256 not in (plan.regulator_scan_id, plan.congress_scan_id):
        raise NotVisible
    return scan_answer(sha256)


# Supervision ----------------------------------------------------------------------------------------------------------


@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """上级挂牌督办."""
    by = me(request)
    context = {"can_prepare": has_power(by, "statutory.prepare")}
    return register_page(
        request, registers.orders(), queries.orders(by), template="hazards/statutory/orders.html", context=context
    )


@require_http_methods(["GET", "POST"])
def order_new(request: HttpRequest) -> HttpResponse:
    """Write down an order from above."""
    by = me(request)
    need_power(by, "statutory.prepare")
    form = forms.OrderForm(request.POST or None, by=by, initial={"number": request.GET.get("number", "")})

    def act(data: dict[str, Any]) -> str:
        data["hazard"] = data.pop("number")
        services.order_supervision(data=services.OrderData(**data), by=by)
        return _("已登记挂牌督办。")

    back = reverse("hazards:statutory_orders")
    return edit_page(request, form, act, title=_("登记上级挂牌督办"), label=_("登记"), back=back)


@require_http_methods(["GET", "POST"])
def lift(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """摘牌."""
    by = me(request)
    need_power(by, "statutory.prepare")
    row = queries.get_order(order_id, by=by)
    form = forms.LiftForm(request.POST or None, by=by)

    def act(data: dict[str, Any]) -> str:
        services.lift_supervision(row.id, lifted_on=data["lifted_on"], by=by)
        return _("已登记摘牌。")

    back = reverse("hazards:statutory_orders")
    title = _("登记摘牌：%(number)s（%(who)s）") % {"number": row.hazard.number, "who": row.authority}
    return edit_page(request, form, act, title=title, label=_("登记摘牌"), back=back)


# Notices --------------------------------------------------------------------------------------------------------------


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """隐患告知书: what was printed for workers."""
    by = me(request)
    context = {"can_print": has_power(by, "statutory.notice")}
    return register_page(
        request, registers.notices(), queries.notices(by), template="hazards/statutory/notices.html", context=context
    )


@require_http_methods(["GET", "POST"])
def notice_new(request: HttpRequest) -> HttpResponse:
    """Choose for whom and on which paper; what is printed is kept."""
    by = me(request)
    need_power(by, "statutory.notice")
    initial = {} if queries.tells_all(by) else {"unit": by.unit}
    form = forms.NoticeForm(request.POST or None, by=by, initial=initial)
    made: list[Any] = []

    def act(data: dict[str, Any]) -> str:
        made.append(
            services.print_notice(unit=data.get("unit"), **{k: v for k, v in data.items() if k != "unit"}, by=by)
        )
        return _("%s已登记，请打印张贴。") % made[0].title

    answered = edit_page(
        request, form, act, title=_("打印告知书"), label=_("登记并打印"), back=reverse("hazards:worker_notices")
    )
    if made:
        answered["Location"] = reverse("hazards:worker_notice", args=[made[0].id])
    return answered


@require_GET
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """One print, as it was."""
    row = queries.get_notice(notice_id, by=me(request))
    words = {"notice": row, "content": row.content, "big": row.paper == "A3"}
    return answer(request, "hazards/statutory/print_notice.html", words, row.title)


# Exports --------------------------------------------------------------------------------------------------------------


@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """上报数据: what was made."""
    return register_page(
        request, registers.runs(), queries.runs(me(request)), template="hazards/statutory/exports.html"
    )


@require_http_methods(["GET", "POST"])
def export_new(request: HttpRequest) -> HttpResponse:
    """Choose mapping, days, format; hazards that lack something required are listed first."""
    by = me(request)
    need_power(by, "statutory.export")
    form = forms.ExportForm(request.POST or None, by=by)

    def act(data: dict[str, Any]) -> str:
        run = services.export(wanted=services.Wanted(**data), by=by)
        return _("已导出 %(n)d 条，指纹 %(sha)s。") % {"n": run.count, "sha": run.file_id[:16]}

    back = reverse("hazards:statutory_exports")
    gaps: list[Any] = []
    if request.method == "POST" and form.is_valid() and not form.cleaned_data["allow_gaps"]:
        data = form.cleaned_data
        rows = queries.wanted_hazards(by, data["since"], data["until"], data["grade"])[: services.MOST_EXPORTED]
        gaps = fields.sheet_of(fields.rows_of(data["mapping"].rows), rows).gaps
    context = {"gaps": gaps[:200], "gap_count": len(gaps)}
    return edit_page(
        request, form, act, title=_("导出上报数据"), label=_("导出"), back=back,
        template="hazards/statutory/export_new.html", context=context,
    )  # fmt: skip


KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX, "json": "application/json", "xml": "application/xml"}


@require_GET
def export_file(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """A file again, as it was made."""
    run = queries.get_run(run_id, by=me(request))
    name = f"{run.mapping.name}-{run.since}-{run.until}.{run.format}"
    return file_answer(queries.content_of(run.file_id), name, KINDS[run.format])


@require_GET
def mappings(request: HttpRequest) -> HttpResponse:
    """字段对照表: every version."""
    return render(request, "hazards/statutory/mappings.html", {"mappings": queries.mappings(me(request))})


@require_GET
def mapping(request: HttpRequest, mapping_id: UUID) -> HttpResponse:
    """One version, column by column; `?format=xlsx` to change it."""
    row = queries.get_mapping(mapping_id, by=me(request))
    rows = fields.rows_of(row.rows)
    if request.GET.get("format") == "xlsx":
        out = BytesIO()
        fields.write_mapping(rows, out)
        return file_answer(out.getvalue(), f"{row}.xlsx", XLSX)
    labels = {key: label for key, (label, _get) in fields.FIELDS.items()}
    shown = [(one, labels.get(one.field, ""), "；".join(f"{a}={b}" for a, b in one.codes.items())) for one in rows]
    return render(request, "hazards/statutory/mapping.html", {"mapping": row, "rows": shown})


@require_http_methods(["GET", "POST"])
def mapping_new(request: HttpRequest) -> HttpResponse:
    """Upload a mapping as the next version of its name."""
    by = me(request)
    need_power(by, "statutory.export")
    form = forms.MappingForm(request.POST or None, request.FILES or None, by=by)

    def act(data: dict[str, Any]) -> str:
        rows = fields.read_mapping(data.pop("file").read())
        made = services.save_mapping(data=services.MappingData(rows=rows, **data), by=by)
        return _("“%s”已启用。") % made

    back = reverse("hazards:statutory_mappings")
    return edit_page(request, form, act, title=_("上传字段对照表"), label=_("检查并启用"), back=back)


# Rules ----------------------------------------------------------------------------------------------------------------


@require_GET
def report_rules(request: HttpRequest) -> HttpResponse:
    """报送规则: until when, to whom."""
    by = me(request)
    need_power(by, "statutory.rules")
    rows = [(row, rules.KIND_LABELS[rules.Kind(row.kind)]) for row in queries.report_rules(by.mine_id)]
    return render(request, "hazards/statutory/rules.html", {"rules": rows, "today": clock.today()})


@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, rule_id: UUID | None = None) -> HttpResponse:
    """One rule."""
    by = me(request)
    need_power(by, "statutory.rules")
    initial: dict[str, Any] = {"valid_from": clock.today().replace(month=1, day=1)}
    if rule_id:
        row = queries.get_rule(rule_id, by=by)
        initial = {name: getattr(row, name) for name in forms.RuleForm.base_fields}
        initial["receivers"] = "\n".join(row.receivers)
    form = forms.RuleForm(request.POST or None, by=by, initial=initial)

    def act(data: dict[str, Any]) -> str:
        data["receivers"] = data["receivers"].splitlines()
        services.save_rule(data=services.RuleData(**data), rule_id=rule_id, by=by)
        return _("已保存。")

    back = reverse("hazards:report_rules")
    return edit_page(request, form, act, title=_("报送规则"), label=_("保存规则"), back=back)
